//! Which image a report is about.

use std::collections::BTreeSet;

use posture_core::model::{Digest, ImageName, Platform, Purl};

/// Endings of an artifact that was read from a file and not from a registry.
const ARCHIVES: [&str; 3] = [".tar", ".tar.gz", ".tgz"];

/// What a report says its image is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) names: BTreeSet<ImageName>,
    pub(super) manifests: BTreeSet<Digest>,
    pub(super) config: Option<Digest>,
    pub(super) platform: Platform,
}

impl Identity {
    /// Adds what a reference such as `nginx:1.25` or `nginx@sha256:...` says. A name without a tag
    /// is that of many images: beside a digest it is dropped. `<none>` is what container engines
    /// print for an image without a name.
    pub(super) fn add_reference(&mut self, reference: &str) {
        if reference.contains("<none>") {
            return;
        }
        if let Some((name, digest)) = ImageName::parse(reference) {
            self.manifests.extend(digest);
            if name.tag.is_some() {
                self.names.insert(name);
            }
        }
    }

    /// Adds what was typed to name an image; it may be the path of a file.
    pub(super) fn add_typed(&mut self, artifact: &str) {
        if !is_path(artifact) {
            self.add_reference(artifact);
        }
    }

    /// Adds what a package URL of an image says.
    pub(super) fn add_purl(&mut self, purl: &Purl) {
        self.manifests.extend(purl.image_digest());
        self.platform = Platform::of_image(purl);
        let name = purl.image_name().filter(|name| name.tag.is_some());
        self.names.extend(name);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.manifests.is_empty() && self.config.is_none()
    }

    /// Its name, or else a digest, for messages.
    pub(super) fn shown(&self) -> Option<String> {
        let digest = || self.manifests.first().or(self.config.as_ref());
        let name = self.names.first().map(ToString::to_string);
        name.or_else(|| digest().map(|digest| digest.as_str().to_owned()))
    }
}

fn is_path(artifact: &str) -> bool {
    artifact.starts_with(['.', '/']) || ARCHIVES.iter().any(|ending| artifact.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_that_name_one_image() {
        let mut identity = Identity::default();
        for nothing in ["", "<none>:<none>", "<none>@<none>", "a b"] {
            identity.add_reference(nothing);
            assert!(identity.is_empty(), "{nothing}");
        }
        identity.add_reference(&format!("alpine@sha256:{}", "a".repeat(64)));
        assert_eq!((identity.names.len(), identity.manifests.len()), (0, 1));
        identity.add_reference("alpine:3.9");
        assert_eq!(identity.shown().unwrap(), "docker.io/library/alpine:3.9");
    }

    #[test]
    fn what_was_typed_may_be_a_path() {
        let mut identity = Identity::default();
        for path in ["./layout", "/layout", "alpine.tar", "dir/alpine.tar.gz"] {
            identity.add_typed(path);
            assert!(identity.is_empty(), "{path}");
        }
        identity.add_typed("alpine");
        assert_eq!(identity.shown().unwrap(), "docker.io/library/alpine:latest");
    }

    #[test]
    fn package_urls() {
        let mut identity = Identity::default();
        let url = "pkg:oci/alpine?repository_url=index.docker.io/library/alpine";
        identity.add_purl(&Purl::parse(url).unwrap());
        assert!(identity.is_empty(), "no tag, no digest");
        identity.add_purl(&Purl::parse(&format!("{url}&tag=3.9")).unwrap());
        assert_eq!(identity.shown().unwrap(), "docker.io/library/alpine:3.9");
    }
}
