//! What objects of every kind are made of.

pub(crate) mod address;
mod invalid;
mod label_selector;
mod metadata;
pub(crate) mod policy;
pub(crate) mod port;
mod value;
mod word;

pub(crate) use invalid::Invalid;
pub(crate) use label_selector::{LabelSelector, Requirement};
pub(crate) use metadata::{Metadata, WrittenLabels};
pub(crate) use value::value;
pub(crate) use word::one_of;

/// A Kubernetes object, its content unread.
pub(crate) struct Object<'a> {
    pub(crate) kind: &'a str,
    /// The group of `apiVersion`, empty for `v1`; none where there is no `apiVersion`.
    pub(crate) group: Option<&'a str>,
    pub(crate) json: &'a str,
    pub(crate) at: &'a str,
}

impl<'a> Object<'a> {
    pub(crate) fn new(
        kind: &'a str,
        api_version: Option<&'a str>,
        json: &'a str,
        at: &'a str,
    ) -> Self {
        let group = api_version.map(|text| text.split_once('/').map_or("", |(group, _)| group));
        Self {
            kind,
            group,
            json,
            at,
        }
    }

    /// Its content.
    pub(crate) fn parse<T: serde::Deserialize<'a>>(&self) -> Result<T, Invalid> {
        value(self.json).map_err(Invalid::of_object)
    }

    /// Whether it is of one of these groups, or does not say its group.
    pub(crate) fn may_be_of(&self, groups: &[&str]) -> bool {
        self.group.is_none_or(|group| groups.contains(&group))
    }
}
