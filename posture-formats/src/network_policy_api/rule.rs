//! Rules, and what becomes of those that cannot be understood in full.

use std::sync::Arc;

use posture_core::issue::IssueKind;
use posture_core::model::{EndMatch, PolicyKind, Rule, RuleAction, TrafficMatch};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::peer::{EgressPeer, IngressPeer};
use crate::object::{Invalid, one_of};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object", bound = "P: DeserializeOwned")]
pub(super) struct IngressRule<P> {
    name: Option<String>,
    action: String,
    from: Option<Vec<IngressPeer>>,
    #[serde(alias = "protocols")]
    ports: Option<Vec<P>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object", bound = "P: DeserializeOwned")]
pub(super) struct EgressRule<P> {
    name: Option<String>,
    action: String,
    to: Option<Vec<EgressPeer>>,
    #[serde(alias = "protocols")]
    ports: Option<Vec<P>>,
}

/// The rules of one policy, while they are read.
pub(super) struct Reading {
    kind: PolicyKind,
    /// Where rules name a peer that is not known, and what becomes of them.
    not_known: Vec<(String, RuleAction)>,
}

/// Nobody: no address is in none of no nets.
fn nobody() -> EndMatch {
    EndMatch {
        nets: Some(Vec::new()),
        ..EndMatch::default()
    }
}

impl Reading {
    pub(super) fn new(kind: PolicyKind) -> Self {
        Self {
            kind,
            not_known: Vec::new(),
        }
    }

    /// The ingress rules; none where there are none: such a policy does "not affect ingress
    /// traffic".
    pub(super) fn ingress<P: Into<TrafficMatch>>(
        &mut self,
        rules: Option<Vec<IngressRule<P>>>,
    ) -> Result<Option<Vec<Rule>>, Invalid> {
        let mut read = Vec::new();
        for (index, rule) in rules.into_iter().flatten().enumerate() {
            let at = format!("ingress[{index}]");
            let peers = rule
                .from
                .into_iter()
                .flatten()
                .map(|IngressPeer(peer)| peer);
            let mut made = self.rule(rule.name, &rule.action, rule.ports, &at)?;
            made.source = self.peers(peers, &format!("{at}.from"), &mut made).into();
            read.push(made);
        }
        Ok(Some(read).filter(|rules| !rules.is_empty()))
    }

    /// The egress rules; none where there are none.
    pub(super) fn egress<P: Into<TrafficMatch>>(
        &mut self,
        rules: Option<Vec<EgressRule<P>>>,
    ) -> Result<Option<Vec<Rule>>, Invalid> {
        let mut read = Vec::new();
        for (index, rule) in rules.into_iter().flatten().enumerate() {
            let at = format!("egress[{index}]");
            let peers = rule.to.into_iter().flatten().map(|EgressPeer(peer)| peer);
            let mut made = self.rule(rule.name, &rule.action, rule.ports, &at)?;
            made.destination = self.peers(peers, &format!("{at}.to"), &mut made).into();
            read.push(made);
        }
        Ok(Some(read).filter(|rules| !rules.is_empty()))
    }

    /// A rule without its peers.
    fn rule<P: Into<TrafficMatch>>(
        &self,
        name: Option<String>,
        action: &str,
        ports: Option<Vec<P>>,
        at: &str,
    ) -> Result<Rule, Invalid> {
        let action = self.action(action);
        let action = action.map_err(|invalid| invalid.within("action").within(at))?;
        let ports = ports.into_iter().flatten();
        Ok(Rule {
            name: name.unwrap_or_default(),
            traffic: ports.map(Into::into).collect(),
            ..Rule::new(action)
        })
    }

    fn action(&self, word: &str) -> Result<RuleAction, Invalid> {
        let (deny, pass) = (("Deny", RuleAction::Deny), ("Pass", RuleAction::Pass));
        let allow = ("Allow", RuleAction::Allow);
        match self.kind {
            PolicyKind::BaselineAdminNetworkPolicy => one_of("action", word, &[allow, deny]),
            PolicyKind::ClusterNetworkPolicy => {
                one_of("action", word, &[("Accept", RuleAction::Allow), deny, pass])
            }
            _ => one_of("action", word, &[allow, deny, pass]),
        }
    }

    /// The peers of a rule. "Unknown or empty peer fails closed: an Allow matches nothing, a Deny or
    /// Pass denies all" (policy semantics, section 7): the whole rule, whatever its other peers are,
    /// because what it leaves out may be what matters. It keeps its place, so that the rules behind it
    /// keep theirs.
    fn peers(
        &mut self,
        peers: impl Iterator<Item = Option<EndMatch>>,
        at: &str,
        rule: &mut Rule,
    ) -> Vec<EndMatch> {
        let peers: Vec<Option<EndMatch>> = peers.collect();
        let not_known = match peers.iter().position(Option::is_none) {
            Some(index) => format!("{at}[{index}]"),
            None if peers.is_empty() => at.to_owned(),
            None => return peers.into_iter().flatten().collect(),
        };
        self.not_known.push((not_known, rule.action));
        if rule.action == RuleAction::Allow {
            return vec![nobody()];
        }
        rule.action = RuleAction::Deny;
        rule.traffic = Arc::default();
        Vec::new()
    }

    /// Tells of the rules that fail closed.
    pub(super) fn tell(self, name: &str, at: &str, output: &mut Output<'_>) {
        for (path, action) in self.not_known {
            let consequence = match action {
                RuleAction::Allow => "the rule allows nothing",
                _ => "the rule denies all",
            };
            let message = format!(
                "{} `{name}`: {path} names no peer that is known: {consequence}",
                self.kind
            );
            output.issue(IssueKind::InvalidObject, at, message);
        }
    }
}
