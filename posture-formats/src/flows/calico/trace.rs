//! Policy traces of Calico's logs, of both generations.
//!
//! "Hit string: `<index>|<tier>|<name>|<action>|<rule>`; old records have no rule. [...] Names:
//! `tier.name` (GNP), `ns/tier.name` (NP), `ns/knp.default.name` (Kubernetes),
//! `__PROFILE__.kns.<ns>`; staged marked `staged:` in either of two places [...]. From v3.32 on:
//! `<kind>:[<ns>/]<name>` with kinds np gnp snp sgnp sknp knp kcnp pro" (formats, section 2).

use posture_core::model::{Hit, HitAction, HitKind, Trace, Traces};
use serde_json::value::RawValue;

use crate::json;
/// The tier of profiles.
const PROFILE_TIER: &str = "__PROFILE__";

#[derive(serde::Deserialize)]
struct Arrays<'a> {
    #[serde(borrow, rename = "all_policies")]
    all: Option<&'a RawValue>,
    #[serde(borrow, rename = "enforced_policies")]
    enforced: Option<&'a RawValue>,
    #[serde(borrow, rename = "pending_policies")]
    pending: Option<&'a RawValue>,
}

/// The traces of a record: `enforced_policies` and `pending_policies`, each else the deprecated
/// `all_policies`, in which both are mixed. `transit_policies` are not the workload's.
pub fn read(policies: &str) -> Traces {
    let Ok(arrays) = json::from_str::<Arrays<'_>>(policies) else {
        return Traces {
            enforced: Trace::Unparsable,
            pending: Trace::Unparsable,
        };
    };
    traces_of(
        trace(arrays.enforced),
        trace(arrays.pending),
        &trace(arrays.all),
    )
}

/// The traces of three arrays, enforced and pending ones each else the mixed one.
pub fn traces_of(enforced: Trace, pending: Trace, all: &Trace) -> Traces {
    let or_all = |own| match own {
        Trace::Absent => all.clone(),
        own => own,
    };
    Traces {
        enforced: or_all(enforced),
        pending: or_all(pending),
    }
}

fn trace(array: Option<&RawValue>) -> Trace {
    let Some(array) = array else {
        return Trace::Absent;
    };
    let Ok(texts) = json::from_str::<Option<Vec<String>>>(array.get()) else {
        return Trace::Unparsable;
    };
    trace_of(texts.iter().flatten().map(|text| Some(text.as_str())))
}

/// A trace of hit strings in any order; one that is missing or broken makes all of it unreadable.
pub fn trace_of<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> Trace {
    match texts.map(|text| hit(text?)).collect::<Option<Vec<Hit>>>() {
        Some(hits) if hits.is_empty() => Trace::Absent,
        Some(mut hits) => {
            hits.sort_by_key(|hit| hit.index);
            Trace::Hits(hits)
        }
        None => Trace::Unparsable,
    }
}

fn hit(text: &str) -> Option<Hit> {
    let mut fields = text.split('|');
    let index = fields.next()?.parse().ok()?;
    let tier = fields.next()?;
    let policy = fields.next()?;
    let action = match fields.next()? {
        "allow" => HitAction::Allow,
        "deny" => HitAction::Deny,
        "pass" => HitAction::Pass,
        _ => return None,
    };
    let rule = match fields.next() {
        Some(rule) => Some(rule.parse().ok()?),
        None => None,
    };
    let (kind, staged) = kind(tier, policy);
    fields.next().is_none().then(|| Hit {
        index,
        tier: tier.into(),
        policy: policy.into(),
        kind,
        staged,
        action,
        rule,
    })
}

/// The hit string of a hit, as it was recorded. Where the policy's name does not say of what kind it
/// is, it is told before the name.
pub fn hit_text(hit: &Hit) -> String {
    let Hit {
        index,
        tier,
        policy,
        ..
    } = hit;
    let stated = match (hit.kind, hit.staged) {
        told if told == kind(tier, policy) => "",
        (HitKind::Profile, _) => "pro:",
        (HitKind::Policy, false) => "np:",
        (HitKind::Policy, true) => "snp:",
        (HitKind::Unstated, false) => "",
        (HitKind::Unstated, true) => "staged:",
    };
    let action = match hit.action {
        HitAction::Allow => "allow",
        HitAction::Deny => "deny",
        HitAction::Pass => "pass",
    };
    match hit.rule {
        Some(rule) => format!("{index}|{tier}|{stated}{policy}|{action}|{rule}"),
        None => format!("{index}|{tier}|{stated}{policy}|{action}"),
    }
}

