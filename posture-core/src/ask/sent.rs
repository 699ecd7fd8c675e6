//! What is sent, as people name it.

use std::fmt;
use std::str::FromStr;

use crate::model::{Icmp, Protocol};

/// What is sent: `443/tcp`, `tcp/443`, `53/udp`, `sctp`, `icmp`, `icmp/8`, `icmp/8/0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sent {
    /// The protocol.
    pub protocol: Protocol,
    /// The destination port; none: not known, or the protocol has none.
    pub port: Option<u16>,
    /// The type of ICMP message.
    pub icmp: Option<Icmp>,
}

/// A text that names nothing that can be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotSent(String);

impl Sent {
    /// Of which nothing is known.
    pub const UNKNOWN: Self = Self {
        protocol: Protocol::Unknown,
        port: None,
        icmp: None,
    };
}

impl FromStr for Sent {
    type Err = NotSent;

    fn from_str(text: &str) -> Result<Self, NotSent> {
        let parts: Vec<&str> = text.split('/').collect();
        let (protocol, numbers) = match parts.as_slice() {
            [port] if is_number(port) => (Protocol::Tcp, vec![*port]),
            [number, name] if is_number(number) => (protocol(name)?, vec![*number]),
            [name, numbers @ ..] => (protocol(name)?, numbers.to_vec()),
            [] => return Err(expected()),
        };
        let sent = Self {
            protocol,
            ..Self::UNKNOWN
        };
        let icmp = matches!(protocol, Protocol::Icmp | Protocol::Icmp6);
        match numbers.as_slice() {
            [] => Ok(sent),
            [port] if protocol.has_ports() => Ok(Self {
                port: Some(number(port, "a port", u16::MAX)?),
                ..sent
            }),
            [kind, code @ ..] if icmp && code.len() < 2 => {
                let code = code
                    .first()
                    .map(|code| number(code, "an ICMP code", u8::MAX));
                Ok(Self {
                    icmp: Some(Icmp {
                        kind: number(kind, "an ICMP type", u8::MAX)?,
                        code: code.transpose()?,
                    }),
                    ..sent
                })
            }
            _ if icmp || protocol.has_ports() => Err(expected()),
            _ => Err(NotSent(
                "expected no port, since the protocol has none".to_owned(),
            )),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn protocol(name: &str) -> Result<Protocol, NotSent> {
    match Protocol::from_name(name) {
        Some(Protocol::Unknown) | None => Err(expected()),
        Some(protocol) => Ok(protocol),
    }
}

fn number<T: FromStr + fmt::Display + Copy>(text: &str, what: &str, most: T) -> Result<T, NotSent> {
    text.parse()
        .map_err(|_| NotSent(format!("expected {what} from 0 to {most}")))
}

fn expected() -> NotSent {
    NotSent(
        "expected a port and a protocol, such as 443/tcp, 53/udp, sctp, icmp or icmp/8".to_owned(),
    )
}

/// `tcp/443`, as edges are written.
impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.protocol.fmt(f)?;
        if let Some(port) = self.port {
            write!(f, "/{port}")?;
        }
        if let Some(icmp) = self.icmp {
            write!(f, "/{}", icmp.kind)?;
            if let Some(code) = icmp.code {
                write!(f, "/{code}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent() {
        for (text, expected) in [
            ("443/tcp", "tcp/443"),
            ("tcp/443", "tcp/443"),
            ("443", "tcp/443"),
            ("53/UDP", "udp/53"),
            ("sctp", "sctp"),
            ("tcp", "tcp"),
            ("icmp", "icmp"),
            ("icmp/8", "icmp/8"),
            ("8/icmp", "icmp/8"),
            ("icmp/8/0", "icmp/8/0"),
            ("icmpv6/128", "icmp6/128"),
        ] {
            assert_eq!(text.parse::<Sent>().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_is_not() {
        let general =
            "expected a port and a protocol, such as 443/tcp, 53/udp, sctp, icmp or icmp/8";
        for (text, expected) in [
            ("", general),
            ("http", general),
            ("http/tcp", general),
            ("443/tcp/udp", general),
            ("443/-", general),
            ("99999/tcp", "expected a port from 0 to 65535"),
            ("icmp/300", "expected an ICMP type from 0 to 255"),
            ("icmp/8/x", "expected an ICMP code from 0 to 255"),
            ("udplite/5", "expected no port, since the protocol has none"),
        ] {
            assert_eq!(
                text.parse::<Sent>().unwrap_err().to_string(),
                expected,
                "{text}"
            );
        }
    }
}
