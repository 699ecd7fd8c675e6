//! What policies decide about some traffic that a person asks about, and why.

mod answer;
mod ends;
mod find;
pub(crate) mod near;
mod place;
mod said;
mod sent;

use std::borrow::Cow;

use serde::Serialize;

pub use answer::Side;
pub use find::NotFound;
pub use place::{NotAPlace, Place};
pub use said::Said;
pub use sent::{NotSent, Sent};

use crate::engine::explain::Answer;
use crate::engine::{Engine, Scope, Traffic};
use crate::issue::{Issue, Issues};
use crate::json;
use crate::model::{Cluster, Direction, Icmp, Protocol};
use answer::Sides;
use ends::Ends;
use find::{Found, find};

/// Some traffic that a person asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Who sends.
    pub from: Place,
    /// Who receives.
    pub to: Place,
    /// What is sent.
    pub sent: Sent,
    /// Domain names that the receiver's address was resolved from.
    pub domains: Vec<String>,
    /// Which policies are asked.
    pub scope: Scope,
}

/// What policies decide about some traffic, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Asked {
    /// Who sends.
    pub from: Said,
    /// Who receives.
    pub to: Said,
    /// The protocol; `any` where it is not known.
    pub protocol: Protocol,
    /// The destination port.
    pub port: Option<u16>,
    /// The type of ICMP message.
    pub icmp: Option<Icmp>,
    /// Which policies are asked.
    pub scope: Scope,
    /// Whether the traffic goes through: where both ends let it.
    pub answer: Answer,
    /// Why, in words.
    pub why: String,
    /// What the policies of the sender decide, where it is a workload.
    pub egress: Option<Side>,
    /// What the policies of the receiver decide, where it is a workload.
    pub ingress: Option<Side>,
    /// What would be decided otherwise if staged policies were enforced.
    pub staged: Option<Staged>,
    /// What else is to know.
    pub notes: Vec<String>,
    /// What a person must be told about the input.
    pub issues: Vec<Issue>,
}

/// What would be decided if staged policies were enforced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Staged {
    /// Whether the traffic would go through.
    pub answer: Answer,
    /// What the policies of the ends that change it would decide, in words.
    pub why: String,
}

/// Answers a question about a cluster.
///
/// # Errors
/// [`NotFound`] where an end is not there, or is not just one, and says what there is.
pub fn ask(
    cluster: &Cluster,
    engine: &Engine,
    question: &Question,
    issues: Issues,
) -> Result<Asked, NotFound> {
    let (from, to) = (find(cluster, &question.from)?, find(cluster, &question.to)?);
    if !matches!(from, Found::Pods(..)) && !matches!(to, Found::Pods(..)) {
        return Err(NotFound(format!(
            "neither `{}` nor `{}` is a workload with policies of its own, expected at least one that is",
            question.from, question.to
        )));
    }
    let ends = Ends::new(&from, &to, question.sent.protocol);
    let domains: Vec<Cow<'_, str>> = question.domains.iter().map(Cow::from).collect();
    let traffic = Traffic {
        icmp: question.sent.icmp,
        domains: &domains,
        ..Traffic::new(
            Direction::Egress,
            question.sent.protocol,
            question.sent.port,
        )
    };
    let sides = |scope, ends: &Ends<'_>| Sides::new(cluster, engine, scope, ends, traffic);
    let decided = sides(question.scope, &ends);
    let staged = (question.scope == Scope::Enforced)
        .then(|| sides(Scope::Staged, &ends))
        .filter(|staged| staged.differ(&decided));
    let mut notes = ends.notes();
    notes.extend(ends.others(&decided, &|ends| sides(question.scope, ends)));
    notes.extend(said::deletions(cluster, question.scope, staged.is_some()));
    notes.extend(decided.notes(cluster));
    Ok(Asked {
        from: Said::new(&from, &question.from, ends.from_pod, ends.family),
        to: Said::new(&to, &question.to, ends.to_pod, ends.family),
        protocol: question.sent.protocol,
        port: question.sent.port,
        icmp: question.sent.icmp,
        scope: question.scope,
        answer: decided.answer(),
        why: decided.why(),
        staged: staged.map(|staged| Staged {
            answer: staged.answer(),
            why: staged.changes(&decided),
        }),
        egress: decided.egress,
        ingress: decided.ingress,
        notes,
        issues: issues.into_list(),
    })
}

impl Asked {
    /// The canonical JSON text: keys in this order, two spaces of indentation, a newline at the
    /// end.
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}

#[cfg(test)]
mod tests;