/// What a name says that it is, and whether it is staged.
fn kind(tier: &str, name: &str) -> (HitKind, bool) {
    let stated = name.split_once(':').and_then(|(kind, _)| match kind {
        "np" | "gnp" | "knp" | "kcnp" | "kanp" | "kbanp" => Some((HitKind::Policy, false)),
        "snp" | "sgnp" | "sknp" => Some((HitKind::Policy, true)),
        "pro" => Some((HitKind::Profile, false)),
        _ => None,
    });
    match stated {
        Some(stated) => stated,
        None if tier == PROFILE_TIER => (HitKind::Profile, false),
        None => (HitKind::Unstated, name.contains("staged:")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(HitKind, bool, HitAction, Option<i32>)> {
        hit(text).map(|hit| (hit.kind, hit.staged, hit.action, hit.rule))
    }

    #[test]
    fn both_generations() {
        use HitAction::{Allow, Deny, Pass};
        use HitKind::{Policy, Profile, Unstated};
        for (text, expected) in [
            (
                "0|default|policy-demo/default.access-nginx|allow",
                (Unstated, false, Allow, None),
            ),
            (
                "0|__PROFILE__|__PROFILE__.kns.policy-demo|allow",
                (Profile, false, Allow, None),
            ),
            (
                "1|__PROFILE__|__PROFILE__.kns.a|allow|0",
                (Profile, false, Allow, Some(0)),
            ),
            (
                "0|tier1|ns2/staged:tier1.policy1|deny|1",
                (Unstated, true, Deny, Some(1)),
            ),
            (
                "0|tier|ns/tier.staged:name|deny|-1",
                (Unstated, true, Deny, Some(-1)),
            ),
            (
                "0|tier|staged:tier.name|pass|0",
                (Unstated, true, Pass, Some(0)),
            ),
            (
                "2|default|ns/knp.default.name|deny|-1",
                (Unstated, false, Deny, Some(-1)),
            ),
            (
                "0|tier1|np:default/tier1.np1-1|pass|0",
                (Policy, false, Pass, Some(0)),
            ),
            (
                "0|tier1|snp:default/np1|allow|0",
                (Policy, true, Allow, Some(0)),
            ),
            ("0|tier1|sgnp:np1|allow|0", (Policy, true, Allow, Some(0))),
            (
                "0|default|sknp:a/np1|allow|0",
                (Policy, true, Allow, Some(0)),
            ),
            (
                "0|kube-admin|kcnp:np1|deny|0",
                (Policy, false, Deny, Some(0)),
            ),
            (
                "1|__PROFILE__|pro:kns.default|allow|0",
                (Profile, false, Allow, Some(0)),
            ),
        ] {
            assert_eq!(of(text), Some(expected), "{text}");
        }
        for bad in [
            "",
            "0",
            "x|t|n|allow|0",
            "0|t|n|maybe|0",
            "0|t|n|allow|x",
            "0|t|n|allow|0|1",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn arrays_stand_in_for_each_other() {
        let absent = Traces::default();
        for none in ["{}", r#"{"all_policies": null}"#, r#"{"all_policies": []}"#] {
            assert_eq!(read(none), absent, "{none}");
        }
        let mixed =
            read(r#"{"all_policies": ["1|__PROFILE__|pro:kns.a|allow|0", "0|t|snp:a/p|deny|0"]}"#);
        let Trace::Hits(hits) = &mixed.enforced else {
            panic!("{mixed:?}");
        };
        assert_eq!(
            hits.iter().map(|hit| hit.index).collect::<Vec<_>>(),
            [0, 1],
            "sorted by index"
        );
        assert_eq!(mixed.pending, mixed.enforced);
        let apart = read(
            r#"{"all_policies": ["0|t|np:a/old|deny|0"], "enforced_policies": ["0|t|np:a/p|allow|0"],
                "pending_policies": [], "transit_policies": ["0|t|np:a/q|deny|0"]}"#,
        );
        assert!(matches!(&apart.enforced, Trace::Hits(hits) if &*hits[0].policy == "np:a/p"));
        assert!(matches!(&apart.pending, Trace::Hits(hits) if &*hits[0].policy == "np:a/old"));
        assert_eq!(
            read(r#"{"enforced_policies": ["0|broken"]}"#).enforced,
            Trace::Unparsable
        );
        assert_eq!(read("[]").enforced, Trace::Unparsable);
    }
}
