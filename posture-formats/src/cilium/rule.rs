//! Rules, and what becomes of those that are not understood in full.

use std::collections::BTreeMap;
use std::sync::Arc;

use posture_core::model::{
    Beyond, Direction, EndMatch, Entity, PortMatch, Rule, RuleAction, TrafficMatch,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::cidr::{CidrRule, outside};
use super::icmp::IcmpRule;
use super::peer::Peers;
use super::port::{self, Sent};
use super::{entity, selector};
use crate::object::address::Net;
use crate::object::{Invalid, LabelSelector, value};

/// The fields of a rule, their contents unread: what is not known must be told.
pub(super) type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// The rules of a `spec`, while they are read.
pub(super) struct Reading<'n> {
    namespace: Option<&'n str>,
    /// Where there is something that is not understood, and what.
    pub(super) not_understood: Vec<(String, String)>,
}

/// A rule, while it is read.
#[derive(Default)]
struct Draft {
    /// Whom it names, and the field that says so.
    peers: Option<(String, Peers)>,
    /// What is sent; none where nothing limits that.
    sent: Option<Sent>,
    icmp: Vec<TrafficMatch>,
    /// Whether it names nobody: "an empty list selects nobody" (policy semantics, section 11).
    nobody: bool,
    /// The field that asks for labels without which other rules allow nothing.
    requires: Option<String>,
    /// What is not understood of what it demands besides.
    unclear: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object", deny_unknown_fields)]
struct Fqdn {
    match_name: Option<String>,
    match_pattern: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Authentication {
    mode: Option<String>,
}

impl<'n> Reading<'n> {
    pub(super) fn new(namespace: Option<&'n str>) -> Self {
        Self {
            namespace,
            not_understood: Vec::new(),
        }
    }

    /// Reads an element of `ingress`, `ingressDeny`, `egress` or `egressDeny`: the rules that it is put
    /// as, those that allow and those that deny.
    pub(super) fn rule(
        &mut self,
        direction: Direction,
        action: RuleAction,
        index: usize,
        fields: Fields<'_>,
    ) -> Result<(Vec<Rule>, Vec<Rule>), Invalid> {
        let deny = if action == RuleAction::Deny {
            "Deny"
        } else {
            ""
        };
        let name = format!("{direction}{deny}[{index}]");
        let mut draft = Draft::default();
        for (field, content) in fields {
            let read = draft.field(&field, content, direction, action, self.namespace);
            read.map_err(|invalid| invalid.within(&name))?;
        }
        let told = draft.unclear.iter().chain(&draft.requires);
        let told = told.chain(draft.peers.iter().flat_map(|(_, peers)| &peers.unclear));
        let told = told.chain(draft.sent.iter().flat_map(|sent| &sent.unclear));
        let mut told: Vec<String> = told.cloned().collect();
        let requires = draft.requires.as_ref().map(|_| Rule {
            name: name.clone(),
            beyond: Some(Beyond::NotUnderstood),
            ..Rule::new(RuleAction::Deny)
        });
        let rules = draft.rules(direction);
        if told.is_empty() && rules.iter().any(|rule| rule.beyond.is_some()) {
            told.push("a port's name for what is no pod".to_owned());
        }
        let told = told.into_iter().map(|what| (name.clone(), what));
        self.not_understood.extend(told);
        let rules = rules.into_iter().map(|rule| Rule {
            action,
            name: name.clone(),
            ..rule
        });
        let (mut allow, mut deny) = (Vec::new(), Vec::from_iter(requires));
        match action {
            RuleAction::Deny => deny.extend(rules),
            _ => allow.extend(rules),
        }
        Ok((allow, deny))
    }
}

impl Draft {
    fn field(
        &mut self,
        field: &str,
        content: &RawValue,
        direction: Direction,
        action: RuleAction,
        namespace: Option<&str>,
    ) -> Result<(), Invalid> {
        if content.get() == "null" {
            return Ok(());
        }
        let side = match direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        if let Some(whom) = field.strip_prefix(side)
            && whom != "Ports"
        {
            return self.peers(field, whom, content, action, namespace);
        }
        match field {
            "toPorts" => {
                let ports: Vec<Fields<'_>> = read(content, field)?;
                for (index, fields) in ports.into_iter().enumerate() {
                    let sent = self.sent.get_or_insert_default();
                    port::add(fields, sent)
                        .map_err(|invalid| invalid.within(&format!("{field}[{index}]")))?;
                }
            }
            "icmps" => {
                let rules: Vec<IcmpRule> = read(content, field)?;
                for rule in rules {
                    let traffic = rule.traffic();
                    if traffic.is_empty() {
                        self.unclear.push("`icmps` without fields".to_owned());
                    }
                    self.icmp.extend(traffic);
                }
            }
            "authentication" => {
                let authentication: Authentication = read(content, field)?;
                if authentication.mode.as_deref() != Some("disabled") {
                    self.unclear.push("`authentication`".to_owned());
                }
            }
            other => self.unclear.push(format!("`{other}`")),
        }
        if self.sent.is_some() && !self.icmp.is_empty() {
            return Err(Invalid::new(
                "there are both toPorts and icmps, expected one of them",
            ));
        }
        Ok(())
    }

