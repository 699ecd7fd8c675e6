//! `icmps`: types of ICMP messages.

use posture_core::model::{Icmp, Protocol, TrafficMatch};
use serde::Deserialize;

use crate::object::port::NumberOrText;
use crate::object::{Invalid, one_of};

#[derive(Deserialize)]
#[serde(expecting = "an object", deny_unknown_fields)]
pub(super) struct IcmpRule {
    fields: Option<Vec<IcmpField>>,
}

#[derive(Deserialize)]
#[serde(try_from = "FieldFields")]
struct IcmpField(TrafficMatch);

#[derive(Deserialize)]
#[serde(expecting = "an object", deny_unknown_fields)]
struct FieldFields {
    family: Option<String>,
    #[serde(rename = "type")]
    kind: NumberOrText,
}

const V4: [(&str, u8); 14] = [
    ("EchoReply", 0),
    ("DestinationUnreachable", 3),
    ("Redirect", 5),
    ("Echo", 8),
    ("EchoRequest", 8),
    ("RouterAdvertisement", 9),
    ("RouterSelection", 10),
    ("TimeExceeded", 11),
    ("ParameterProblem", 12),
    ("Timestamp", 13),
    ("TimestampReply", 14),
    ("Photuris", 40),
    ("ExtendedEchoRequest", 42),
    ("ExtendedEchoReply", 43),
];

const V6: [(&str, u8); 27] = [
    ("DestinationUnreachable", 1),
    ("PacketTooBig", 2),
    ("TimeExceeded", 3),
    ("ParameterProblem", 4),
    ("EchoRequest", 128),
    ("EchoReply", 129),
    ("MulticastListenerQuery", 130),
    ("MulticastListenerReport", 131),
    ("MulticastListenerDone", 132),
    ("RouterSolicitation", 133),
    ("RouterAdvertisement", 134),
    ("NeighborSolicitation", 135),
    ("NeighborAdvertisement", 136),
    ("RedirectMessage", 137),
    ("RouterRenumbering", 138),
    ("ICMPNodeInformationQuery", 139),
    ("ICMPNodeInformationResponse", 140),
    ("InverseNeighborDiscoverySolicitation", 141),
    ("InverseNeighborDiscoveryAdvertisement", 142),
    ("HomeAgentAddressDiscoveryRequest", 144),
    ("HomeAgentAddressDiscoveryReply", 145),
    ("MobilePrefixSolicitation", 146),
    ("MobilePrefixAdvertisement", 147),
    ("DuplicateAddressRequestCodeSuffix", 157),
    ("DuplicateAddressConfirmationCodeSuffix", 158),
    ("ExtendedEchoRequest", 160),
    ("ExtendedEchoReply", 161),
];

impl IcmpRule {
    pub(super) fn traffic(self) -> Vec<TrafficMatch> {
        let fields = self.fields.into_iter().flatten();
        fields.map(|IcmpField(traffic)| traffic).collect()
    }
}

/// "family: IPv4 where it is not given; type: a number or a name" (policy semantics, section 11).
impl TryFrom<FieldFields> for IcmpField {
    type Error = Invalid;

    fn try_from(field: FieldFields) -> Result<Self, Invalid> {
        let family = field.family.filter(|family| !family.is_empty());
        let families = [("IPv4", Protocol::Icmp), ("IPv6", Protocol::Icmp6)];
        let family = family.map(|family| one_of("family", &family, &families));
        let protocol = family.transpose()?.unwrap_or(Protocol::Icmp);
        let known: &[(&str, u8)] = match protocol {
            Protocol::Icmp6 => &V6,
            _ => &V4,
        };
        let (number, text) = match field.kind {
            NumberOrText::Number(number) => (u8::try_from(number).ok(), number.to_string()),
            NumberOrText::Text(text) => {
                let named = known.iter().find(|(name, _)| *name == text);
                let number = named.map(|(_, number)| *number);
                (number.or_else(|| text.parse().ok()), text)
            }
        };
        let kind = number.ok_or_else(|| {
            Invalid::new(format!(
                "`{text}` is no ICMP type, expected a name or a number from 0 to 255"
            ))
        })?;
        Ok(Self(TrafficMatch {
            protocol: Some(protocol),
            ports: Vec::new(),
            icmp: Some(Icmp { kind, code: None }),
        }))
    }
}
