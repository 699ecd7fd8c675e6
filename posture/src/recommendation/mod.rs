//! Recommended policies, each proved before it is shown.

mod proof;
mod text;
mod wanted;

use std::collections::BTreeSet;

use posture_core::dismissal;
use posture_core::engine::Engine;
use posture_core::issue::{Issue, Issues};
use posture_core::json;
use posture_core::model::{Cluster, NetworkEvidence, Policy};
use posture_core::points::Points;
use posture_core::recommend::{Manifest, Recommendation, Status, Wanted};
use posture_core::replay::Change;
use posture_core::report::Report;
use posture_core::request::Request;
use posture_core::risk::{self, EvidenceKind, Images, RiskType};
use posture_core::score;
use posture_core::tally::Tally;
use posture_core::yaml;
use serde::Serialize;

pub use proof::Proof;
pub use wanted::{WantedError, WantedForm};

use crate::Inspected;
use crate::what_if::as_enforced;

/// Recommended policies of a cluster.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommendations {
    /// The score today; null where there is none.
    pub score: Option<Points>,
    /// The score with all policies that are shown.
    pub score_with_all: Option<Points>,
    /// Each namespace that has something to recommend for, in order.
    pub recommendations: Vec<Recommended>,
    /// What a person must be told about the input.
    pub issues: Vec<Issue>,
}

/// Recommended policies of a namespace.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommended {
    /// The namespace.
    pub namespace: String,
    /// How much was seen of its traffic; null where there are no flow logs.
    pub status: Option<Status>,
    /// The policies, as objects; none where they are withheld.
    pub policies: Vec<Manifest>,
    /// Why there are none.
    pub withheld: Vec<String>,
    /// What a person must know of the policies.
    pub warnings: Vec<String>,
    /// What the policies make of the traffic that was seen.
    pub proof: Proof,
}

impl Recommendations {
    /// Their JSON.
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}

/// What policies are asked about.
pub(crate) struct Observed<'o> {
    pub(crate) cluster: &'o Cluster,
    pub(crate) engine: &'o Engine,
    pub(crate) tally: &'o Tally,
    pub(crate) request: &'o Request,
    /// The images that run in the cluster.
    pub(crate) images: &'o Images<'o>,
}

/// A namespace of which nothing was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing was read of namespace `{0}`, expected a namespace of the input")]
pub struct NoSuchNamespace(pub String);

/// Recommends policies for some namespaces, or for all where none is named.
///
/// Every recommendation is proved before it is shown: its text is read back, its policies are added to
/// those of the cluster as if they were enforced, and asked about every edge that was seen. Where they
/// would deny what went through they are withheld.
///
/// # Errors
/// [`NoSuchNamespace`] names one of which nothing was read.
pub fn recommend(
    inspected: Inspected<'_>,
    wanted: &Wanted,
    named: &BTreeSet<String>,
) -> Result<Recommendations, NoSuchNamespace> {
    let Inspected {
        cluster,
        engine,
        tally,
        request,
        issues,
        ..
    } = inspected;
    let known = namespaces(cluster, tally);
    if let Some(name) = named.iter().find(|name| !known.contains(*name)) {
        return Err(NoSuchNamespace(name.clone()));
    }
    let concerns = |namespace: &str| named.is_empty() || named.contains(namespace);
    let governed = cluster.with_policies([]);
    let report = posture_core::conclude(cluster, engine, tally, request, issues);
    let same_evidence = by_same_evidence(&report, request);
    let observed = Observed {
        cluster: &governed,
        engine,
        tally,
        request: &same_evidence,
        images: &risk::images(&governed, &same_evidence.method, request.now),
    };
    let Report { score, issues, .. } = report;
    let recommended =
        posture_core::recommend::recommend(cluster, engine, tally, request, wanted, concerns);
    let (mut policies, mut changes) = (Vec::new(), Vec::new());
    let mut recommendations = Vec::new();
    for recommendation in recommended {
        let (recommended, proved) = prove(&observed, recommendation, score);
        recommendations.push(recommended);
        policies.extend(proved.policies);
        changes.extend(proved.changes);
    }
    let score_with_all = if let [one] = recommendations.as_slice() {
        one.proof.score_after
    } else {
        let all = cluster.with_policies(policies);
        let engine = Engine::new(&all, request.method.policy_modes);
        score_after(&observed, &engine, &changes)
    };
    Ok(Recommendations {
        score,
        score_with_all,
        recommendations,
        issues,
    })
}

