//! `toPorts`: protocols and ports.

use std::collections::BTreeMap;

use posture_core::model::{PortMatch, Protocol, TrafficMatch};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rule::read;
use crate::object::port::{NumberOrText, is_name, number};
use crate::object::{Invalid, one_of};

/// What is sent.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) traffic: Vec<TrafficMatch>,
    /// What is not understood.
    pub(super) unclear: Vec<String>,
}

#[derive(Deserialize)]
#[serde(try_from = "PortFields")]
struct Ports(Vec<TrafficMatch>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object", deny_unknown_fields)]
struct PortFields {
    port: Option<NumberOrText>,
    end_port: Option<i64>,
    protocol: Option<String>,
}

/// Adds an element of `toPorts`. "What a rule demands above layer 4 is decided at layer 4" (policy
/// semantics, section 11): so fields that do so are left out.
pub(super) fn add(fields: BTreeMap<String, &RawValue>, sent: &mut Sent) -> Result<(), Invalid> {
    let mut given = false;
    for (field, content) in fields {
        match field.as_str() {
            "ports" => {
                let ports: Option<Vec<Ports>> = read(content, "ports")?;
                let ports = ports.into_iter().flatten().flat_map(|Ports(all)| all);
                let before = sent.traffic.len();
                sent.traffic.extend(ports);
                given |= sent.traffic.len() > before;
            }
            "rules" | "serverNames" | "terminatingTLS" | "originatingTLS" | "listener" => {}
            _ if content.get() == "null" => {}
            _ => sent.unclear.push(format!("`toPorts.{field}`")),
        }
    }
    if !given {
        sent.unclear.push("`toPorts` without ports".to_owned());
    }
    Ok(())
}

/// "ports: TCP, UDP and SCTP where no protocol is given, or `ANY`; port 0 = all ports; endPort
/// inclusive" (policy semantics, section 11).
impl TryFrom<PortFields> for Ports {
    type Error = Invalid;

    fn try_from(fields: PortFields) -> Result<Self, Invalid> {
        let port = fields.port.ok_or_else(|| Invalid::new("expected a port"))?;
        let last = fields.end_port.filter(|last| *last != 0);
        let ports = match port {
            NumberOrText::Number(first) => numbers(first, last)?,
            NumberOrText::Text(text) => match text.parse::<i64>() {
                Ok(first) => numbers(first, last)?,
                Err(_) if is_name(&text.to_ascii_lowercase()) => {
                    vec![PortMatch::Named(text.to_ascii_lowercase())]
                }
                Err(_) => {
                    return Err(Invalid::new(format!(
                        "`{text}` is no port, expected a number or a name"
                    )));
                }
            },
        };
        let word = fields.protocol.unwrap_or_default().to_ascii_uppercase();
        let any: &[Protocol] = &[Protocol::Tcp, Protocol::Udp, Protocol::Sctp];
        let known: [(&str, &[Protocol]); 7] = [
            ("TCP", &[Protocol::Tcp]),
            ("UDP", &[Protocol::Udp]),
            ("SCTP", &[Protocol::Sctp]),
            ("IGMP", &[Protocol::Number(2)]),
            ("VRRP", &[Protocol::Number(112)]),
            ("ANY", any),
            ("", any),
        ];
        let known = match word.as_str() {
            "" => &known[..],
            _ => known.split_last().map_or(&known[..], |(_, named)| named),
        };
        let protocols = one_of("protocol", &word, known)?;
        let traffic = protocols.iter().map(|protocol| TrafficMatch {
            protocol: Some(*protocol),
            ports: match protocol.has_ports() {
                true => ports.clone(),
                false => Vec::new(),
            },
            icmp: None,
        });
        Ok(Self(traffic.collect()))
    }
}

fn numbers(first: i64, last: Option<i64>) -> Result<Vec<PortMatch>, Invalid> {
    if first == 0 && last.is_none() {
        return Ok(Vec::new());
    }
    let (first, last) = (number(first)?, number(last.unwrap_or(first))?);
    match last < first {
        true => Err(Invalid::new(format!(
            "endPort `{last}` is below port `{first}`"
        ))),
        false => Ok(vec![PortMatch::Range(first, last)]),
    }
}
