//! What a flow tells of the policies that decided.

use std::convert::Infallible;
use std::sync::Arc;

use posture_core::model::{Hit, HitAction, HitKind, Reporter, Trace, Traces};
use serde_json::value::RawValue;

use super::super::cache::Cache;
use super::flow::{Flow, Text, known};
use super::identity::Class;
use super::verdict::Verdict;
use crate::json;

/// What stands before what a rule is derived from that is no policy.
const DERIVED: &str = "reserved:io.cilium.policy.derived-from=";

/// What flows tell of policies. Lists of policies are read once.
#[derive(Debug)]
pub(super) struct Evidence {
    allowed_by: Cache<Option<Arc<Traces>>>,
    denied_by: Cache<Option<Arc<Traces>>>,
    none: Arc<Traces>,
    allowed: Arc<Traces>,
    denied: Arc<Traces>,
    audited: Arc<Traces>,
    unreadable: Arc<Traces>,
}

impl Default for Evidence {
    fn default() -> Self {
        let pending = hit("", "", HitKind::Policy, HitAction::Deny);
        Self {
            allowed_by: Cache::default(),
            denied_by: Cache::default(),
            none: Arc::default(),
            allowed: by_hits(vec![hit("", "", HitKind::Policy, HitAction::Allow)]),
            denied: by_hits(vec![hit("", "", HitKind::Policy, HitAction::Deny)]),
            // As staged policies: they address the traffic, and nothing of them is enforced.
            audited: Arc::new(Traces {
                enforced: Trace::Hits(vec![hit(
                    "",
                    "policy audit mode",
                    HitKind::Profile,
                    HitAction::Allow,
                )]),
                pending: Trace::Hits(vec![Hit {
                    staged: true,
                    ..pending
                }]),
            }),
            unreadable: Arc::new(Traces {
                enforced: Trace::Unparsable,
                pending: Trace::Unparsable,
            }),
        }
    }
}

impl Evidence {
    /// What a flow tells; `remote` is the end that it does not speak for.
    pub(super) fn of(
        &mut self,
        flow: &Flow<'_>,
        verdict: Verdict,
        reporter: Reporter,
        remote: Class,
    ) -> Arc<Traces> {
        let (cache, list, decided) = match verdict {
            Verdict::Seen => return self.none.clone(),
            Verdict::Error => return self.unreadable.clone(),
            Verdict::Audit => return self.audited.clone(),
            Verdict::Forwarded | Verdict::Redirected => (
                &mut self.allowed_by,
                match reporter {
                    Reporter::Source => flow.egress_allowed_by,
                    Reporter::Destination => flow.ingress_allowed_by,
                    Reporter::Forward | Reporter::Unknown => None,
                },
                match is_allowed_by_policy(flow, verdict, reporter, remote) {
                    true => &self.allowed,
                    false => &self.none,
                },
            ),
            Verdict::Dropped => (
                &mut self.denied_by,
                match reporter {
                    Reporter::Source => flow.egress_denied_by,
                    Reporter::Destination => flow.ingress_denied_by,
                    Reporter::Forward | Reporter::Unknown => None,
                },
                match is_denied_by_policy(flow) {
                    true => &self.denied,
                    false => &self.none,
                },
            ),
        };
        let action = match verdict {
            Verdict::Dropped => HitAction::Deny,
            _ => HitAction::Allow,
        };
        let listed = list.and_then(|list: &RawValue| {
            let read = |text: &str| Ok::<_, Infallible>(by_list(text, action));
            let listed = cache.get(list.get(), read).unwrap_or_default();
            listed.as_ref().clone()
        });
        listed.unwrap_or_else(|| decided.clone())
    }
}

/// Whether a policy is known to have allowed the traffic, by what its rule had to match.
///
/// "An endpoint without policies has a rule of Cilium that allows all, so that match 4 says nothing.
/// The annotation that watches requests is no policy and redirects what matches a port, and Cilium
/// itself lets the nodes in" (formats, section 4).
fn is_allowed_by_policy(
    flow: &Flow<'_>,
    verdict: Verdict,
    reporter: Reporter,
    remote: Class,
) -> bool {
    let from_node = reporter == Reporter::Destination
        && matches!(remote, Class::ThisNode | Class::Node | Class::OfNode);
    let redirected = verdict == Verdict::Redirected;
    match flow.policy_match_type {
        // Who.
        Some(1) => !from_node,
        // Who and which port.
        Some(2) => !(from_node && redirected),
        // Which port.
        Some(3) => !redirected,
        // Who and which protocol; which protocol.
        Some(5 | 6) => true,
        // 4 is all.
        _ => false,
    }
}

/// Whether a policy denied the traffic: by the reason of the drop, or since the proxy dropped it.
fn is_denied_by_policy(flow: &Flow<'_>) -> bool {
    let by_name = match known(flow.drop_reason_desc.as_ref()) {
        Some("POLICY_DENIED" | "POLICY_DENY" | "AUTH_REQUIRED") => true,
        Some("DROP_REASON_UNKNOWN") | None => matches!(flow.drop_reason, Some(133 | 181 | 189)),
        Some(_) => false,
    };
    by_name || known(flow.kind.as_ref()) == Some("L7")
}

/// The trace of a list of policies; none where it names none and says nothing else.
fn by_list(text: &str, action: HitAction) -> Option<Arc<Traces>> {
    #[derive(serde::Deserialize)]
    struct Policy<'a> {
        #[serde(borrow)]
        name: Option<Text<'a>>,
        namespace: Option<Text<'a>>,
        kind: Option<Text<'a>>,
        labels: Option<Vec<Text<'a>>>,
    }
    let Ok(list) = json::from_str::<Option<Vec<Policy<'_>>>>(text) else {
        return Some(Arc::new(Traces {
            enforced: Trace::Unparsable,
            pending: Trace::Absent,
        }));
    };
    let (mut hits, mut policies) = (Vec::new(), Vec::new());
    for policy in list.iter().flatten() {
        let tier = known(policy.kind.as_ref()).unwrap_or_default();
        let name = known(policy.name.as_ref());
        let mut labels = policy.labels.iter().flatten();
        let derived = labels.find_map(|label| known(Some(label))?.strip_prefix(DERIVED));
        match (name, derived, known(policy.namespace.as_ref())) {
            (None, Some(default @ ("allow-any-egress" | "allow-any-ingress")), _) => {
                hits.push(hit("", default, HitKind::Profile, action));
            }
            // What lets the nodes in, and what sends requests to the proxy.
            (None, Some(_), _) => {}
            (name, _, namespace) => {
                let name = match (namespace, name.unwrap_or_default()) {
                    (Some(namespace), name) => format!("{namespace}/{name}"),
                    (None, name) => name.to_owned(),
                };
                policies.push(hit(tier, &name, HitKind::Policy, action));
            }
        }
    }
    // Where policies allow beside the default, they decide: the last hit does.
    hits.append(&mut policies);
    for (index, hit) in (0..).zip(&mut hits) {
        hit.index = index;
    }
    (!hits.is_empty()).then(|| by_hits(hits))
}

fn by_hits(hits: Vec<Hit>) -> Arc<Traces> {
    Arc::new(Traces {
        enforced: Trace::Hits(hits),
        pending: Trace::Absent,
    })
}

fn hit(tier: &str, policy: &str, kind: HitKind, action: HitAction) -> Hit {
    Hit {
        index: 0,
        tier: tier.into(),
        policy: policy.into(),
        kind,
        staged: false,
        action,
        rule: None,
    }
}
