//! The laws of recommended policies, each held against inputs at random: what is promised is seen when
//! the policies are applied and the records are judged anew.

#[path = "../../posture-core/tests/common/mod.rs"]
mod common;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use common::{Input, default_input, shuffle, tally};
use posture::{Inspected, Recommendations, recommend};
use posture_core::edge::EdgeKey;
use posture_core::engine::Engine;
use posture_core::issue::Issues;
use posture_core::judge::Judge;
use posture_core::model::{Action, Evidence, PolicyKind, Reporter};
use posture_core::recommend::{Form, Granularity, Isolate, Wanted};
use posture_core::replay::Replay;
use posture_core::state::State;
use posture_core::tally::EdgeState;
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// An input whose records are judged by the policies of today.
fn any_input() -> impl Strategy<Value = Input> {
    default_input().prop_map(|mut input| {
        input.request.method.evidence = Evidence::Current;
        input
    })
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let form = prop_oneof![
        3 => Just(Form::Calico),
        2 => Just(Form::Kubernetes),
        1 => Just(Form::StagedCalico),
        1 => Just(Form::StagedKubernetes),
    ];
    let granularity =
        prop_oneof![2 => Just(Granularity::Namespace), 1 => Just(Granularity::Workload)];
    let isolate = prop_oneof![3 => Just(Isolate::Unsecured), 1 => Just(Isolate::Both)];
    let order = prop::option::of(prop::sample::select(vec![-1, 10, 1000, 5000]));
    (form, granularity, isolate, order).prop_map(|(form, granularity, isolate, order)| Wanted {
        granularity,
        form,
        isolate,
        order: order.filter(|_| !form.is_kubernetes()),
        ..Wanted::default()
    })
}

fn recommended(input: &Input, wanted: &Wanted) -> Recommendations {
    let cluster = input.cluster();
    let engine = Engine::new(&cluster, input.method().policy_modes);
    let tally = tally(&cluster, input.method(), &input.records);
    let inspected = Inspected {
        cluster: &cluster,
        engine: &engine,
        tally: &tally,
        found: Vec::new(),
        logs: &[],
        request: &input.request,
        issues: Issues::default(),
    };
    recommend(inspected, wanted, &BTreeSet::new()).unwrap()
}

fn yaml(recommended: &Recommendations) -> String {
    let all = recommended.recommendations.iter();
    all.map(posture::Recommended::to_yaml).collect()
}

/// The input with the policies applied, staged ones enforced.
fn applied(input: &Input, yaml: &str) -> Input {
    let mut issues = Issues::default();
    let read = posture_formats::read("p.yaml", yaml.as_bytes(), &mut issues);
    let issues = issues.into_list();
    assert!(
        issues
            .iter()
            .all(|issue| issue.file.is_empty() || yaml.is_empty()),
        "{issues:?}"
    );
    let mut input = input.clone();
    for mut policy in read.policies {
        policy.kind = match policy.kind {
            PolicyKind::StagedNetworkPolicy => PolicyKind::NetworkPolicy,
            PolicyKind::StagedKubernetesNetworkPolicy => PolicyKind::KubernetesNetworkPolicy,
            kind => kind,
        };
        policy.staged = None;
        input.fragment.policies.push(policy);
    }
    input.fragment.sources.policies = true;
    input
}

/// The input with records of pods alone that run: which labels others had is not known.
fn of_known_pods(mut input: Input) -> Input {
    let cluster = input.cluster();
    input.records.retain(|record| {
        let end = match record.reporter {
            Reporter::Source => &record.source,
            _ => &record.destination,
        };
        let pods = end
            .namespace
            .and_then(|namespace| cluster.objects(namespace));
        let known = pods
            .zip(end.name)
            .and_then(|(pods, name)| pods.pods.get(name));
        known.is_some_and(posture_core::model::PodOf::is_running)
    });
    input
}

/// The state of each edge, the worst of its records.
fn states(input: &Input) -> BTreeMap<EdgeKey, EdgeState> {
    let cluster = input.cluster();
    let tally = tally(&cluster, input.method(), &input.records);
    let method = input.method();
    let state = |(key, edge): (&EdgeKey, &posture_core::tally::Edge)| {
        (key.clone(), edge.state(method.settle, method.unknown))
    };
    tally.iter().map(state).collect()
}

/// A change of evidence is a change of method.
fn evidence(
    report: &posture_core::report::Report,
) -> Vec<Option<posture_core::risk::EvidenceKind>> {
    report.types.iter().map(|of| of.evidence).collect()
}

