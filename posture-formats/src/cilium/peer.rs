//! Whom a rule names.

use posture_core::model::{Beyond, EndMatch};

/// Whom a rule names.
#[derive(Default)]
pub(super) struct Peers {
    ends: Vec<EndMatch>,
    anyone: bool,
    /// Whom else, of which only this is understood.
    vague: Vec<EndMatch>,
    /// What is not understood.
    pub(super) unclear: Vec<String>,
}

impl Peers {
    pub(super) fn push(&mut self, end: EndMatch) {
        self.ends.push(end);
    }

    pub(super) fn anyone(&mut self) {
        self.anyone = true;
    }

    /// Whoever is meant by what is not understood.
    pub(super) fn not_understood(&mut self, what: String) {
        self.perhaps(EndMatch::default(), what);
    }

    /// Some of an end, by what is not understood.
    pub(super) fn perhaps(&mut self, end: EndMatch, what: String) {
        self.vague.push(end);
        self.unclear.push(what);
    }

    /// The ends, those of which it is certain apart from the others; none listed: anyone.
    pub(super) fn ends(self) -> Vec<(Vec<EndMatch>, Option<Beyond>)> {
        let mut all = Vec::new();
        if self.anyone {
            all.push((Vec::new(), None));
        } else if !self.ends.is_empty() {
            all.push((self.ends, None));
        }
        if !self.vague.is_empty() && !self.anyone {
            let anyone = self.vague.contains(&EndMatch::default());
            let vague = if anyone { Vec::new() } else { self.vague };
            all.push((vague, Some(Beyond::NotUnderstood)));
        }
        all
    }
}
