//! What policies mention: rules repeat each other's lists, and a list that they share is looked at once.

use rustc_hash::FxHashSet;

use crate::model::{EndMatch, Policy, TrafficMatch};
use crate::selector::Selector;

/// What policies mention.
#[derive(Debug, Default)]
pub(super) struct Mentioned<'p> {
    /// Whom they select.
    subjects: Vec<&'p Selector>,
    /// The ends that their rules name.
    pub(super) ends: Vec<&'p EndMatch>,
    /// What their rules name of what is sent.
    pub(super) sent: Vec<&'p TrafficMatch>,
}

impl<'p> Mentioned<'p> {
    pub(super) fn by(policies: impl IntoIterator<Item = &'p Policy>) -> Self {
        let mut mentioned = Self::default();
        let (mut ends, mut sent) = (FxHashSet::default(), FxHashSet::default());
        for policy in policies {
            mentioned.subjects.push(&policy.subject);
            for rule in policy.ingress.iter().chain(&policy.egress).flatten() {
                for list in [&rule.source, &rule.destination] {
                    if ends.insert(list.as_ptr()) {
                        mentioned.ends.extend(list.iter());
                    }
                }
                if sent.insert(rule.traffic.as_ptr()) {
                    mentioned.sent.extend(rule.traffic.iter());
                }
                mentioned.sent.extend(&rule.except);
            }
        }
        mentioned
    }

    /// All selectors that are compared with labels of pods, sets and host endpoints.
    pub(super) fn selectors(&self) -> impl Iterator<Item = &'p Selector> {
        let ends = self.ends.iter();
        let of_ends = ends.flat_map(|end| end.selector.iter().chain(&end.not_selector));
        self.subjects.iter().copied().chain(of_ends)
    }
}
