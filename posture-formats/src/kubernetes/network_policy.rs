//! `NetworkPolicy` of Kubernetes, defaulted as the API server does it.

use posture_core::model::{IpBlock, NetworkPolicy, Peer, PolicyPort, PortMatch, Protocol, Rule};
use serde::Deserialize;

use super::label_selector::Selector;
use super::mapping::Mapping;
use super::metadata::Metadata;
use super::{Invalid, Object, address, unread_policy};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Mapping<Spec>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec {
    pod_selector: Option<Mapping<Selector>>,
    policy_types: Option<Vec<String>>,
    ingress: Option<Vec<Mapping<IngressRule>>>,
    egress: Option<Vec<Mapping<EgressRule>>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an ingress rule")]
struct IngressRule {
    from: Option<Vec<Mapping<PeerFields>>>,
    ports: Option<Vec<Mapping<PortFields>>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an egress rule")]
struct EgressRule {
    to: Option<Vec<Mapping<PeerFields>>>,
    ports: Option<Vec<Mapping<PortFields>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a peer")]
struct PeerFields {
    pod_selector: Option<Mapping<Selector>>,
    namespace_selector: Option<Mapping<Selector>>,
    ip_block: Option<Mapping<BlockFields>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an ipBlock")]
struct BlockFields {
    cidr: String,
    except: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a port")]
struct PortFields {
    protocol: Option<String>,
    port: Option<NumberOrName>,
    end_port: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a port number or name")]
enum NumberOrName {
    Number(i64),
    Name(String),
}

/// Reads a policy; one that is not valid is kept as unread, because it may govern its namespace.
pub(super) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    match parse(object, output) {
        Ok(policy) => {
            output.fragment.policies.push(policy);
            Ok(())
        }
        Err(invalid) => {
            unread_policy::keep_invalid(object, output)?;
            Err(invalid)
        }
    }
}

fn parse(object: &Object<'_>, output: &Output<'_>) -> Result<NetworkPolicy, Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let Mapping(spec) = fields.spec.unwrap_or_default();
    let (governs_ingress, governs_egress) = directions(&spec)?;
    let Mapping(selector) = spec.pod_selector.unwrap_or_default();
    let ingress = read_all(spec.ingress, |rule| read_rule(rule.from, rule.ports))?;
    let egress = read_all(spec.egress, |rule| read_rule(rule.to, rule.ports))?;
    Ok(NetworkPolicy {
        version: metadata.version(),
        namespace: metadata.namespace(),
        name: metadata.name()?,
        selector: selector.into_model()?,
        ingress: governs_ingress.then_some(ingress),
        egress: governs_egress.then_some(egress),
        origin: output.origin(object.at),
    })
}

/// "policyTypes default: always Ingress; plus Egress iff egress rules exist" (policy semantics,
/// section 3).
fn directions(spec: &Spec) -> Result<(bool, bool), Invalid> {
    let types = spec.policy_types.as_deref().unwrap_or_default();
    if let Some(other) = types
        .iter()
        .find(|name| !matches!(name.as_str(), "Ingress" | "Egress"))
    {
        let message = format!("policy type `{other}` is not known, expected Ingress or Egress");
        return Err(Invalid::new(message));
    }
    if types.is_empty() {
        return Ok((
            true,
            spec.egress.as_ref().is_some_and(|rules| !rules.is_empty()),
        ));
    }
    let has = |name: &str| types.iter().any(|listed| listed == name);
    Ok((has("Ingress"), has("Egress")))
}

fn read_rule(
    peers: Option<Vec<Mapping<PeerFields>>>,
    ports: Option<Vec<Mapping<PortFields>>>,
) -> Result<Rule, Invalid> {
    Ok(Rule {
        peers: read_all(peers, read_peer)?,
        ports: read_all(ports, read_port)?,
    })
}

/// Reads each element of a list; one that is absent has none.
fn read_all<T, M>(
    list: Option<Vec<Mapping<T>>>,
    read: impl Fn(T) -> Result<M, Invalid>,
) -> Result<Vec<M>, Invalid> {
    list.into_iter()
        .flatten()
        .map(|Mapping(element)| read(element))
        .collect()
}

/// "null is not `{}`": a peer that names nobody must not become anybody.
fn read_peer(peer: PeerFields) -> Result<Peer, Invalid> {
    let selector = |selector: Option<Mapping<Selector>>| {
        selector
            .map(|Mapping(selector)| selector.into_model())
            .transpose()
    };
    match (peer.pod_selector, peer.namespace_selector, peer.ip_block) {
        (None, None, None) => Err(Invalid::new(
            "a peer is empty, expected a podSelector, a namespaceSelector or an ipBlock",
        )),
        (None, None, Some(Mapping(block))) => Ok(Peer::Block(read_block(&block)?)),
        (_, _, Some(_)) => Err(Invalid::new("a peer has both an ipBlock and a selector")),
        (pods, namespaces, None) => Ok(Peer::Pods {
            namespaces: selector(namespaces)?,
            pods: selector(pods)?,
        }),
    }
}

fn read_block(block: &BlockFields) -> Result<IpBlock, Invalid> {
    let network = |text: &String| {
        let network = address::network(text);
        network.ok_or_else(|| Invalid::new(format!("`{text}` is no network, expected a CIDR")))
    };
    let except = block.except.iter().flatten().map(network);
    Ok(IpBlock {
        cidr: network(&block.cidr)?,
        except: except.collect::<Result<_, _>>()?,
    })
}

/// "ports: null protocol = TCP; `{}` = all TCP; [...] endPort inclusive, needs a numeric port"
/// (policy semantics, section 3).
fn read_port(port: PortFields) -> Result<PolicyPort, Invalid> {
    let protocol = match port.protocol.as_deref() {
        None | Some("TCP") => Protocol::Tcp,
        Some("UDP") => Protocol::Udp,
        Some("SCTP") => Protocol::Sctp,
        Some(other) => {
            let message = format!("protocol `{other}` is not known, expected TCP, UDP or SCTP");
            return Err(Invalid::new(message));
        }
    };
    let ports = match (port.port, port.end_port) {
        (None, None) => PortMatch::Any,
        (Some(NumberOrName::Number(first)), last) => {
            let (first, last) = (port_number(first)?, port_number(last.unwrap_or(first))?);
            if last < first {
                return Err(Invalid::new(format!(
                    "endPort `{last}` is below port `{first}`"
                )));
            }
            PortMatch::Range(first, last)
        }
        (Some(NumberOrName::Name(name)), None) if is_port_name(&name) => PortMatch::Named(name),
        (Some(NumberOrName::Name(name)), None) => {
            return Err(Invalid::new(format!(
                "`{name}` is no port, expected a number or a name"
            )));
        }
        (_, Some(_)) => return Err(Invalid::new("an endPort needs a port number")),
    };
    Ok(PolicyPort { protocol, ports })
}

fn port_number(number: i64) -> Result<u16, Invalid> {
    let valid = u16::try_from(number).ok().filter(|number| *number > 0);
    valid.ok_or_else(|| Invalid::new(format!("port `{number}` is not between 1 and 65535")))
}

/// An IANA service name (RFC 6335): up to 15 of `a-z`, `0-9` and `-`, one letter at least.
fn is_port_name(name: &str) -> bool {
    name.len() <= 15
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && name.bytes().any(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests;
