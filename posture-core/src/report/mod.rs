//! The result as one ordered, serialisable value: the contract of every front end.

mod access;
mod coverage;
mod decision;
mod dismissed;
mod item;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use coverage::{Coverage, ImageCoverage, PodCoverage};
pub use decision::{Decision, NotDismissed};
pub use dismissed::{DismissalReport, Dismissals};
pub use item::{EdgeEvidence, Evidence, ImageEvidence, Item, ScanEvidence, Vulnerability, items};
pub(crate) use item::{Listed, evidence, item};

use crate::action::{Action, ActionSeverity};
use crate::assessment::Assessment;
use crate::dismissal::Dismissed;
use crate::issue::{Issue, IssueKind, Issues};
use crate::model::{Cluster, Method};
use crate::points::{Points, Share};
use crate::request::Request;
use crate::risk::{EvidenceKind, NamespaceRisk, RiskType, Risks};
use crate::score::{SCORING_VERSION, Score, Status};
use crate::staged::StagedCoverage;
use crate::state::UnknownReason;
use crate::tally::Tally;
use crate::time::Time;

/// The result of an assessment. Its JSON is the same in every language, to the byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// The version of the scoring method.
    pub scoring_version: u32,
    /// The method, with every switch.
    pub method: Method,
    /// When: the present as the caller gave it, else the end of the window.
    pub at: Option<Time>,
    /// The time that the records cover.
    pub window: Option<Window>,
    /// The Cluster Security Score, 0 to 100; null where there is none.
    pub score: Option<Points>,
    /// Whether there is a score.
    pub status: Status,
    /// The score over the assessed types alone.
    pub assessed_score: Option<Points>,
    /// The score as if nothing were dismissed.
    pub score_without_dismissals: Option<Points>,
    /// The earlier result that was given.
    pub previous: Option<PreviousScore>,
    /// The score minus the previous one.
    pub delta: Option<Points>,
    /// The four types, in order.
    pub types: Vec<TypeReport>,
    /// Every counted namespace: the highest risk first, then by name.
    pub namespaces: Vec<NamespaceReport>,
    /// Every action, best first.
    pub actions: Vec<ActionReport>,
    /// What was dismissed.
    pub dismissals: Dismissals,
    /// What the score rests on.
    pub coverage: Coverage,
    /// What a person must be told about the input: warnings first.
    pub issues: Vec<Issue>,
}

/// What is kept of the earlier result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PreviousScore {
    /// Its score.
    pub score: Option<Points>,
    /// When it was made.
    pub at: Option<Time>,
}

/// The time that records cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Window {
    /// Start of the earliest record.
    pub start: Time,
    /// End of the latest record.
    pub end: Time,
}

/// Whether a type says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TypeStatus {
    /// It does.
    Ok,
    /// There is nothing that it could be about.
    NotApplicable,
    /// The input does not tell.
    NotAssessed,
}

/// One of the four types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TypeReport {
    /// Which.
    #[serde(rename = "type")]
    pub risk_type: RiskType,
    /// Whether it says anything.
    pub status: TypeStatus,
    /// What it was judged from.
    pub evidence: Option<EvidenceKind>,
    /// Its weight.
    pub weight: u32,
    /// Its score, 0 to 100; null where it is not assessed.
    pub score: Option<Points>,
    /// The points of the cluster's score that it costs.
    pub contribution: Points,
    /// How much is at risk, over all counted namespaces.
    pub part: u64,
    /// How much there is.
    pub whole: u64,
}

/// A counted namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamespaceReport {
    /// Its name.
    pub namespace: String,
    /// Its score, 0 to 100; null where the cluster has none.
    pub score: Option<Points>,
    /// The points of the cluster's score that are lost here.
    pub risk: Points,
    /// All four types.
    pub types: BTreeMap<RiskType, NamespaceType>,
}

/// One type in one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamespaceType {
    /// Whether it says anything.
    pub status: TypeStatus,
    /// How much is at risk.
    pub part: u64,
    /// How much there is.
    pub whole: u64,
    /// How much would be at risk beside it, and was dismissed.
    pub dismissed: u64,
    /// The points of the cluster's score that are lost to it here.
    pub contribution: Points,
}

/// One recommended action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActionReport {
    /// Its place, from 1.
    pub rank: usize,
    /// `kind/namespace`.
    pub id: String,
    /// The type that it is listed under.
    #[serde(rename = "type")]
    pub risk_type: RiskType,
    /// Where.
    pub namespace: String,
    /// What it asks for, in a line.
    pub title: String,
    /// How much it matters.
    pub severity: ActionSeverity,
    /// The points that it is sure to gain.
    pub gain: Points,
    /// The points that it gains at best.
    pub gain_max: Points,
    /// How much it covers.
    pub part: u64,
    /// Of how much.
    pub whole: u64,
    /// How many items it covers; not those that were dismissed.
    pub item_count: usize,
    /// The items that lost the most points, as many as were asked for.
    pub items: Vec<Item>,
    /// Staged policies that would cover some of the items, each as if it alone were enforced.
    pub staged: Vec<StagedCoverage>,
}

