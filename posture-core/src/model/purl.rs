//! Package URLs: the names that packages and images have in bills of materials and VEX documents.

use std::collections::BTreeMap;

use super::{Digest, ImageName};

/// A package URL: `pkg:apk/alpine/libssl3@3.0.8-r3?arch=x86_64`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Purl {
    /// The kind of package: `apk`, `npm`, `oci`.
    pub kind: String,
    /// What stands before the name; empty where there is nothing.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The version; of an image its digest or, with kind `docker`, its tag.
    pub version: Option<String>,
    /// What stands after the `?`.
    pub qualifiers: BTreeMap<String, String>,
}

impl Purl {
    /// The package URL in a text, which must be nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("pkg:")?.trim_start_matches('/');
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        // npm's scopes begin with an `@`, too
        let (path, version) = match rest.rsplit_once('@') {
            Some((path, version)) if !version.contains('/') && !path.ends_with('/') => {
                (path, Some(version))
            }
            _ => (rest, None),
        };
        let (kind, path) = path.split_once('/')?;
        let path = path.trim_matches('/');
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        if kind.is_empty() || name.is_empty() {
            return None;
        }
        let kind = kind.to_ascii_lowercase();
        let qualifiers = qualifiers.split('&').filter_map(|pair| {
            let (key, value) = pair
                .split_once('=')
                .filter(|(_, value)| !value.is_empty())?;
            Some((key.to_ascii_lowercase(), percent_decoded(value)))
        });
        Some(Self {
            namespace: spelled(&kind, percent_decoded(namespace)),
            name: spelled(&kind, percent_decoded(name)),
            version: version
                .map(percent_decoded)
                .filter(|version| !version.is_empty()),
            qualifiers: qualifiers.collect(),
            kind,
        })
    }

    /// Whether it names container images.
    pub fn is_image(&self) -> bool {
        matches!(self.kind.as_str(), "oci" | "docker")
    }

    /// Whether a more exact one names one of its packages: no version is every version, and
    /// qualifiers that are not given may be any.
    pub fn covers(&self, exact: &Self) -> bool {
        let same = |of: fn(&Self) -> &String| of(self) == of(exact);
        same(|purl| &purl.kind)
            && same(|purl| &purl.namespace)
            && same(|purl| &purl.name)
            && (self.version.is_none() || self.version == exact.version)
            && self
                .qualifiers
                .iter()
                .all(|(key, value)| exact.qualifiers.get(key) == Some(value))
    }

    /// The digest of the image that it names, where it says it.
    pub fn image_digest(&self) -> Option<Digest> {
        self.version.as_deref().and_then(Digest::parse)
    }

    /// The tag of the image that it names, where it says it.
    pub fn image_tag(&self) -> Option<&str> {
        let version = || self.version.as_deref().filter(|_| self.kind == "docker");
        let tag = self.qualifiers.get("tag").map(String::as_str);
        tag.or_else(version).filter(|tag| !tag.contains(':'))
    }

    /// The name of the image that it names: none where it does not say from which registry.
    /// `repository_url` may end with the name or with what stands before it.
    pub fn image_name(&self) -> Option<ImageName> {
        let url = self.qualifiers.get("repository_url").map(String::as_str);
        let url = url.map(|url| url.split_once("://").map_or(url, |(_, rest)| rest));
        let url = url.map(|url| url.trim_end_matches('/'));
        let whole = match (url, self.kind.as_str()) {
            (Some(url), "oci") if url.ends_with(&format!("/{}", self.name)) => url.to_owned(),
            (Some(url), _) => [url, &self.namespace, &self.name]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("/"),
            (None, "docker") if self.namespace.is_empty() => self.name.clone(),
            (None, "docker") => format!("{}/{}", self.namespace, self.name),
            (None, _) => return None,
        };
        let (name, _) = ImageName::parse(&whole)?;
        Some(ImageName {
            tag: self.image_tag().map(str::to_owned),
            ..name
        })
    }
}

