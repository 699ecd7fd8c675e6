//! What `posture collect` says of what it asked a cluster for (formats, section 7).

use posture_core::issue::IssueKind;
use posture_core::time::Time;
use serde::{Deserialize, Serialize};

use crate::object::{Invalid, Object};
use crate::output::Output;
use crate::unread_policy;

/// The group of its `apiVersion`.
pub(crate) const GROUP: &str = "posture";

/// What was asked for and what came of it, "so that what could not be listed is known from what is not
/// there" (formats, section 7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Collection {
    /// `posture/v1`
    pub api_version: String,
    /// `Collection`
    pub kind: String,
    /// When it was made.
    pub at: Time,
    /// Whether names are replaced.
    #[serde(default)]
    pub pseudonymised: bool,
    /// Each kind that was asked for.
    pub asked: Vec<Asked>,
}

/// A kind that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct Asked {
    /// `NetworkPolicy`
    pub kind: String,
    /// `networkpolicies.networking.k8s.io`
    pub resource: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of asking for a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase")]
pub enum Outcome {
    /// A list, which may be empty.
    Listed {
        /// How many objects there are.
        objects: u64,
    },
    /// The cluster does not know the kind, so that there are none.
    Absent,
    /// It may not be listed.
    Forbidden,
    /// It could not be listed for another reason.
    Failed,
}

impl Collection {
    /// One of this time, of nothing.
    pub fn new(at: Time) -> Self {
        Self {
            api_version: format!("{GROUP}/v1"),
            kind: "Collection".to_owned(),
            at,
            pseudonymised: false,
            asked: Vec::new(),
        }
    }
}

/// Tells of the kinds that could not be listed: "policies of such a kind may govern any end" (formats,
/// section 7).
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let collection: Collection = object.parse()?;
    for Asked {
        kind,
        resource,
        outcome,
    } in collection.asked
    {
        let why = match outcome {
            Outcome::Listed { .. } | Outcome::Absent => continue,
            Outcome::Forbidden => "to `list` them was forbidden",
            Outcome::Failed => "to `list` them failed",
        };
        let unread = unread_policy::all_of(&kind, object.at, output);
        let (about, consequence) = match &unread {
            Some(policy) if !policy.staged => (
                IssueKind::UnreadPolicy,
                ", so ends that they may govern are unknown",
            ),
            _ => (IssueKind::Unreadable, ""),
        };
        let message = format!("`{resource}` were not collected: {why}{consequence}");
        output.issue(about, object.at, message);
        output.fragment.unread_policies.extend(unread);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use posture_core::issue::IssueKind;

    use super::*;
    use crate::read_text;

    fn collection(asked: &[(&str, &str, Outcome)]) -> String {
        let asked = asked.iter().map(|(kind, resource, outcome)| Asked {
            kind: (*kind).to_owned(),
            resource: (*resource).to_owned(),
            outcome: outcome.clone(),
        });
        let collection = Collection {
            asked: asked.collect(),
            ..Collection::new(Time(1_795_946_400))
        };
        serde_json::to_string(&collection).unwrap()
    }

    #[test]
    fn its_form() {
        let text = collection(&[("Pod", "pods", Outcome::Listed { objects: 2 })]);
        let expected = r#"{"apiVersion":"posture/v1","kind":"Collection","at":"2026-11-29T10:00:00Z","pseudonymised":false,"asked":[{"kind":"Pod","resource":"pods","outcome":"listed","objects":2}]}"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn what_was_listed_or_is_absent_is_not_told() {
        let text = collection(&[
            ("Pod", "pods", Outcome::Listed { objects: 2 }),
            ("Tier", "tiers.projectcalico.org", Outcome::Absent),
        ]);
        let (fragment, issues) = read_text(&text);
        assert!(issues.is_empty(), "{issues:?}");
        assert!(fragment.unread_policies.is_empty() && !fragment.sources.policies);
    }

    #[test]
    fn what_could_not_be_listed_is_told() {
        let networks = "networkpolicies.networking.k8s.io";
        let text = collection(&[
            ("Pod", "pods", Outcome::Failed),
            ("NetworkPolicy", networks, Outcome::Forbidden),
            (
                "StagedNetworkPolicy",
                "stagednetworkpolicies.projectcalico.org",
                Outcome::Forbidden,
            ),
        ]);
        let (fragment, issues) = read_text(&text);
        let told: Vec<_> = issues
            .iter()
            .map(|issue| (issue.kind, issue.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    IssueKind::Unreadable,
                    "`pods` were not collected: to `list` them failed"
                ),
                (
                    IssueKind::Unreadable,
                    "`stagednetworkpolicies.projectcalico.org` were not collected: to `list` them was forbidden"
                ),
                (
                    IssueKind::UnreadPolicy,
                    "`networkpolicies.networking.k8s.io` were not collected: to `list` them was forbidden, so ends that they may govern are unknown"
                ),
            ]
        );
        let unread: Vec<_> = fragment
            .unread_policies
            .iter()
            .map(|policy| {
                (
                    policy.kind.as_str(),
                    policy.namespace.as_str(),
                    policy.staged,
                )
            })
            .collect();
        assert_eq!(
            unread,
            [
                ("NetworkPolicy", "", false),
                ("StagedNetworkPolicy", "", true)
            ]
        );
        assert!(!fragment.sources.policies);
    }
}
