//! The compiled engine (policy semantics, section 10).
//!
//! Every end there can be belongs to a row, and whatever is sent to a piece: no policy tells apart
//! what is in one of them ([`world`]). For each rule it is found which rows and pieces it names
//! ([`select`], [`ports`]); turned round, that is a bitmap of rules for each row and each piece
//! ([`column`]), in pages of 512 rules ([`page`]). A verdict is the lowest bit that the bitmaps of
//! subject, peer and piece have in common. What a bitmap cannot tell, because it depends on more than
//! rows and pieces, is marked in it and asked of the plain evaluator.

mod atoms;
mod build;
mod cache;
mod change;
mod column;
mod entity;
mod grid;
mod group;
mod guests;
mod mentioned;
mod origins;
mod page;
mod ports;
mod row_set;
mod select;
mod stack;
mod subjects;
mod vocabulary;
mod world;

use std::net::IpAddr;
use std::sync::Arc;

use super::rule::Question;
use super::{
    Decider, End, Governance, Match, Scope, Sequence, Surroundings, Traffic, Verdict, reference,
};
use crate::model::{Cluster, Direction, Policy, PolicyKind, PolicyModes};
use atoms::number;
use build::Builder;
pub use cache::{Cached, Encoded};
use page::PerSide;
use ports::Ports;
use select::Finder;
use stack::Stack;
use world::{Added, World};

/// Policies, ready to be asked.
///
/// Immutable, and a value of the caller: it may be shared between threads. Pods are those of the
/// cluster that it was made for, by their numbers.
#[derive(Clone, Debug)]
pub struct Engine {
    around: Arc<Surroundings>,
    world: Arc<World>,
    /// All policies, by kind, namespace and name.
    policies: Vec<Arc<Policy>>,
    enforced: Arc<Asked>,
    /// The same value as `enforced` where no policy is staged.
    staged: Arc<Asked>,
}

/// The policies of a scope.
#[derive(Clone, Debug)]
struct Asked {
    sequence: Sequence,
    egress: Stack,
    ingress: Stack,
}

impl Engine {
    /// The engine of a cluster's policies.
    pub fn new(cluster: &Cluster, modes: PolicyModes) -> Self {
        let around = Surroundings::new(cluster, modes);
        let policies = cluster.policies.clone();
        let mut world = World::new(cluster, &around);
        world.refine(cluster, &around, policies.iter().map(Arc::as_ref));
        let mut finder = Finder::new(&world, &around);
        let mut asked = |scope| {
            let sequence = around.sequence(&policies, scope);
            Arc::new(Asked::new(sequence, &mut finder, &world.ports, &around))
        };
        let enforced = asked(Scope::Enforced);
        let staged = match has_staged(&policies) {
            true => asked(Scope::Staged),
            false => enforced.clone(),
        };
        Self {
            policies,
            enforced,
            staged,
            around: Arc::new(around),
            world: Arc::new(world),
        }
    }

    /// The engine with one more policy, or another in place of the one of its kind, namespace, name
    /// and part. `cluster` is the one that the engine was made for, whatever its policies are.
    ///
    /// Costs what the policy moves: all else is shared.
    #[must_use]
    pub fn with_policy(&self, cluster: &Cluster, policy: Policy) -> Self {
        let mut policies = self.policies.clone();
        let new = Arc::new(policy);
        match policies.binary_search_by(|policy| policy.key().cmp(&new.key())) {
            Ok(at) => policies.splice(at..=at, [new.clone()]).for_each(drop),
            Err(at) => policies.insert(at, new.clone()),
        }
        self.change(cluster, policies, Some(&new))
    }

    /// The engine without a policy, all parts of its object.
    #[must_use]
    pub fn without_policy(
        &self,
        cluster: &Cluster,
        kind: PolicyKind,
        namespace: &str,
        name: &str,
    ) -> Self {
        let mut policies = self.policies.clone();
        let object = (kind.name(), namespace, name);
        let from = policies.partition_point(|policy| policy.object() < object);
        let to = policies.partition_point(|policy| policy.object() <= object);
        policies.drain(from..to);
        self.change(cluster, policies, None)
    }

