//! Flows of Hubble, the observer of Cilium: one event about one packet, or one request, a line.

mod end;
mod event;
mod evidence;
mod flow;
mod identity;
#[cfg(test)]
mod tests;
mod verdict;
mod way;

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use posture_core::model::{End, EndKind, Protocol, Record, Reporter, ServiceRef};
use posture_core::time::Time;
use serde_json::value::RawValue;

use super::Failed;
use super::cache::Cache;
use super::calico::in_line;
use crate::json;
use end::{Named, named};
use evidence::Evidence;
use flow::{Endpoint, Flow, Layer4, Service, Text, known};
use identity::{Class, Identity};
use verdict::Verdict;
use way::{Sender, Way, way};

/// What flows of Hubble repeat.
#[derive(Debug, Default)]
pub(super) struct Hubble {
    identities: Cache<Identity>,
    no_identity: Arc<Identity>,
    evidence: Evidence,
}

impl Hubble {
    /// Reads one line and hands on its record.
    pub(super) fn read(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<(), Failed> {
        let line: Flow<'_> = json::from_str(text).map_err(|error| in_line(&error))?;
        let flow = match &line.wrapped {
            Some(flow) => flow,
            None => match event::no_flow(&line) {
                Some(event) => return Err(event),
                None => &line,
            },
        };
        let time = known(flow.time.as_ref()).or(known(line.time.as_ref()));
        let time: Time = time
            .ok_or("`time` is missing")?
            .parse()
            .map_err(|error| format!("`time`: {error}"))?;
        let node = known(flow.node_name.as_ref()).or(known(line.node_name.as_ref()));
        // A name may begin with that of the cluster: `cluster/node`.
        let node = node.and_then(|node| node.rsplit('/').next());
        let verdict = Verdict::of(flow)?;
        let way = way(flow, verdict);
        let (protocol, ports) = protocol(flow.l4.as_ref());

        let nothing = Endpoint::default();
        let source = flow.source.as_ref().unwrap_or(&nothing);
        let destination = flow.destination.as_ref().unwrap_or(&nothing);
        let identities = [
            self.identity("source", source.labels)?,
            self.identity("destination", destination.labels)?,
        ];
        let [ref source_identity, ref destination_identity] = identities;
        let named = [
            named(source, source_identity, node),
            named(destination, destination_identity, node),
        ];
        let [ref sender, ref receiver] = named;
        let ip = flow.ip.as_ref();
        let ends = [
            end(
                sender,
                source_identity,
                address("source", ip.and_then(|ip| ip.source.as_ref()))?,
                ports[0],
            ),
            end(
                receiver,
                destination_identity,
                address("destination", ip.and_then(|ip| ip.destination.as_ref()))?,
                ports[1],
            ),
        ];
        if ends
            .iter()
            .all(|end| end.kind == EndKind::Unknown && end.address.is_none())
        {
            return Err(
                "nothing tells the ends: expected `IP`, or `source` and `destination`".into(),
            );
        }

        let [from, to] = ends;
        let (source, destination, began, other) = match way.sender {
            Sender::Answers => (to, from, receiver, sender),
            Sender::Began | Sender::Either => (from, to, sender, receiver),
        };
        let (service, domains) = match way.sender {
            Sender::Answers => (&flow.source_service, &flow.source_names),
            Sender::Began | Sender::Either => (&flow.destination_service, &flow.destination_names),
        };
        let remote = match way.reporter {
            Reporter::Destination => began.class,
            Reporter::Source | Reporter::Forward | Reporter::Unknown => other.class,
        };
        each(&Record {
            start: time.0,
            end: time.0,
            action: verdict.action(),
            reporter: way.reporter,
            protocol,
            source,
            destination,
            service: service_of(service.as_ref(), other),
            domains: names(domains.as_deref()),
            traces: self.evidence.of(flow, verdict, way.reporter, remote),
            connections: connections(way),
            bytes: 0,
        });
        Ok(())
    }

    fn identity(&mut self, side: &str, labels: Option<&RawValue>) -> Result<Arc<Identity>, String> {
        match labels.map(RawValue::get) {
            None | Some("null" | "[]") => Ok(self.no_identity.clone()),
            Some(text) => {
                let identity = self.identities.get(text, identity::read);
                identity.map_err(|error| format!("`{side}.labels`: {error}"))
            }
        }
    }
}

/// "It counts as one connection where it is no reply" (formats, section 4).
const fn connections(way: Way) -> u64 {
    match way.sender {
        Sender::Answers => 0,
        Sender::Began | Sender::Either => 1,
    }
}

fn end<'a>(
    named: &'a Named<'_>,
    identity: &Identity,
    address: Option<IpAddr>,
    port: Option<u16>,
) -> End<'a> {
    End {
        kind: named.kind(),
        namespace: named.namespace,
        name: named.name,
        aggregate: named.aggregate.as_deref(),
        address,
        port,
        labels: identity.labels.clone(),
    }
}

/// The protocol of a packet, and the ports of its sender and its receiver.
fn protocol(l4: Option<&Layer4>) -> (Protocol, [Option<u16>; 2]) {
    let Some(l4) = l4 else {
        return (Protocol::Unknown, [None; 2]);
    };
    let with_ports = [
        (Protocol::Tcp, &l4.tcp),
        (Protocol::Udp, &l4.udp),
        (Protocol::Sctp, &l4.sctp),
    ];
    for (protocol, ports) in with_ports {
        if let Some(ports) = ports {
            return (protocol, [ports.source_port.0, ports.destination_port.0]);
        }
    }
    let protocol = match (l4.icmp, l4.icmp6, &l4.vrrp, &l4.igmp) {
        (Some(_), ..) => Protocol::Icmp,
        (_, Some(_), ..) => Protocol::Icmp6,
        (.., Some(_), _) => Protocol::from_number(112),
        (.., Some(_)) => Protocol::from_number(2),
        _ => Protocol::Unknown,
    };
    (protocol, [None; 2])
}

fn address(side: &str, text: Option<&Text<'_>>) -> Result<Option<IpAddr>, String> {
    match known(text) {
        // Of packets without one.
        None | Some("<nil>") => Ok(None),
        Some(text) => match text.parse::<IpAddr>() {
            Ok(address) => Ok(Some(address.to_canonical())),
            Err(_) => Err(format!("`IP.{side}` is no IP address: `{text}`")),
        },
    }
}

/// The Service that traffic was sent to. Of an API server outside the cluster: "what goes to it goes
/// to the Service `default/kubernetes`" (formats, section 4).
fn service_of<'a>(
    service: Option<&'a Service<'_>>,
    destination: &Named<'_>,
) -> Option<ServiceRef<'a>> {
    let told = service.and_then(|service| {
        Some(ServiceRef {
            namespace: known(service.namespace.as_ref())?,
            name: known(service.name.as_ref())?,
        })
    });
    told.or(match destination.class {
        Class::ApiServer => Some(ServiceRef {
            namespace: "default",
            name: "kubernetes",
        }),
        _ => None,
    })
}

fn names<'a>(names: Option<&'a [Text<'_>]>) -> Vec<Cow<'a, str>> {
    let names = names.unwrap_or_default().iter();
    names
        .filter_map(|name| known(Some(name)))
        .map(|name| Cow::Borrowed(name.strip_suffix('.').unwrap_or(name)))
        .collect()
}
