//! Ports.

use posture_core::model::{PortMatch, TrafficMatch};
use serde::Deserialize;

use crate::object::Invalid;
use crate::object::port::{NumberOrText, PortProtocol, is_name, number};

#[derive(Deserialize)]
#[serde(try_from = "PortFields")]
pub(super) struct Port(TrafficMatch);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct PortFields {
    protocol: Option<PortProtocol>,
    port: Option<NumberOrText>,
    end_port: Option<i64>,
}

pub(super) fn traffic(Port(traffic): Port) -> TrafficMatch {
    traffic
}

/// "ports: null protocol = TCP; `{}` = all TCP; [...] endPort inclusive, needs a numeric port"
/// (policy semantics, section 3).
impl TryFrom<PortFields> for Port {
    type Error = Invalid;

    fn try_from(fields: PortFields) -> Result<Self, Invalid> {
        let ports = match (fields.port, fields.end_port) {
            (None, None) => Vec::new(),
            (Some(NumberOrText::Number(first)), last) => {
                let last = number(last.unwrap_or(first));
                let (first, last) = (number(first)?, last?);
                if last < first {
                    return Err(Invalid::new(format!(
                        "endPort `{last}` is below port `{first}`"
                    )));
                }
                vec![PortMatch::Range(first, last)]
            }
            (Some(NumberOrText::Text(name)), None) if is_name(&name) => {
                vec![PortMatch::Named(name)]
            }
            (Some(NumberOrText::Text(name)), None) => {
                return Err(Invalid::new(format!(
                    "`{name}` is no port, expected a number or a name"
                )));
            }
            (_, Some(_)) => return Err(Invalid::new("an endPort needs a port number")),
        };
        Ok(Self(TrafficMatch {
            protocol: Some(fields.protocol.unwrap_or_default().0),
            ports,
            icmp: None,
        }))
    }
}
