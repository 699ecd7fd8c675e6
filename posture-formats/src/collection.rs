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
#[serde(rename_all = "camelCase", try_from = "AskedForm")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// What is written of a kind that was asked for.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct AskedForm {
    kind: String,
    resource: String,
    outcome: OutcomeWord,
    objects: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum OutcomeWord {
    Listed,
    Absent,
    Forbidden,
    Failed,
}

impl TryFrom<AskedForm> for Asked {
    type Error = Invalid;

    fn try_from(form: AskedForm) -> Result<Self, Invalid> {
        let objects = form
            .objects
            .ok_or_else(|| Invalid::new("expected `objects`"));
        let outcome = match form.outcome {
            OutcomeWord::Listed => Outcome::Listed { objects: objects? },
            OutcomeWord::Absent => Outcome::Absent,
            OutcomeWord::Forbidden => Outcome::Forbidden,
            OutcomeWord::Failed => Outcome::Failed,
        };
        Ok(Self {
            kind: form.kind,
            resource: form.resource,
            outcome,
        })
    }
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

/// Tells of the kinds that could not be listed, and of those whose lists may lack objects: "policies of such
/// a kind may govern any end" (formats, section 7).
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let collection: Collection = object.parse()?;
    let hides = collection.asked.iter().any(hides_policies);
    for asked in &collection.asked {
        let Some(why) = lack(asked, hides) else {
            continue;
        };
        let unread = unread_policy::all_of(&asked.kind, object.at, output);
        let (about, consequence) = match &unread {
            Some(policy) if !policy.staged => (
                IssueKind::UnreadPolicy,
                ", so ends that they may govern are unknown",
            ),
            _ => (IssueKind::Unreadable, ""),
        };
        let message = format!("`{}` {why}{consequence}", asked.resource);
        output.issue(about, object.at, message);
        output.fragment.unread_policies.extend(unread);
    }
    Ok(())
}

/// What is missing of a kind; none where all of it is there.
fn lack(asked: &Asked, hides: bool) -> Option<&'static str> {
    match asked.outcome {
        Outcome::Forbidden => Some("were not collected: to `list` them was forbidden"),
        Outcome::Failed => Some("were not collected: to `list` them failed"),
        Outcome::Listed { .. } if hides && is_tiered(asked) => {
            Some("may lack those of tiers that could not be listed")
        }
        Outcome::Listed { .. } | Outcome::Absent => None,
    }
}

/// Whether the tiers of Calico's API server could not be listed: "it leaves out the policies of tiers that
/// the caller may not get" (formats, section 7).
fn hides_policies(asked: &Asked) -> bool {
    let is_unread = matches!(asked.outcome, Outcome::Forbidden | Outcome::Failed);
    is_unread && asked.kind == "Tier" && is_of_server(asked)
}

/// Whether objects of a kind are policies in tiers.
fn is_tiered(asked: &Asked) -> bool {
    is_of_server(asked) && unread_policy::is_policy(&asked.kind)
}

/// Whether Calico's API server has a kind: who asks for the resources behind it sees all of them.
fn is_of_server(asked: &Asked) -> bool {
    let group = asked.resource.split_once('.').map(|(_, group)| group);
    group == Some("projectcalico.org")
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
        let without = text.replace(",\"objects\":2", "");
        let (_, issues) = read_text(&without);
        let messages: Vec<&str> = issues.iter().map(|issue| issue.message.as_str()).collect();
        assert_eq!(
            messages,
            ["Collection is not valid: asked[0]: expected `objects`"]
        );
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

    /// Of Calico's API server: `web` is selected by nothing that was listed, and a policy of a tier that
    /// may not be read might select it. Behind the server nothing is hidden.
    #[test]
    fn policies_of_tiers_that_could_not_be_listed_may_be_missing() {
        let listed = |objects| Outcome::Listed { objects };
        for (group, tiers, unread) in [
            ("projectcalico.org", Outcome::Forbidden, true),
            ("projectcalico.org", Outcome::Failed, true),
            ("projectcalico.org", listed(2), false),
            ("projectcalico.org", Outcome::Absent, false),
            ("crd.projectcalico.org", Outcome::Forbidden, false),
        ] {
            let resource = |plural: &str| format!("{plural}.{group}");
            let text = collection(&[
                (
                    "NetworkPolicy",
                    "networkpolicies.networking.k8s.io",
                    listed(3),
                ),
                ("Tier", &resource("tiers"), tiers.clone()),
                ("NetworkPolicy", &resource("networkpolicies"), listed(1)),
                (
                    "GlobalNetworkPolicy",
                    &resource("globalnetworkpolicies"),
                    listed(0),
                ),
                (
                    "StagedNetworkPolicy",
                    &resource("stagednetworkpolicies"),
                    listed(0),
                ),
                ("NetworkSet", &resource("networksets"), listed(0)),
            ]);
            let (fragment, issues) = read_text(&text);
            let kinds = fragment
                .unread_policies
                .iter()
                .map(|of| (of.kind.as_str(), of.staged));
            let all = [
                ("NetworkPolicy", false),
                ("GlobalNetworkPolicy", false),
                ("StagedNetworkPolicy", true),
            ];
            let expected = if unread { all.to_vec() } else { Vec::new() };
            assert_eq!(kinds.collect::<Vec<_>>(), expected, "{group} {tiers:?}");
            let message = "`globalnetworkpolicies.projectcalico.org` may lack those of tiers that could not be \
                           listed, so ends that they may govern are unknown";
            let told = issues
                .iter()
                .filter(|issue| issue.kind == IssueKind::UnreadPolicy && issue.message == message);
            assert_eq!(told.count(), usize::from(unread), "{issues:?}");
        }
    }
}
