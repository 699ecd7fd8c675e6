//! Rules that allow what is needed, as few as there are others to name.

use std::collections::{BTreeMap, BTreeSet};

use super::Form;
use super::need::{Need, Nets, Whom};
use super::ranges::Block;
use crate::model::{Direction, Protocol};

/// Ports that clients are given at random begin here.
const EPHEMERAL: u16 = 32_768;

/// How many of those make a range of them all.
const MANY: usize = 3;

/// The port of DNS.
const DNS: u16 = 53;

/// A rule: whom it allows to send, or to be sent, what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Allow {
    pub(super) whom: Whom,
    pub(super) sent: Vec<Sent>,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sent {
    /// The protocol; none: any.
    pub(super) protocol: Option<Protocol>,
    /// Destination ports, from the first to the last; none listed: any.
    pub(super) ports: Vec<(u16, u16)>,
}

/// Ports of a protocol; none: any.
type Ports = BTreeMap<Option<Protocol>, Option<BTreeSet<u16>>>;

/// The rules that allow what is needed in a direction, in order, and what a person must know of them.
pub(super) fn rules(
    needs: Vec<Need>,
    direction: Direction,
    form: Form,
    warnings: &mut BTreeSet<String>,
) -> Vec<Allow> {
    let mut by_whom: BTreeMap<Whom, Ports> = BTreeMap::new();
    for Need {
        whom,
        protocol,
        port,
    } in needs
    {
        let ports = by_whom.entry(whom).or_default();
        let known = ports
            .entry(protocol)
            .or_insert_with(|| Some(BTreeSet::new()));
        match (known.as_mut(), port) {
            // no policy can name port 0
            (Some(known), Some(port)) if port > 0 => {
                known.insert(port);
            }
            _ => *known = None,
        }
    }
    let mut rules: Vec<Allow> = Vec::new();
    for (whom, mut ports) in by_whom {
        if direction == Direction::Egress {
            add_dns(&mut ports);
        }
        let sent = sent(&whom, ports, form, warnings);
        match (&whom, rules.last_mut()) {
            (
                Whom::Domains(more),
                Some(Allow {
                    whom: Whom::Domains(names),
                    sent: same,
                }),
            ) if *same == sent => names.extend(more.iter().cloned()),
            _ => rules.push(Allow { whom, sent }),
        }
    }
    rules
}

/// Whoever asks for names over one protocol may have to ask over the other.
fn add_dns(ports: &mut Ports) {
    let both = [Some(Protocol::Tcp), Some(Protocol::Udp)];
    let asks = |protocol: &Option<Protocol>| {
        let known = ports.get(protocol);
        matches!(known, Some(Some(known)) if known.contains(&DNS))
    };
    if !both.iter().any(asks) {
        return;
    }
    for protocol in both {
        let known = ports
            .entry(protocol)
            .or_insert_with(|| Some(BTreeSet::new()));
        if let Some(known) = known {
            known.insert(DNS);
        }
    }
}

fn sent(whom: &Whom, ports: Ports, form: Form, warnings: &mut BTreeSet<String>) -> Vec<Sent> {
    let any = Sent {
        protocol: None,
        ports: Vec::new(),
    };
    if matches!(whom, Whom::Service(_)) {
        return vec![any];
    }
    let who = words(whom);
    if ports.contains_key(&None) {
        warnings.insert(format!(
            "the protocol of traffic with {who} is not known, so that the rule allows all of them"
        ));
        return vec![any];
    }
    let mut all = Vec::new();
    for (protocol, ports) in ports {
        let Some(known) = protocol else { continue };
        if !known.has_ports() && form.is_kubernetes() {
            warnings.insert(format!(
                "Kubernetes' policies do not name protocol {known}, so that the rule for {who} allows \
                 all protocols and ports"
            ));
            return vec![any];
        }
        if known.has_ports() && ports.is_none() {
            warnings.insert(format!(
                "a {known} port of traffic with {who} is not known, so that the rule allows all of them"
            ));
        }
        let ports = ports.map_or_else(Vec::new, |ports| {
            let (ranges, collapsed) = ranges(&ports);
            if collapsed > 0 {
                warnings.insert(format!(
                    "{collapsed} {known} ports of traffic with {who} look like those that clients are \
                     given at random, so that the rule allows {EPHEMERAL} to 65535"
                ));
            }
            ranges
        });
        all.push(Sent { protocol, ports });
    }
    all
}

/// Ports as ranges, and how many were put into the one for those given at random.
fn ranges(ports: &BTreeSet<u16>) -> (Vec<(u16, u16)>, usize) {
    let high = ports.range(EPHEMERAL..).count();
    let collapsed = if high < MANY { 0 } else { high };
    let kept = ports
        .iter()
        .filter(|port| collapsed == 0 || **port < EPHEMERAL);
    let mut ranges: Vec<(u16, u16)> = kept.map(|port| (*port, *port)).collect();
    if collapsed > 0 {
        ranges.push((EPHEMERAL, u16::MAX));
    }
    (ranges, collapsed)
}