/// Puts all of an assessment into one ordered value.
pub(crate) fn report(assessment: &Assessment<'_>, mut issues: Issues) -> Report {
    let Assessment {
        cluster,
        tally,
        images,
        request,
        risks,
        dismissed,
        score,
        undismissed,
        ..
    } = assessment;
    let totals = &score.totals;
    let actions = assessment.actions();
    let staged = assessment.staged(&actions);
    let window = tally.window.map(|window| Window {
        start: Time(window.start),
        end: Time(window.end),
    });
    note_what_is_missing(cluster, tally, risks, request, &mut issues);
    let previous = request.previous.as_ref().map(|previous| PreviousScore {
        score: previous.score,
        at: previous.at,
    });
    let comparable = request
        .previous
        .as_ref()
        .filter(|previous| previous.is_comparable());
    let before = comparable.and_then(|previous| previous.score);
    Report {
        scoring_version: SCORING_VERSION,
        method: request.method.clone(),
        at: request.now.or(window.map(|window| window.end)),
        window,
        score: totals.score,
        status: totals.status,
        assessed_score: totals.assessed_score,
        score_without_dismissals: undismissed.score,
        delta: totals.score.zip(before).map(|(now, before)| now - before),
        previous,
        types: types(risks, score, &request.method),
        namespaces: namespaces(risks, score, dismissed),
        actions: actions
            .iter()
            .zip(staged)
            .zip(1..)
            .map(|((action, staged), rank)| action_report(rank, action, staged, request))
            .collect(),
        dismissals: dismissed::dismissals(dismissed, request),
        coverage: coverage::coverage(cluster, tally, images, request),
        issues: issues.into_list(),
    }
}

fn note_what_is_missing(
    cluster: &Cluster,
    tally: &Tally,
    risks: &Risks<'_>,
    request: &Request,
    issues: &mut Issues,
) {
    let method = &request.method;
    let unknown = tally.records.unknown.get(&UnknownReason::NoPolicies);
    let is_missed = unknown.is_some() || !risks.basis.egress_access.is_assessed();
    if !cluster.sources.policies && is_missed {
        issues.note(
            IssueKind::NoPolicySource,
            "no network policies were given, so what no flow record tells is unknown: add them \
             (`kubectl get networkpolicies -A -o json`), or say that the cluster has no others \
             (`--policies-complete`)",
        );
    }
    if let Some(previous) = request
        .previous
        .as_ref()
        .filter(|previous| !previous.is_comparable())
    {
        issues.note(
            IssueKind::Method,
            format!(
                "the previous result is of scoring version {}, this one of version \
                 {SCORING_VERSION}: there is no difference between them to tell",
                previous.scoring_version
            ),
        );
    }
    if !method.unscanned_is_high_risk
        && method.weights.high_risk_images > method.weights.unscanned_images
    {
        issues.note(
            IssueKind::Method,
            "with `unscanned_is_high_risk` off and `high_risk_images` weighing more than \
             `unscanned_images`, scanning an image can lower the score",
        );
    }
}

fn types(risks: &Risks<'_>, score: &Score, method: &Method) -> Vec<TypeReport> {
    RiskType::ALL
        .iter()
        .map(|risk_type| {
            let each = risks.namespaces.iter();
            let share = each.map(|risk| risk.exposures[*risk_type].share).sum();
            let namespaces = score.namespaces.values();
            TypeReport {
                risk_type: *risk_type,
                status: status(risks, *risk_type, share),
                evidence: risks.basis[*risk_type].evidence,
                weight: risk_type.weight(method),
                score: score.totals.types[*risk_type],
                contribution: namespaces.map(|n| n.contributions[*risk_type]).sum(),
                part: share.part,
                whole: share.whole,
            }
        })
        .collect()
}

fn namespaces(risks: &Risks<'_>, score: &Score, dismissed: &Dismissed<'_>) -> Vec<NamespaceReport> {
    let dismissed = dismissed.units();
    let mut namespaces: Vec<NamespaceReport> = score
        .namespaces
        .iter()
        .zip(&risks.namespaces)
        .map(|((namespace, scored), NamespaceRisk { exposures, .. })| {
            let of_type = |risk_type: RiskType| NamespaceType {
                status: status(risks, risk_type, exposures[risk_type].share),
                part: exposures[risk_type].share.part,
                whole: exposures[risk_type].share.whole,
                dismissed: dismissed.get(namespace).map_or(0, |units| units[risk_type]),
                contribution: scored.contributions[risk_type],
            };
            NamespaceReport {
                namespace: namespace.to_string(),
                score: scored.score,
                risk: scored.risk(),
                types: RiskType::ALL.iter().map(|t| (*t, of_type(*t))).collect(),
            }
        })
        .collect();
    namespaces.sort_by(|a, b| {
        b.risk
            .cmp(&a.risk)
            .then_with(|| a.namespace.cmp(&b.namespace))
    });
    namespaces
}

fn status(risks: &Risks<'_>, risk_type: RiskType, share: Share) -> TypeStatus {
    match (risks.basis[risk_type].is_assessed(), share.whole) {
        (false, _) => TypeStatus::NotAssessed,
        (true, 0) => TypeStatus::NotApplicable,
        (true, _) => TypeStatus::Ok,
    }
}

fn action_report(
    rank: usize,
    action: &Action<'_>,
    staged: Vec<StagedCoverage>,
    request: &Request,
) -> ActionReport {
    ActionReport {
        rank,
        id: action.id.to_string(),
        risk_type: action.id.kind.risk_type(),
        namespace: action.id.namespace.to_string(),
        title: action.title(),
        severity: action.severity(),
        gain: action.gain,
        gain_max: action.gain_max,
        part: action.progress.part,
        whole: action.progress.whole,
        item_count: action.items.len(),
        items: item::heaviest(&action.items, request.max_items.places(), request),
        staged,
    }
}
