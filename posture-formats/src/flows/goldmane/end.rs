//! The ends of a flow, and who reported it, of Goldmane and of Whisker alike.

use std::net::IpAddr;
use std::sync::Arc;

use posture_core::model::{End, EndKind, Labels, Reporter};

use super::super::calico::{Text, known};
use super::value::Case;

/// What a flow says of one end.
pub(in crate::flows) struct FlowEnd<'a> {
    /// `source` or `dest`.
    pub(in crate::flows) side: &'static str,
    pub(in crate::flows) kind: Option<&'a Case<'a>>,
    pub(in crate::flows) namespace: Option<&'a Text<'a>>,
    pub(in crate::flows) name: Option<&'a Text<'a>>,
    pub(in crate::flows) addresses: Option<&'a [Text<'a>]>,
    pub(in crate::flows) labels: Option<Arc<Labels>>,
    pub(in crate::flows) port: Option<u16>,
}

impl<'a> FlowEnd<'a> {
    /// The end. Its name is that of all pods with one `generateName`, never that of one pod.
    pub(in crate::flows) fn read(self) -> Result<End<'a>, String> {
        // "Whisker may write `Global` for no namespace" (formats, section 3): no namespace is
        // called so, since their names are in lower case.
        let namespace = known(self.namespace).filter(|namespace| *namespace != "Global");
        // "Whisker writes `PUBLIC NETWORK` and `PRIVATE NETWORK` for `pub` and `pvt`" (formats,
        // section 3).
        let name = match known(self.name) {
            Some("PUBLIC NETWORK") => Some("pub"),
            Some("PRIVATE NETWORK") => Some("pvt"),
            name => name,
        };
        Ok(End {
            kind: match self.kind.filter(|kind| kind.is_specified()) {
                Some(kind) => stated(self.side, kind)?,
                None => by_name(namespace, name),
            },
            namespace,
            name: None,
            aggregate: name,
            address: only(self.side, self.addresses.unwrap_or_default())?,
            port: self.port,
            labels: self.labels,
        })
    }
}

fn stated(side: &str, kind: &Case<'_>) -> Result<EndKind, String> {
    [
        ("WorkloadEndpoint", 1, EndKind::Workload),
        ("HostEndpoint", 2, EndKind::Host),
        ("NetworkSet", 3, EndKind::NetworkSet),
        ("Network", 4, EndKind::Network),
    ]
    .into_iter()
    .find_map(|(name, number, found)| kind.is(name, number).then_some(found))
    .ok_or_else(|| {
        format!(
            "the type of the {side} is `{kind}`, expected `WorkloadEndpoint`, `HostEndpoint`, \
             `NetworkSet` or `Network`"
        )
    })
}

/// "a namespace makes a workload; without one `pub` and `pvt` are networks, and any other name is a
/// host or a network set, which is unknown" (formats, section 3).
fn by_name(namespace: Option<&str>, name: Option<&str>) -> EndKind {
    match (namespace, name) {
        (Some(_), _) => EndKind::Workload,
        (None, Some("pub" | "pvt")) => EndKind::Network,
        (None, _) => EndKind::Unknown,
    }
}

/// "of several addresses none is taken" (formats, section 3): they need not be of one kind.
fn only(side: &str, addresses: &[Text<'_>]) -> Result<Option<IpAddr>, String> {
    let [address] = addresses else {
        return Ok(None);
    };
    match known(Some(address)) {
        None => Ok(None),
        Some(text) => match text.parse::<IpAddr>() {
            Ok(address) => Ok(Some(address.to_canonical())),
            Err(_) => Err(format!("the address of the {side} is none: `{text}`")),
        },
    }
}

/// Who reported a flow; "one that does not say who reported it speaks for neither end" (formats,
/// section 3).
pub(in crate::flows) fn reporter(reporter: Option<&Case<'_>>) -> Result<Reporter, String> {
    match reporter.filter(|reporter| reporter.is_specified()) {
        None => Ok(Reporter::Unknown),
        Some(reporter) if reporter.is("Src", 1) => Ok(Reporter::Source),
        Some(reporter) if reporter.is("Dst", 2) => Ok(Reporter::Destination),
        Some(other) => Err(format!("`reporter` is `{other}`, expected `Src` or `Dst`")),
    }
}

/// Labels that say something: "those that all pods of the flow have in common; none at all tells
/// nothing" (formats, section 3).
pub(in crate::flows) fn labels<'t>(pairs: impl Iterator<Item = &'t str>) -> Labels {
    let pairs = pairs.map(str::trim).filter(|pair| !pair.is_empty());
    let split = |pair: &str| match pair.split_once('=') {
        Some((key, value)) => (key.to_owned(), value.to_owned()),
        None => (pair.to_owned(), String::new()),
    };
    pairs.map(split).collect()
}
