//! Yes, no, or not known and why.

use serde::Serialize;

/// Why it cannot be known what policies decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Labels of a pod, or of its namespace or service account, are not known.
    Labels,
    /// The other end, or its address, is not known.
    Peer,
    /// The protocol, or the type of an ICMP message, is not known.
    Protocol,
    /// A port, or what a named port stands for, is not known.
    Port,
    /// The endpoints of a Service that a rule names are not known.
    Service,
    /// A rule names domains, and none was recorded.
    Domain,
    /// A rule demands something of HTTP requests.
    Http,
    /// A rule demands something that is not understood here.
    Rule,
}

impl Reason {
    /// What is not known, for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Labels => "labels are not known",
            Self::Peer => "the address of the other end is not known",
            Self::Protocol => "the protocol or ICMP type is not known",
            Self::Port => "the port is not known",
            Self::Service => "the endpoints of a Service are not known",
            Self::Domain => "the domain name is not known",
            Self::Http => "the HTTP request is not known",
            Self::Rule => "a rule is not understood",
        }
    }
}

/// Whether a criterion holds (Kleene's strong logic: what is not known stays so only where nothing
/// else settles the answer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It does not hold.
    No,
    /// It depends on what is not known.
    Unknown(Reason),
    /// It holds.
    Yes,
}

impl From<bool> for Match {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl Match {
    /// The answer, or what it lacks where there is none.
    pub(super) fn known(answer: Option<bool>, lacks: Reason) -> Self {
        answer.map_or(Self::Unknown(lacks), Self::from)
    }

    pub(super) fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::Unknown(reason) => match other() {
                Self::No => Self::No,
                Self::Yes | Self::Unknown(_) => Self::Unknown(reason),
            },
        }
    }

    pub(super) fn or(self, other: impl FnOnce() -> Self) -> Self {
        self.not().and(|| other().not()).not()
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Yes => Self::No,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// Whether any holds.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::No;
        for part in parts {
            all = all.or(|| part);
            if all == Self::Yes {
                break;
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_settles_the_answer() {
        let (first, second) = (Match::Unknown(Reason::Peer), Match::Unknown(Reason::Port));
        assert_eq!(first.and(|| Match::No), Match::No);
        assert_eq!(first.and(|| Match::Yes), first);
        assert_eq!(first.and(|| second), first);
        assert_eq!(first.or(|| Match::Yes), Match::Yes);
        assert_eq!(first.or(|| Match::No), first);
        assert_eq!(Match::any([Match::No, second, first]), second);
        assert_eq!(Match::any([second, Match::Yes]), Match::Yes);
        assert_eq!(Match::any([]), Match::No);
    }
}