    /// A field that names peers, of which there may be one.
    fn peers(
        &mut self,
        field: &str,
        whom: &str,
        content: &RawValue,
        action: RuleAction,
        namespace: Option<&str>,
    ) -> Result<(), Invalid> {
        let empty = is_empty_array(content);
        let mut peers = Peers::default();
        match whom {
            "Endpoints" => {
                let all: Vec<LabelSelector> = read(content, field)?;
                for LabelSelector(one) in all {
                    selector::peer(one, namespace, &mut peers);
                }
            }
            "Entities" => {
                let words: Vec<String> = read(content, field)?;
                for word in &words {
                    entity::add(word, &mut peers);
                }
            }
            "CIDR" => {
                let nets: Vec<Net> = read(content, field)?;
                peers.push(outside(nets.into_iter().map(|Net(net)| net).collect()));
            }
            "CIDRSet" => {
                let rules: Vec<CidrRule> = read(content, field)?;
                for rule in rules {
                    rule.add(&mut peers);
                }
            }
            "Nodes" => {
                let all: Vec<LabelSelector> = read(content, field)?;
                for LabelSelector(one) in all {
                    match selector::nodes(one) {
                        Some(nodes) => peers.push(EndMatch {
                            nodes: Some(nodes),
                            entity: Some(Entity::RemoteNode),
                            ..EndMatch::default()
                        }),
                        None => peers.not_understood(format!("`{field}`")),
                    }
                }
            }
            "Requires" => {
                self.requires = (!empty).then(|| format!("`{field}`"));
                return Ok(());
            }
            _ if empty => return Ok(()),
            "FQDNs" if action == RuleAction::Allow => {
                let names: Vec<Fqdn> = read(content, field)?;
                let names = names.into_iter().flat_map(|fqdn| {
                    let all = [fqdn.match_name, fqdn.match_pattern];
                    all.into_iter().flatten().filter(|name| !name.is_empty())
                });
                peers.push(EndMatch {
                    entity: Some(Entity::World),
                    domains: Some(names.collect()),
                    ..EndMatch::default()
                });
            }
            _ => peers.not_understood(format!("`{field}`")),
        }
        self.nobody |= empty;
        if empty {
            return Ok(());
        }
        if let Some((other, _)) = &self.peers {
            return Err(Invalid::new(format!(
                "there are both {other} and {field}, expected one of them"
            )));
        }
        self.peers = Some((field.to_owned(), peers));
        Ok(())
    }

    /// The rules that it is put as, one for each of what is understood and what is not.
    fn rules(self, direction: Direction) -> Vec<Rule> {
        let limits = self.sent.is_some() || !self.icmp.is_empty();
        let beyond = (!self.unclear.is_empty()).then_some(Beyond::NotUnderstood);
        let ends = match self.peers {
            _ if self.nobody => return Vec::new(),
            Some((_, peers)) => peers.ends(),
            None if limits || beyond.is_some() => vec![(Vec::new(), None)],
            None => return Vec::new(),
        };
        let mut rules = Vec::new();
        for (ends, of_ends) in ends {
            let sent = self.sent.as_ref();
            let sent = sent_to(&ends, sent, &self.icmp, direction);
            let ends: Arc<[EndMatch]> = ends.into();
            for (traffic, of_sent) in sent {
                let (source, destination) = match direction {
                    Direction::Ingress => (ends.clone(), Arc::default()),
                    Direction::Egress => (Arc::default(), ends.clone()),
                };
                rules.push(Rule {
                    traffic: traffic.into(),
                    source,
                    destination,
                    beyond: beyond.or(of_ends).or(of_sent),
                    ..Rule::new(RuleAction::Allow)
                });
            }
        }
        rules
    }
}

/// The content of a field.
pub(super) fn read<'a, T: Deserialize<'a>>(
    content: &'a RawValue,
    field: &str,
) -> Result<T, Invalid> {
    value(content.get()).map_err(|invalid| invalid.within(field))
}

fn is_empty_array(content: &RawValue) -> bool {
    let inside = content.get().strip_prefix('[');
    inside.is_some_and(|inside| inside.trim_start().starts_with(']'))
}

/// What is sent, that of which it is certain apart from the others; none listed: anything. "A port's
/// name to an end that is no pod is not understood" (policy semantics, section 11).
fn sent_to(
    ends: &[EndMatch],
    sent: Option<&Sent>,
    icmp: &[TrafficMatch],
    direction: Direction,
) -> Vec<(Vec<TrafficMatch>, Option<Beyond>)> {
    let Some(sent) = sent else {
        return vec![(icmp.to_vec(), None)];
    };
    let pods = !ends.is_empty() && ends.iter().all(|end| end.selector.is_some());
    let is_vague = |one: &TrafficMatch| {
        let mut ports = one.ports.iter();
        direction == Direction::Egress
            && !pods
            && ports.any(|port| matches!(port, PortMatch::Named(_)))
    };
    let (vague, certain): (Vec<_>, Vec<_>) =
        sent.traffic.iter().cloned().partition(|one| is_vague(one));
    let mut all = Vec::new();
    if !certain.is_empty() {
        all.push((certain, None));
    }
    if !sent.unclear.is_empty() {
        all.push((Vec::new(), Some(Beyond::NotUnderstood)));
    } else if !vague.is_empty() {
        let vague = vague.into_iter().map(|one| TrafficMatch {
            ports: Vec::new(),
            ..one
        });
        all.push((vague.collect(), Some(Beyond::NotUnderstood)));
    }
    all
}