    fn change(
        &self,
        cluster: &Cluster,
        policies: Vec<Arc<Policy>>,
        new: Option<&Arc<Policy>>,
    ) -> Self {
        let around = &self.around;
        let mut world = World::clone(&self.world);
        let added = world.refine(cluster, around, new.map(Arc::as_ref));
        let mut finder = Finder::new(&world, around);
        let mut asked = |before: &Asked, scope| {
            let sequence = around.changed(&before.sequence, &policies, scope);
            Arc::new(before.change(sequence, &added, &mut finder, &world.ports, around))
        };
        let enforced = asked(&self.enforced, Scope::Enforced);
        let staged = match has_staged(&policies) {
            true => asked(&self.staged, Scope::Staged),
            false => enforced.clone(),
        };
        Self {
            around: around.clone(),
            world: Arc::new(world),
            policies,
            enforced,
            staged,
        }
    }

    /// Whether there are staged policies.
    pub fn has_staged(&self) -> bool {
        !Arc::ptr_eq(&self.staged, &self.enforced)
    }

    /// Tiers and policies in the order in which they are asked.
    pub fn sequence(&self, scope: Scope) -> &Sequence {
        &self.asked(scope).sequence
    }

    /// What rules can speak of apart from the ends of the traffic.
    pub fn surroundings(&self) -> &Surroundings {
        &self.around
    }

    /// The piece of the address space that an address is in, which no net of the policies divides.
    pub(crate) fn piece(&self, address: IpAddr) -> u32 {
        self.world.atoms.find(number(address)).place
    }

    /// The first address of each of these pieces.
    pub(crate) fn first_addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.world.atoms.first_addresses()
    }

    /// What policies decide about the traffic between two ends, in the direction of the subject.
    pub fn verdict(
        &self,
        scope: Scope,
        subject: End<'_>,
        peer: End<'_>,
        traffic: Traffic<'_>,
    ) -> Verdict {
        let question = self.question(subject, peer, traffic);
        self.decide(scope, &question, &self.rows(&question)).0
    }

    /// A question in a number, by which verdicts are remembered ([`Cached`]); none where more than a
    /// row and a piece may decide.
    pub fn encode(
        &self,
        scope: Scope,
        subject: End<'_>,
        peer: End<'_>,
        traffic: Traffic<'_>,
    ) -> Option<Encoded> {
        let question = self.question(subject, peer, traffic);
        self.encode_rows(scope, &question, &self.rows(&question))
    }

    fn question<'a>(
        &'a self,
        subject: End<'a>,
        peer: End<'a>,
        traffic: Traffic<'a>,
    ) -> Question<'a> {
        Question {
            around: &self.around,
            subject,
            peer,
            traffic,
        }
    }

    fn rows(&self, question: &Question<'_>) -> PerSide<u32> {
        let Traffic { protocol, port, .. } = question.traffic;
        PerSide {
            subject: self.world.row(&self.around, &question.subject),
            peer: self.world.row(&self.around, &question.peer),
            sent: self.world.ports.find(protocol, port),
        }
    }

    /// The verdict, and whether rows and pieces alone decided it.
    fn decide(
        &self,
        scope: Scope,
        question: &Question<'_>,
        rows: &PerSide<u32>,
    ) -> (Verdict, bool) {
        let asked = self.asked(scope);
        if let Some(outcome) = reference::without_policies(question) {
            return (Verdict { outcome, by: None }, false);
        }
        let mut alone = true;
        let stack = asked.stack(question.traffic.direction);
        let walk = stack.walk(rows, &mut |decider| {
            alone = false;
            asked.ask(question, decider)
        });
        let verdict = walk.verdict();
        let at_the_host = reference::at_the_host(question, verdict);
        (at_the_host, alone && at_the_host == verdict)
    }

    fn encode_rows(
        &self,
        scope: Scope,
        question: &Question<'_>,
        rows: &PerSide<u32>,
    ) -> Option<Encoded> {
        if reference::without_policies(question).is_some() || reference::stops_at_the_host(question)
        {
            return None;
        }
        let which = match (scope, question.traffic.direction) {
            (Scope::Enforced, Direction::Egress) => 0,
            (Scope::Enforced, Direction::Ingress) => 1,
            (Scope::Staged, Direction::Egress) => 2,
            (Scope::Staged, Direction::Ingress) => 3,
        };
        let digits: [(u32, usize); 3] = [
            (rows.peer, self.world.len()),
            (rows.sent, self.world.ports.pieces().len()),
            (which, 4),
        ];
        let number = digits
            .iter()
            .try_fold(u64::from(rows.subject), |number, (digit, base)| {
                number
                    .checked_mul(u64::try_from(*base).ok()?)?
                    .checked_add(u64::from(*digit))
            });
        number.map(Encoded::new)
    }

    /// Whether a policy decides about any traffic of a pod there may be in a direction.
    pub fn governance(&self, scope: Scope, subject: End<'_>, direction: Direction) -> Governance {
        let asked = self.asked(scope);
        let question = Question::of_anything(&self.around, subject, direction);
        let ask = &mut |decider| asked.ask(&question, decider);
        let stack = asked.stack(direction);
        stack.walk(&self.rows(&question), ask).governance()
    }

    fn asked(&self, scope: Scope) -> &Asked {
        match scope {
            Scope::Enforced => &self.enforced,
            Scope::Staged => &self.staged,
        }
    }
}

