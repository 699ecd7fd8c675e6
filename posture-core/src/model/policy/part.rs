//! Policies of one object.

use std::fmt;

use serde::Serialize;

/// Which of the policies that an object of Cilium is put as, where it is several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// Which of the object's `specs`, from 0; none for its `spec`.
    pub spec: Option<u32>,
    /// What the part is there for.
    pub role: Role,
}

/// What a part of an object is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It denies, before anything is allowed.
    Deny,
    /// It allows, and denies nothing at its end.
    Allow,
    /// It allows, and denies the rest.
    DefaultDeny,
}

impl Role {
    /// What the part is there for, in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Allow => "allow",
            Self::DefaultDeny => "default deny",
        }
    }
}

/// `deny`, or `spec 1, deny`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(spec) = self.spec {
            write!(f, "spec {spec}, ")?;
        }
        f.write_str(self.role.name())
    }
}
