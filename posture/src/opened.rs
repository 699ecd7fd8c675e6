//! An input that is held open: for results, plans, recommendations and what-if, one after the other.

use std::sync::Arc;

use posture_core::history::{MAX_KEPT, Point};
use posture_core::issue::Issues;
use posture_core::report::Report;
use posture_core::request::{MaxItems, Request};
use posture_core::tally::Tally;

use crate::{HeldWhatIf, Prepared};

/// A cluster, and the tally of its traffic.
#[derive(Debug)]
pub struct Opened {
    /// The cluster.
    pub prepared: Arc<Prepared>,
    /// Its traffic.
    pub tally: Arc<Tally>,
    /// What must be told about its flow logs.
    pub issues: Issues,
}

impl Opened {
    /// The result.
    pub fn report(&self) -> Report {
        self.prepared.conclude(&self.tally, self.issues.clone())
    }

    /// The result of another request over the same input.
    pub fn report_of(&self, request: &Request) -> Report {
        let issues = self.issues.clone();
        self.prepared.conclude_as(request, &self.tally, issues)
    }

    /// What history keeps of the result, however few items the request lists.
    pub fn point(&self) -> Point {
        let one_more = MaxItems::AtMost(MAX_KEPT.saturating_add(1));
        Point::of(&self.report_of(&Request {
            max_items: one_more,
            ..self.prepared.request.clone()
        }))
    }

    /// The assessment, held open for changes.
    pub fn what_if(&self) -> HeldWhatIf {
        HeldWhatIf::new(Arc::clone(&self.prepared), Arc::clone(&self.tally))
    }
}