impl Asked {
    fn new(
        sequence: Sequence,
        finder: &mut Finder<'_>,
        ports: &Ports,
        around: &Surroundings,
    ) -> Self {
        let mut stack = |direction| {
            let mut builder = Builder::new(finder, ports, direction, around.modes);
            Stack::new(&sequence, &mut builder)
        };
        let (egress, ingress) = (stack(Direction::Egress), stack(Direction::Ingress));
        Self {
            sequence,
            egress,
            ingress,
        }
    }

    /// The same with another sequence, of which all policies that stay are the same values.
    fn change(
        &self,
        sequence: Sequence,
        added: &Added,
        finder: &mut Finder<'_>,
        ports: &Ports,
        around: &Surroundings,
    ) -> Self {
        let mut changed = |stack: &Stack, direction| {
            let mut stack = stack.clone();
            stack.extend(added);
            let mut builder = Builder::new(finder, ports, direction, around.modes);
            stack.change(&self.sequence, &sequence, &mut builder);
            stack
        };
        let egress = changed(&self.egress, Direction::Egress);
        let ingress = changed(&self.ingress, Direction::Ingress);
        Self {
            sequence,
            egress,
            ingress,
        }
    }

    const fn stack(&self, direction: Direction) -> &Stack {
        match direction {
            Direction::Egress => &self.egress,
            Direction::Ingress => &self.ingress,
        }
    }

    /// What the plain evaluator says of a policy, or of one of its rules.
    fn ask(&self, question: &Question<'_>, decider: Decider) -> Match {
        let Some(policy) = self.sequence.policy(decider.policy) else {
            return Match::No;
        };
        let rules = policy.rules(question.traffic.direction).unwrap_or_default();
        let selects = question.selects(policy);
        match decider.rule.map(|rule| rules.get(rule as usize)) {
            None => selects,
            Some(None) => Match::No,
            Some(Some(rule)) => selects.and(|| question.names(policy, rule)),
        }
    }
}

fn has_staged(policies: &[Arc<Policy>]) -> bool {
    policies.iter().any(|policy| policy.staged.is_some())
}
