//! What VEX documents of every format share: the names of products.

use std::collections::BTreeSet;

use posture_core::model::{
    Digest, ImageName, Platform, Purl, VexProduct, VexSubject, percent_decoded,
};

/// What is in names that are no reference of an image, although they may look like one.
const OTHER_NAMES: [&str; 3] = ["://", "cpe:", "urn:"];

/// A product by all that it is named by.
#[derive(Debug, Default)]
pub(super) struct Product {
    subjects: Vec<VexSubject>,
    platforms: BTreeSet<Platform>,
}

impl Product {
    /// Adds a name: a package URL, an element of a bill of materials, or an image's reference. One
    /// that is nothing of these names nothing that a scan knows.
    pub(super) fn add_name(&mut self, name: &str) {
        if let Some(purl) = Purl::parse(name) {
            self.add_purl(purl);
        } else if let Some(link) = bom_link(name) {
            self.subjects.push(link);
        } else if name.contains([':', '@']) && !OTHER_NAMES.iter().any(|of| name.contains(of)) {
            self.add_reference(name);
        }
    }

    pub(super) fn add_purl(&mut self, purl: Purl) {
        if purl.is_image() {
            self.add_platform(Platform::of_image(&purl));
        }
        self.subjects.push(VexSubject::Url(purl));
    }

    /// Adds what an image is built for, where that is said.
    pub(super) fn add_platform(&mut self, platform: Platform) {
        if platform != Platform::default() {
            self.platforms.insert(platform);
        }
    }

    /// Adds an image by a reference such as `nginx:1.25`; beside a digest the name says nothing more.
    pub(super) fn add_reference(&mut self, reference: &str) {
        match ImageName::parse(reference) {
            Some((_, Some(digest))) => self.subjects.push(VexSubject::Digest(digest)),
            Some((name, None)) => self.subjects.push(VexSubject::Name(name)),
            None => {}
        }
    }

    /// Adds an image by a digest of its content: `sha-256` and hexadecimal digits.
    pub(super) fn add_hash(&mut self, algorithm: &str, hash: &str) {
        let algorithm = algorithm.to_ascii_lowercase().replace('-', "");
        let digest = Digest::parse(&format!("{algorithm}:{hash}"));
        self.subjects.extend(digest.map(VexSubject::Digest));
    }

    /// The product, or only some packages in it. A platform that one of its names gives holds for
    /// its other names, too, of which a digest may be that of a list.
    pub(super) fn within(self, packages: Option<&[Purl]>) -> Vec<VexProduct> {
        let mut platforms = self.platforms.into_iter();
        let platform = match (platforms.next(), platforms.next()) {
            (Some(only), None) => only,
            _ => Platform::default(),
        };
        let product = |subject| VexProduct {
            subject,
            platform: platform.clone(),
            packages: packages.map(<[Purl]>::to_vec),
        };
        self.subjects.into_iter().map(product).collect()
    }
}

/// The packages that some names are of. Others are left out, and with them what they would clear.
pub(super) fn packages<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Purl> {
    names.filter_map(Purl::parse).collect()
}

/// A link to an element of a bill of materials: `urn:cdx:<serial>/<version>#<element>`.
fn bom_link(text: &str) -> Option<VexSubject> {
    let (bom, element) = text.strip_prefix("urn:cdx:")?.split_once('#')?;
    let (serial, version) = bom.split_once('/')?;
    Some(VexSubject::Element {
        serial: serial.to_ascii_lowercase(),
        version: version.parse().ok()?,
        element: element_name(element),
    })
}

/// The one spelling of an element's name: in a link some writers encode it once more.
pub(super) fn element_name(text: &str) -> String {
    percent_decoded(&percent_decoded(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Vec<VexSubject> {
        let mut product = Product::default();
        product.add_name(name);
        product.subjects
    }

    #[test]
    fn names() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let purl = "pkg:oci/alpine@sha256%3Aaa";
        assert_eq!(named(purl), [VexSubject::Url(Purl::parse(purl).unwrap())]);
        assert_eq!(
            named(&format!("docker.io/library/alpine@{digest}")),
            [VexSubject::Digest(Digest::parse(&digest).unwrap())]
        );
        assert_eq!(
            named("ghcr.io/o/app:1"),
            [VexSubject::Name(
                ImageName::parse("ghcr.io/o/app:1").unwrap().0
            )]
        );
        assert_eq!(
            named("urn:cdx:3E671687-395b-41f5-a30f-a58921a69b79/2#pkg%3Anpm/a"),
            [VexSubject::Element {
                serial: "3e671687-395b-41f5-a30f-a58921a69b79".to_owned(),
                version: 2,
                element: "pkg:npm/a".to_owned(),
            }]
        );
        assert_eq!(
            named("urn:cdx:a/1#pkg:oci/b@sha256%3Acc"),
            named("urn:cdx:a/1#pkg:oci/b@sha256%253Acc")
        );
        for nothing in [
            "acme-product",
            "https://example.com/product:1",
            "urn:cdx:3e671687/x#a",
            "urn:uuid:3e671687",
            "cpe:2.3:a:acme:product:1",
            "",
        ] {
            assert_eq!(named(nothing), [], "{nothing}");
        }
    }

    #[test]
    fn hashes() {
        let mut product = Product::default();
        product.add_hash("sha-256", &"A".repeat(64));
        product.add_hash("md5", &"a".repeat(32));
        let digest = Digest::parse(&format!("sha256:{}", "a".repeat(64))).unwrap();
        assert_eq!(product.subjects, [VexSubject::Digest(digest)]);
    }
}