/// The request, by the evidence that a result has: a promise is kept by the same method, and a change of
/// evidence is a change of method.
fn by_same_evidence(report: &Report, request: &Request) -> Request {
    let network = report.risk_type(RiskType::EgressAccess);
    let mut request = request.clone();
    match network.and_then(|of| of.evidence) {
        Some(EvidenceKind::Traffic) => request.method.network_evidence = NetworkEvidence::Traffic,
        Some(EvidenceKind::Static) => request.method.network_evidence = NetworkEvidence::Static,
        Some(EvidenceKind::Scans) | None => {}
    }
    request
}

/// Policies that are shown, and what they change.
#[derive(Default)]
struct Proved {
    policies: Vec<Policy>,
    changes: Vec<Change>,
}

fn prove(
    observed: &Observed<'_>,
    recommendation: Recommendation,
    before: Option<Points>,
) -> (Recommended, Proved) {
    let mut withheld: Vec<String> = Vec::new();
    let mut warnings = recommendation.warnings.clone();
    let policies = match read_back(&recommendation.policies) {
        Ok(policies) => policies,
        Err(reason) => {
            withheld.push(reason);
            Vec::new()
        }
    };
    let engine = with(observed, &policies);
    let asked = proof::ask(observed, &engine, &recommendation);
    withheld.extend(proof::objections(&asked, &recommendation));
    warnings.extend(proof::warnings(&asked));
    let shown = withheld.is_empty();
    let after = match shown {
        true => score_after(observed, &engine, &asked.changes),
        false => before,
    };
    let proof = Proof::of(&asked, &recommendation, [before, after], observed.request);
    let proved = match shown {
        true => Proved {
            policies,
            changes: asked.changes,
        },
        false => Proved::default(),
    };
    let recommended = Recommended {
        namespace: recommendation.namespace.to_string(),
        status: recommendation.status,
        policies: match shown {
            true => recommendation.policies,
            false => Vec::new(),
        },
        withheld,
        warnings: match shown {
            true => warnings,
            false => Vec::new(),
        },
        proof,
    };
    (recommended, proved)
}

/// The policies of a text that was written, as if they were enforced.
fn read_back(manifests: &[Manifest]) -> Result<Vec<Policy>, String> {
    let mut read = Vec::new();
    for manifest in manifests {
        let mut issues = Issues::default();
        let text = yaml::to_text(manifest);
        let fragment = posture_formats::read("recommended.yaml", text.as_bytes(), &mut issues);
        if let Some(issue) = issues.into_list().first() {
            let reason = format!(
                "policy `{}` cannot be read back: {}",
                manifest.name(),
                issue.message
            );
            return Err(reason);
        }
        read.extend(fragment.policies.into_iter().map(as_enforced));
    }
    match read.len() == manifests.len() {
        true => Ok(read),
        false => Err("the policies cannot be read back".to_owned()),
    }
}

fn with(observed: &Observed<'_>, policies: &[Policy]) -> Engine {
    let policies = policies.iter().cloned();
    policies.fold(observed.engine.clone(), |engine, policy| {
        engine.with_policy(observed.cluster, policy)
    })
}

/// The score as if edges had other states, under the policies of an engine.
fn score_after(observed: &Observed<'_>, engine: &Engine, changes: &[Change]) -> Option<Points> {
    let changes = changes.iter().map(|change| (&change.edge, change.to.state));
    let tally = observed.tally.with_states(changes);
    let Request {
        method,
        now,
        dismissals,
        ..
    } = observed.request;
    let mut risks = risk::assess(observed.cluster, engine, observed.images, &tally, method);
    dismissal::apply(dismissals, &mut risks, method, *now);
    score::score(&risks, method).totals.score
}

/// The namespaces of which something was read or seen.
fn namespaces(cluster: &Cluster, tally: &Tally) -> BTreeSet<String> {
    let read = cluster.namespaces.keys().map(ToString::to_string);
    let seen = tally
        .iter()
        .map(|(key, _)| key.workload.namespace.to_string());
    read.chain(seen).collect()
}