proptest! {
    #![proptest_config(cases())]

    /// Applied and scored again, the policies give the promised score; at least that, where traffic awaits
    /// that its connections are made anew: whether its records are secured hangs on labels that no pod has.
    #[test]
    fn promise(input in any_input(), wanted in wanted()) {
        let input = match wanted.granularity {
            Granularity::Namespace => input,
            Granularity::Workload => of_known_pods(input),
        };
        let recommended = recommended(&input, &wanted);
        let known = input.cluster().sources.policies;
        let (before, after) = (input.report(), applied(&input, &yaml(&recommended)).report());
        let mut each = recommended.recommendations.iter();
        let awaits = each.any(|of| of.proof.awaiting_reconnect > 0);
        if known && evidence(&before) == evidence(&after) {
            let promised = recommended.score_with_all;
            let is_kept = after.score == promised || awaits && after.score > promised;
            prop_assert!(is_kept, "{promised:?} {:?} {}", after.score, yaml(&recommended));
        }
        prop_assert_eq!(recommended.score, before.score);
    }

    /// Every target of what is shown is secured, and none is denied that went through.
    #[test]
    fn secures_and_denies_nothing(mut input in any_input(), wanted in wanted()) {
        input.request.dismissals.clear();
        let recommended = recommended(&input, &wanted);
        let after = applied(&input, &yaml(&recommended));
        let (now, then) = (states(&input), states(&after));
        let (cluster, governed) = (input.cluster().with_policies([]), after.cluster());
        let engine = Engine::new(&governed, input.method().policy_modes);
        let before = Engine::new(&cluster, input.method().policy_modes);
        let tally = tally(&cluster, input.method(), &input.records);
        let mut replay = Replay::new(&governed, &engine);
        let mut today = Replay::new(&cluster, &before);
        for of in &recommended.recommendations {
            if of.policies.is_empty() {
                prop_assert!(!of.withheld.is_empty());
                continue;
            }
            prop_assert!(of.proof.would_deny.is_empty());
            if wanted.granularity == Granularity::Namespace {
                prop_assert_eq!(of.proof.covered, of.proof.targets);
            }
            for (key, edge) in tally.edges() {
                if key.workload.namespace.as_ref() != of.namespace {
                    continue;
                }
                let went_through = edge.is_allowed(input.method().settle);
                let denied = replay.edge(key, edge).allowed == Some(false);
                let was_denied = today.edge(key, edge).allowed == Some(false);
                prop_assert!(!went_through || !denied || was_denied, "{key}");
                let all = wanted.granularity == Granularity::Namespace && went_through;
                if all && now[key] == EdgeState::Unsecured && key.is_boundary() {
                    prop_assert_eq!(then[key], EdgeState::Secured, "{}", key);
                }
            }
        }
    }

    /// The order of the input says nothing.
    #[test]
    fn same_text(input in any_input(), wanted in wanted(), seed: u64) {
        let mut other = input.clone();
        shuffle(&mut other.fragment.pods, seed);
        shuffle(&mut other.fragment.policies, seed);
        shuffle(&mut other.fragment.nodes, seed);
        shuffle(&mut other.records, seed);
        let (one, other) = (recommended(&input, &wanted), recommended(&other, &wanted));
        prop_assert_eq!(yaml(&one), yaml(&other));
        prop_assert_eq!(one.to_json(), other.to_json());
    }

    /// Where every target is covered, the gain is that of the actions; at most that, where today's policies
    /// already secure some of it for pods as they are now.
    #[test]
    fn gain_of_the_actions(input in any_input()) {
        let report = input.report();
        for of in recommended(&input, &Wanted::default()).recommendations {
            let mine = report.actions.iter().filter(|action| {
                action.namespace == of.namespace && action.risk_type.is_network()
            });
            let promised = mine.map(|action| action.gain).sum();
            let denied = input.records.iter().any(|record| record.action == Action::Deny);
            // by the policies alone both actions fix the same directions: their gains overlap
            let network = report.risk_type(posture_core::risk::RiskType::EgressAccess);
            let evidence = network.and_then(|of| of.evidence);
            let by_traffic = evidence == Some(posture_core::risk::EvidenceKind::Traffic);
            if !of.policies.is_empty() && !denied && by_traffic {
                let promised = report.score.map(|_| promised);
                let is_less = of.proof.awaiting_reconnect > 0 && of.proof.gain < promised;
                prop_assert!(of.proof.gain == promised || is_less, "{promised:?} {:?}", of.proof);
            }
        }
    }
}

/// A record is never judged unsecured under a recommendation for its namespace; and much is shown: what
/// is withheld holds every law.
#[test]
fn judges_agree() {
    let mut runner = proptest::test_runner::TestRunner::new(cases());
    let (all, much) = (Cell::new(0), Cell::new(0));
    let strategy = (
        any_input(),
        Just(Wanted {
            isolate: Isolate::Both,
            ..Wanted::default()
        }),
    );
    let held = runner.run(&strategy, |(input, wanted)| {
        let recommended = recommended(&input, &wanted);
        let after = applied(&input, &yaml(&recommended));
        let cluster = after.cluster();
        let engine = Engine::new(&cluster, input.method().policy_modes);
        let mut judge = Judge::new(&cluster, &engine, Evidence::Current);
        let shown = recommended
            .recommendations
            .iter()
            .filter(|of| !of.policies.is_empty());
        let shown: Vec<&str> = shown.map(|of| of.namespace.as_str()).collect();
        all.set(all.get() + recommended.recommendations.len());
        much.set(much.get() + shown.len());
        for record in &input.records {
            if let Ok(judgement) = judge.judge(record) {
                let namespace = judgement.edge.workload.namespace.as_ref();
                prop_assert!(!shown.contains(&namespace) || judgement.state != State::Unsecured);
            }
        }
        Ok(())
    });
    held.unwrap();
    let (all, much) = (all.get(), much.get());
    assert!(much > 20 && 2 * much > all, "{much} of {all} are shown");
}
