//! Rules of Calico's policies.

use posture_core::model::{Beyond, Family, Icmp, Protocol, Rule, RuleAction, TrafficMatch};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::entity::{Entity, Side};
use super::protocol::ProtocolWord;
use crate::object::{Invalid, one_of};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object", deny_unknown_fields)]
pub(super) struct RuleFields {
    action: Action,
    ip_version: Option<IpVersion>,
    protocol: Option<ProtocolWord>,
    not_protocol: Option<ProtocolWord>,
    icmp: Option<IcmpType>,
    #[serde(rename = "notICMP")]
    not_icmp: Option<IcmpType>,
    source: Option<Entity>,
    destination: Option<Entity>,
    http: Option<Http>,
    #[serde(rename = "metadata")]
    _metadata: Option<IgnoredAny>,
}

/// `http`, whatever it asks for.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Http {}

/// An action, in upper or lower case; `next-tier` is an old word for `Pass`.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Action(RuleAction);

impl TryFrom<String> for Action {
    type Error = Invalid;

    fn try_from(word: String) -> Result<Self, Invalid> {
        let known = [
            RuleAction::Allow,
            RuleAction::Deny,
            RuleAction::Pass,
            RuleAction::Log,
        ]
        .map(|action| (action.name(), action));
        let same = |name: &str| name.eq_ignore_ascii_case(&word);
        let name = match known.iter().find(|(name, _)| same(name)) {
            Some((name, _)) => name,
            None if same("next-tier") => RuleAction::Pass.name(),
            None => word.as_str(),
        };
        one_of("action", name, &known).map(Self)
    }
}

#[derive(Deserialize)]
#[serde(try_from = "i64")]
struct IpVersion(Family);

impl TryFrom<i64> for IpVersion {
    type Error = Invalid;

    fn try_from(number: i64) -> Result<Self, Invalid> {
        match number {
            4 => Ok(Self(Family::V4)),
            6 => Ok(Self(Family::V6)),
            _ => Err(Invalid::new(format!(
                "IP version `{number}` is not known, expected 4 or 6"
            ))),
        }
    }
}

/// "ICMP type with or without code" (policy semantics, section 5); none where no type is given.
#[derive(Deserialize)]
#[serde(try_from = "IcmpFields")]
struct IcmpType(Option<Icmp>);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct IcmpFields {
    r#type: Option<i64>,
    code: Option<i64>,
}

impl TryFrom<IcmpFields> for IcmpType {
    type Error = Invalid;

    fn try_from(fields: IcmpFields) -> Result<Self, Invalid> {
        let within = |what: &str, number: i64, last: u8| {
            let number = u8::try_from(number)
                .ok()
                .filter(|known| *known <= last)
                .ok_or(number);
            number.map_err(|number| {
                Invalid::new(format!(
                    "ICMP {what} `{number}` is not between 0 and {last}"
                ))
            })
        };
        let code = fields
            .code
            .map(|code| within("code", code, 255))
            .transpose()?;
        match (fields.r#type, code) {
            (Some(kind), code) => Ok(Self(Some(Icmp {
                kind: within("type", kind, 254)?,
                code,
            }))),
            (None, None) => Ok(Self(None)),
            (None, Some(_)) => Err(Invalid::new("an ICMP code needs a type")),
        }
    }
}

impl RuleFields {
    /// The rule, of a policy in this namespace or a cluster-wide one.
    pub(super) fn into_rule(self, namespace: Option<&str>) -> Result<Rule, Invalid> {
        let protocol = self.protocol.map(|ProtocolWord(protocol)| protocol);
        let mut source = self.source.unwrap_or_default();
        let mut destination = self.destination.unwrap_or_default();
        let (source_ports, not_source_ports) = source.take_ports();
        let (ports, not_ports) = destination.take_ports();
        let names_ports = [&source_ports, &not_source_ports, &ports, &not_ports];
        if names_ports.iter().any(|ports| !ports.is_empty())
            && !protocol.is_some_and(Protocol::has_ports)
        {
            let message = "the rule names ports, expected the protocol TCP, UDP or SCTP";
            return Err(Invalid::new(message).within("protocol"));
        }
        let icmp = self.icmp.and_then(|IcmpType(icmp)| icmp);
        if icmp.is_some() && !protocol.is_some_and(is_icmp) {
            let message = "the rule names an ICMP type, expected the protocol ICMP or ICMPv6";
            return Err(Invalid::new(message).within("protocol"));
        }
        let traffic = protocol.map(|protocol| TrafficMatch {
            protocol: Some(protocol),
            ports,
            icmp,
        });
        let mut except: Vec<TrafficMatch> = Vec::new();
        except.extend(self.not_protocol.map(|ProtocolWord(not)| TrafficMatch {
            protocol: Some(not),
            ..TrafficMatch::default()
        }));
        if !not_ports.is_empty() {
            except.push(TrafficMatch {
                protocol,
                ports: not_ports,
                icmp: None,
            });
        }
        except.extend(not_icmp(self.not_icmp, protocol));
        Ok(Rule {
            action: self.action.0,
            name: String::new(),
            family: self.ip_version.map(|IpVersion(family)| family),
            traffic: traffic.into_iter().collect(),
            except,
            source_ports,
            not_source_ports,
            source: source
                .into_ends(Side::Source, namespace)
                .map_err(|invalid| invalid.within("source"))?
                .into(),
            destination: destination
                .into_ends(Side::Destination, namespace)
                .map_err(|invalid| invalid.within("destination"))?
                .into(),
            beyond: self.http.map(|_| Beyond::Http),
        })
    }
}

/// A type of ICMP message that is not meant, of whichever ICMP the rule may name.
fn not_icmp(
    not: Option<IcmpType>,
    protocol: Option<Protocol>,
) -> impl Iterator<Item = TrafficMatch> {
    let icmp = not.and_then(|IcmpType(icmp)| icmp);
    let of_it = [Protocol::Icmp, Protocol::Icmp6]
        .into_iter()
        .filter(move |of| icmp.is_some() && protocol.is_none_or(|protocol| protocol == *of));
    of_it.map(move |of| TrafficMatch {
        protocol: Some(of),
        ports: Vec::new(),
        icmp,
    })
}

fn is_icmp(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Icmp | Protocol::Icmp6)
}

#[cfg(test)]
mod tests;