/// Who it is, for people.
pub(super) fn words(whom: &Whom) -> String {
    match whom {
        Whom::Namespace(namespace) => format!("namespace {namespace}"),
        Whom::Service(service) => format!("service {}/{}", service.namespace, service.name),
        Whom::Set(..) | Whom::Nets(Nets::Set, _) => "a network set".to_owned(),
        Whom::Domains(names) => names.join(", "),
        Whom::Nets(Nets::Service, blocks) => {
            let nets: Vec<String> = blocks
                .iter()
                .map(|Block { net, .. }| net.to_string())
                .collect();
            nets.join(", ")
        }
        Whom::Nets(Nets::Nodes, _) => "nodes".to_owned(),
        Whom::Nets(Nets::Metadata, _) => "the cloud metadata service".to_owned(),
        Whom::Nets(Nets::Local, _) => "link-local addresses".to_owned(),
        Whom::Nets(Nets::Cluster, _) => "the cluster's addresses".to_owned(),
        Whom::Nets(Nets::Private, _) => "private networks".to_owned(),
        Whom::Nets(Nets::Public, _) => "the Internet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(namespace: &str, protocol: Protocol, port: Option<u16>) -> Need {
        Need {
            whom: Whom::Namespace(namespace.into()),
            protocol: Some(protocol).filter(|protocol| *protocol != Protocol::Unknown),
            port,
        }
    }

    /// The traffic of the only rule, and how many warnings there are.
    fn only(needs: &[(Protocol, Option<u16>)], form: Form) -> (String, usize) {
        let needs = needs
            .iter()
            .map(|(protocol, port)| need("a", *protocol, *port));
        let mut warnings = BTreeSet::new();
        let rules = rules(needs.collect(), Direction::Egress, form, &mut warnings);
        assert_eq!(rules.len(), 1);
        let sent = rules[0].sent.iter().map(|sent| match sent.protocol {
            None => "any".to_owned(),
            Some(protocol) => format!("{protocol} {:?}", sent.ports),
        });
        (sent.collect::<Vec<_>>().join(" "), warnings.len())
    }

    #[test]
    fn what_is_sent() {
        use Protocol::{Icmp, Tcp, Udp, Unknown};
        let calico = Form::Calico;
        let of = |needs: &[_], form| only(needs, form);
        for (needs, form, expected, warnings) in [
            (
                vec![(Tcp, Some(80)), (Tcp, Some(443))],
                calico,
                "tcp [(80, 80), (443, 443)]",
                0,
            ),
            // two ports given at random stay what they are, three are a range
            (
                vec![(Tcp, Some(32768)), (Tcp, Some(40000))],
                calico,
                "tcp [(32768, 32768), (40000, 40000)]",
                0,
            ),
            (
                vec![
                    (Tcp, Some(80)),
                    (Tcp, Some(32768)),
                    (Tcp, Some(40000)),
                    (Tcp, Some(65535)),
                ],
                calico,
                "tcp [(80, 80), (32768, 65535)]",
                1,
            ),
            (
                vec![(Tcp, Some(32767)), (Tcp, Some(32768)), (Tcp, Some(32769))],
                calico,
                "tcp [(32767, 32767), (32768, 32768), (32769, 32769)]",
                0,
            ),
            // one port that is not known is all ports of its protocol
            (
                vec![(Tcp, Some(80)), (Tcp, None), (Udp, Some(9))],
                calico,
                "tcp [] udp [(9, 9)]",
                1,
            ),
            (vec![(Tcp, Some(80)), (Unknown, Some(80))], calico, "any", 1),
            // names are asked for over both protocols
            (
                vec![(Udp, Some(53))],
                calico,
                "tcp [(53, 53)] udp [(53, 53)]",
                0,
            ),
            (
                vec![(Tcp, Some(80)), (Icmp, None)],
                calico,
                "tcp [(80, 80)] icmp []",
                0,
            ),
            (
                vec![(Tcp, Some(80)), (Icmp, None)],
                Form::Kubernetes,
                "any",
                1,
            ),
        ] {
            assert_eq!(
                of(&needs, form),
                (expected.to_owned(), warnings),
                "{needs:?}"
            );
        }
    }

    #[test]
    fn rules_in_order_and_domains_together() {
        let net = |nets| Whom::Nets(nets, Vec::new());
        let domain = |name: &str| Whom::Domains(vec![name.to_owned()]);
        let whom = [
            net(Nets::Public),
            net(Nets::Private),
            domain("b.example"),
            domain("a.example"),
            Whom::Namespace("b".into()),
            Whom::Namespace("a".into()),
        ];
        let needs = whom.map(|whom| Need {
            whom,
            protocol: Some(Protocol::Tcp),
            port: Some(443),
        });
        let mut warnings = BTreeSet::new();
        let rules = rules(needs.into(), Direction::Egress, Form::Calico, &mut warnings);
        let told: Vec<String> = rules.iter().map(|rule| words(&rule.whom)).collect();
        assert_eq!(
            told,
            [
                "namespace a",
                "namespace b",
                "a.example, b.example",
                "private networks",
                "the Internet"
            ]
        );
    }
}
