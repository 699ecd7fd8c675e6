//! The JSON of Hubble: one answer of its observer a line, which is a flow or another event.
//!
//! Keys are those of Cilium's `flow.proto`; JSON that follows the default of protocol buffers has
//! them in camel case.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, Unexpected, Visitor};
use serde_json::value::RawValue;

/// A text that borrows from its line where it can.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The text, where it says something: protocol buffers do not tell an empty one from none.
pub(super) fn known<'a>(text: Option<&'a Text<'_>>) -> Option<&'a str> {
    text.map(|text| text.0.as_ref())
        .filter(|text| !text.is_empty())
}

/// One line: a flow, or what wraps one, or another event. Fields that the score does not use are
/// passed over.
#[derive(Debug, serde::Deserialize)]
#[serde(expecting = "a flow of Hubble")]
pub(super) struct Flow<'a> {
    /// The flow that the line wraps.
    #[serde(borrow, rename = "flow")]
    pub(super) wrapped: Option<Box<Flow<'a>>>,
    #[serde(alias = "lostEvents")]
    pub(super) lost_events: Option<Lost<'a>>,
    #[serde(alias = "nodeStatus")]
    pub(super) node_status: Option<NodeStatus<'a>>,
    #[serde(alias = "agentEvent")]
    pub(super) agent_event: Option<IgnoredAny>,
    #[serde(alias = "debugEvent")]
    pub(super) debug_event: Option<IgnoredAny>,

    pub(super) time: Option<Text<'a>>,
    #[serde(alias = "nodeName")]
    pub(super) node_name: Option<Text<'a>>,
    pub(super) verdict: Option<Text<'a>>,
    #[serde(alias = "dropReason")]
    pub(super) drop_reason: Option<u64>,
    #[serde(alias = "dropReasonDesc")]
    pub(super) drop_reason_desc: Option<Text<'a>>,
    #[serde(rename = "IP")]
    pub(super) ip: Option<Addresses<'a>>,
    pub(super) l4: Option<Layer4>,
    pub(super) source: Option<Endpoint<'a>>,
    pub(super) destination: Option<Endpoint<'a>>,
    #[serde(rename = "Type", alias = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(alias = "sourceNames")]
    pub(super) source_names: Option<Vec<Text<'a>>>,
    #[serde(alias = "destinationNames")]
    pub(super) destination_names: Option<Vec<Text<'a>>>,
    #[serde(alias = "sourceService")]
    pub(super) source_service: Option<Service<'a>>,
    #[serde(alias = "destinationService")]
    pub(super) destination_service: Option<Service<'a>>,
    pub(super) reply: Option<bool>,
    #[serde(alias = "isReply")]
    pub(super) is_reply: Option<bool>,
    #[serde(alias = "trafficDirection")]
    pub(super) traffic_direction: Option<Text<'a>>,
    #[serde(alias = "traceObservationPoint")]
    pub(super) trace_observation_point: Option<Text<'a>>,
    #[serde(alias = "policyMatchType")]
    pub(super) policy_match_type: Option<u64>,
    #[serde(alias = "egressAllowedBy")]
    pub(super) egress_allowed_by: Option<&'a RawValue>,
    #[serde(alias = "ingressAllowedBy")]
    pub(super) ingress_allowed_by: Option<&'a RawValue>,
    #[serde(alias = "egressDeniedBy")]
    pub(super) egress_denied_by: Option<&'a RawValue>,
    #[serde(alias = "ingressDeniedBy")]
    pub(super) ingress_denied_by: Option<&'a RawValue>,
}

/// The addresses of a packet.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Addresses<'a> {
    #[serde(borrow)]
    pub(super) source: Option<Text<'a>>,
    pub(super) destination: Option<Text<'a>>,
}

/// What a packet carries; one of them.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Layer4 {
    #[serde(rename = "TCP")]
    pub(super) tcp: Option<Ports>,
    #[serde(rename = "UDP")]
    pub(super) udp: Option<Ports>,
    #[serde(rename = "SCTP")]
    pub(super) sctp: Option<Ports>,
    #[serde(rename = "ICMPv4")]
    pub(super) icmp: Option<Icmp>,
    #[serde(rename = "ICMPv6")]
    pub(super) icmp6: Option<Icmp>,
    #[serde(rename = "VRRP")]
    pub(super) vrrp: Option<IgnoredAny>,
    #[serde(rename = "IGMP")]
    pub(super) igmp: Option<IgnoredAny>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Ports {
    #[serde(default, alias = "sourcePort")]
    pub(super) source_port: Port,
    #[serde(default, alias = "destinationPort")]
    pub(super) destination_port: Port,
    pub(super) flags: Option<Flags>,
}

/// A port; null and 0 are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Port(pub(super) Option<u16>);

/// The flags of TCP that tell who began; a flag that is not set is left out.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub(super) struct Flags {
    #[serde(default, rename = "SYN")]
    pub(super) syn: bool,
    #[serde(default, rename = "ACK")]
    pub(super) ack: bool,
}

#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub(super) struct Icmp {
    /// 0 where it is left out.
    #[serde(default, rename = "type")]
    pub(super) kind: u64,
}

/// One end of a packet.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Endpoint<'a> {
    /// Of endpoints on the node that tells of the packet; 0 or none for others.
    #[serde(rename = "ID", alias = "id")]
    pub(super) id: Option<u64>,
    pub(super) identity: Option<u64>,
    #[serde(borrow)]
    pub(super) namespace: Option<Text<'a>>,
    #[serde(alias = "podName")]
    pub(super) pod_name: Option<Text<'a>>,
    pub(super) labels: Option<&'a RawValue>,
    pub(super) workloads: Option<Vec<Workload<'a>>>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Workload<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    pub(super) kind: Option<Text<'a>>,
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Service<'a> {
    #[serde(borrow)]
    pub(super) name: Option<Text<'a>>,
    pub(super) namespace: Option<Text<'a>>,
}

/// Flows that are missing.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Lost<'a> {
    #[serde(borrow)]
    pub(super) source: Option<Text<'a>>,
    #[serde(default, alias = "numEventsLost")]
    pub(super) num_events_lost: Count,
}

/// A number; protocol buffers write those of 64 bits as text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count(pub(super) u64);

/// What became of nodes that flows come from.
#[derive(Debug, serde::Deserialize)]
pub(super) struct NodeStatus<'a> {
    #[serde(borrow, alias = "stateChange")]
    pub(super) state_change: Option<Text<'a>>,
    #[serde(alias = "nodeNames")]
    pub(super) node_names: Option<Vec<Text<'a>>>,
}

impl Endpoint<'_> {
    /// Whether the endpoint is on the node that tells of the packet.
    pub(super) fn is_local(&self) -> bool {
        self.id.is_some_and(|id| id != 0)
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Option::<u64>::deserialize(deserializer)?.filter(|number| *number != 0);
        number
            .map(|number| {
                u16::try_from(number).map_err(|_| {
                    D::Error::invalid_value(Unexpected::Unsigned(number), &"a port, 0 to 65535")
                })
            })
            .transpose()
            .map(Self)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CountVisitor;

        impl Visitor<'_> for CountVisitor {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of 0 or more")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Count(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                let number = text.parse().map(Count);
                number.map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(CountVisitor)
    }
}
