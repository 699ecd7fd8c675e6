//! The open, exact, explainable Kubernetes security-posture score: the pure core.
//!
//! A [`Cluster`] says what runs and which policies there are, records say what
//! traffic was seen, and [`assess`] makes a [`Report`] of them: the Cluster Security Score, the
//! four risk types, every namespace, and the recommended actions in order of what they gain.
//!
//! ```text
//! records -> judge -> tally -.
//!                             >-> risk -> dismissal -> score -> action -> report
//! fragments -> model::Cluster '
//! ```
//!
//! A score is explained down to the flow rows behind it ([`explain`]). Results become points of a
//! history, and differences between them are explained ([`history`]).
//!
//! Policies can be asked about single traffic, with reasons ([`ask`]), looked at by themselves
//! ([`review`]), and asked about all traffic that was seen, as if they were others ([`replay`]).
//!
//! Nothing here does IO, reads a clock, or draws random numbers, and after
//! [`Cluster::build`](model::Cluster::build) nothing can fail. The same input gives the same bytes
//! on every machine.
//!
//! The modules below are in the order of this flow: each uses only those above it.
//!
//! Not here: reading files (`posture-formats`), and the function from files to a result
//! (`posture-score`).

#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod issue;
pub mod json;
pub mod points;
pub mod time;
pub mod yaml;

pub mod selector;

pub mod model;

pub mod engine;

pub mod ask;

pub mod review;

pub mod edge;
pub mod state;

mod locate;
mod trace;

pub mod judge;
pub mod tally;

pub mod replay;

pub mod attribute;
pub mod risk;
pub mod score;

pub mod remedy;

pub mod dismissal;

pub mod action;

pub mod staged;

pub mod plan;

pub mod request;

pub mod assessment;

pub mod what_if;

pub mod recommend;

pub mod report;

pub mod explain;

pub mod history;

use assessment::Assessment;
use engine::Engine;
use issue::Issues;
use judge::Judge;
use model::{Cluster, Record};
use report::Report;
use request::Request;
use tally::Tally;

/// Assesses a cluster by records of its traffic.
///
/// Where records do not fit in memory, judge and tally them as they come and call [`conclude`].
pub fn assess<'r>(
    cluster: &Cluster,
    records: impl IntoIterator<Item = Record<'r>>,
    request: &Request,
    issues: Issues,
) -> Report {
    let engine = Engine::new(cluster, request.method.policy_modes);
    let mut judge = Judge::new(cluster, &engine, request.method.evidence);
    let mut tally = Tally::default();
    for record in records {
        tally.add(&record, judge.judge(&record));
    }
    conclude(cluster, &engine, &tally, request, issues)
}

/// Concludes an assessment from what was tallied of traffic.
pub fn conclude(
    cluster: &Cluster,
    engine: &Engine,
    tally: &Tally,
    request: &Request,
    issues: Issues,
) -> Report {
    let images = risk::images(cluster, &request.method, request.now);
    let assessment = Assessment::new(cluster, engine, &images, tally, request);
    report::report(&assessment, issues)
}
