//! Ends of traffic, as people name them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// An end of traffic, as a person names it: `shop/web`, `shop/Deployment/web`, `10.0.0.1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A workload or pod.
    Named {
        /// Its namespace.
        namespace: String,
        /// Its kind, where it is given.
        kind: Option<String>,
        /// Its name.
        name: String,
    },
    /// An address.
    Address(IpAddr),
}

/// A text that names no end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAPlace(String);

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address.to_canonical()));
        }
        if text.parse::<IpNet>().is_ok() {
            return Err(NotAPlace("expected one address, not a range".to_owned()));
        }
        let parts: Vec<&str> = text.split('/').collect();
        let named = |namespace: &str, kind: Option<&str>, name: &str| Self::Named {
            namespace: namespace.to_owned(),
            kind: kind.map(str::to_owned),
            name: name.to_owned(),
        };
        match parts.as_slice() {
            parts if parts.contains(&"") => Err(expected()),
            [namespace, name] => Ok(named(namespace, None, name)),
            [namespace, kind, name] => Ok(named(namespace, Some(kind), name)),
            _ => Err(expected()),
        }
    }
}

fn expected() -> NotAPlace {
    NotAPlace(
        "expected NAMESPACE/WORKLOAD, NAMESPACE/KIND/NAME or an address, such as shop/web, \
         shop/Deployment/web or 10.0.0.1"
            .to_owned(),
    )
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named {
                namespace,
                kind: None,
                name,
            } => write!(f, "{namespace}/{name}"),
            Self::Named {
                namespace,
                kind: Some(kind),
                name,
            } => write!(f, "{namespace}/{kind}/{name}"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses() {
        for text in ["shop/web", "shop/Deployment/web", "10.0.0.1", "fd00::1"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        assert_eq!(
            "::ffff:10.0.0.1".parse::<Place>().unwrap().to_string(),
            "10.0.0.1"
        );
        for text in ["web", "", "/web", "shop/", "a/b/c/d"] {
            let error = text.parse::<Place>().unwrap_err().to_string();
            assert!(error.starts_with("expected NAMESPACE/WORKLOAD"), "{error}");
        }
        assert_eq!(
            "10.0.0.0/8".parse::<Place>().unwrap_err().to_string(),
            "expected one address, not a range"
        );
    }
}
