//! What images are built for.

use super::Purl;

/// An operating system and an architecture; what is not said may be any.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Platform {
    /// `linux`
    pub os: Option<String>,
    /// `amd64`, by whatever name it was given.
    pub architecture: Option<String>,
}

impl Platform {
    /// The platform of two words as tools write them, either of which may be missing or empty.
    pub fn new(os: Option<&str>, architecture: Option<&str>) -> Self {
        let word = |text: Option<&str>| {
            let text = text.map(|text| text.trim().to_ascii_lowercase());
            text.filter(|text| !text.is_empty())
        };
        Self {
            os: word(os),
            architecture: word(architecture).map(spelled),
        }
    }

    /// The platform in an image's package URL: `arch` and `os`, or `platform=linux/amd64`.
    pub fn of_image(purl: &Purl) -> Self {
        let given = |key: &str| purl.qualifiers.get(key).map(String::as_str);
        let mut parts = given("platform").unwrap_or_default().split('/');
        let (os, architecture) = (parts.next(), parts.next());
        Self::new(given("os").or(os), given("arch").or(architecture))
    }

    /// Whether both may be one: they differ in nothing that both say.
    pub fn may_be(&self, other: &Self) -> bool {
        let agree = |of: fn(&Self) -> &Option<String>| match (of(self), of(other)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        agree(|platform| &platform.os) && agree(|platform| &platform.architecture)
    }
}

/// The one spelling of an architecture: that of image lists.
fn spelled(architecture: String) -> String {
    match architecture.as_str() {
        "x86_64" | "x86-64" => "amd64".to_owned(),
        "aarch64" => "arm64".to_owned(),
        "i386" => "386".to_owned(),
        _ => architecture,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_may_be_any() {
        let amd = Platform::new(Some("linux"), Some("amd64"));
        for (os, architecture, same) in [
            (None, None, true),
            (Some(""), Some(""), true),
            (Some("Linux"), Some("x86_64"), true),
            (None, Some("amd64"), true),
            (None, Some("aarch64"), false),
            (Some("linux"), Some("arm64"), false),
            (Some("windows"), None, false),
            (Some("windows"), Some("amd64"), false),
        ] {
            let other = Platform::new(os, architecture);
            assert_eq!(amd.may_be(&other), same, "{other:?}");
            assert_eq!(other.may_be(&amd), same, "{other:?}");
        }
    }

    #[test]
    fn of_package_urls() {
        let of = |text: &str| Platform::of_image(&Purl::parse(text).unwrap());
        assert_eq!(of("pkg:oci/a"), Platform::default());
        assert_eq!(
            of("pkg:oci/a?arch=aarch64"),
            Platform::new(None, Some("arm64"))
        );
        let both = Platform::new(Some("linux"), Some("arm64"));
        assert_eq!(of("pkg:oci/a?arch=arm64&os=linux"), both);
        assert_eq!(of("pkg:docker/a@1?platform=linux%2Farm64%2Fv8"), both);
    }
}