/// A text with `%3A` and the like replaced; what is no such code stays.
pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|code| *first == b'%' && code.iter().all(u8::is_ascii_hexdigit))
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = match code {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The one spelling of a name, of kinds that know several.
fn spelled(kind: &str, name: String) -> String {
    match kind {
        "pypi" => name.to_lowercase().replace('_', "-"),
        "apk" | "bitbucket" | "deb" | "docker" | "github" | "oci" => name.to_lowercase(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purl(text: &str) -> Purl {
        Purl::parse(text).expect(text)
    }

    #[test]
    fn parts() {
        let found = purl("pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12#sub");
        assert_eq!(
            (
                found.kind.as_str(),
                found.namespace.as_str(),
                found.name.as_str()
            ),
            ("deb", "debian", "libstdc++6")
        );
        assert_eq!(found.version.as_deref(), Some("12.2.0-14"));
        assert_eq!(found.qualifiers["arch"], "amd64");
        let scoped = purl("pkg:npm/@angular/core@1.2");
        assert_eq!(
            (
                scoped.namespace.as_str(),
                scoped.name.as_str(),
                scoped.version.as_deref()
            ),
            ("@angular", "core", Some("1.2"))
        );
        assert_eq!(scoped, purl("pkg:npm/%40angular/core@1.2"));
        assert_eq!(purl("pkg:npm/@scope/core").version, None);
        assert_eq!(
            purl("pkg:pypi/Typing_Extensions"),
            purl("pkg:pypi/typing-extensions")
        );
        for bad in ["", "nginx:1", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/name"] {
            assert_eq!(Purl::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn codes() {
        assert_eq!(percent_decoded("a%3Ab%2f%zz%4"), "a:b/%zz%4");
    }

    #[test]
    fn the_general_covers_the_exact() {
        let exact = purl("pkg:apk/alpine/libssl3@3.0.8-r3?arch=x86_64&distro=3.17");
        for (general, covers) in [
            ("pkg:apk/alpine/libssl3", true),
            ("pkg:apk/alpine/libssl3@3.0.8-r3", true),
            ("pkg:apk/alpine/libssl3@3.0.8-r3?arch=x86_64", true),
            ("pkg:apk/alpine/libssl3@3.0.8-r4", false),
            ("pkg:apk/alpine/libssl3?arch=arm64", false),
            ("pkg:apk/alpine/libssl3?epoch=1", false),
            ("pkg:apk/wolfi/libssl3", false),
            ("pkg:apk/alpine/libcrypto3", false),
            ("pkg:deb/alpine/libssl3", false),
        ] {
            assert_eq!(purl(general).covers(&exact), covers, "{general}");
        }
        assert!(!exact.covers(&purl("pkg:apk/alpine/libssl3")));
    }

    #[test]
    fn images() {
        let name = |text: &str| purl(text).image_name().map(|name| name.to_string());
        let digest = "a".repeat(64);
        for (text, expected) in [
            (
                "pkg:oci/debian?repository_url=index.docker.io/library",
                Some("docker.io/library/debian"),
            ),
            (
                "pkg:oci/debian?repository_url=index.docker.io%2Flibrary%2Fdebian&tag=12",
                Some("docker.io/library/debian:12"),
            ),
            (
                "pkg:oci/app?repository_url=https://ghcr.io/o/",
                Some("ghcr.io/o/app"),
            ),
            (
                "pkg:docker/nginx@1.29",
                Some("docker.io/library/nginx:1.29"),
            ),
            (
                "pkg:docker/o/app@1?repository_url=ghcr.io",
                Some("ghcr.io/o/app:1"),
            ),
            ("pkg:oci/debian", None),
        ] {
            assert_eq!(name(text).as_deref(), expected, "{text}");
        }
        let pinned = purl(&format!("pkg:oci/debian@sha256%3A{digest}?tag=12"));
        assert_eq!(
            pinned.image_digest().unwrap().as_str(),
            format!("sha256:{digest}")
        );
        assert_eq!(pinned.image_tag(), Some("12"));
        let pinned = purl(&format!("pkg:docker/debian@sha256:{digest}"));
        assert_eq!(pinned.image_tag(), None);
        assert!(pinned.image_digest().is_some() && pinned.is_image());
        assert!(!purl("pkg:npm/oci").is_image());
    }
}
