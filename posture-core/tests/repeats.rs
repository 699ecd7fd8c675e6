//! What readers of columns rely on: records that are judged alike may be judged once, and labels that
//! are not asked for may be left out.

mod common;

use std::collections::BTreeMap;

use common::any_input;
use posture_core::engine::Engine;
use posture_core::judge::{Judge, Judgement, Sorts, Unjudged};
use posture_core::model::{End, EndKind, Record};
use posture_core::tally::{Repeats, Sums, Tally};
use proptest::prelude::*;

/// Everything of a record but its times, its sums, and which of the addresses at a network that are
/// judged alike it has.
fn kind(record: &Record<'_>, sorts: &Sorts<'_>) -> String {
    let end = |end: &End<'_>| {
        let address = match (end.kind, end.address) {
            (EndKind::Network, Some(address)) => format!("{:?}", sorts.of(address)),
            (_, address) => format!("{address:?}"),
        };
        let End {
            kind,
            namespace,
            name,
            aggregate,
            port,
            labels,
            ..
        } = end;
        format!("{kind:?} {namespace:?} {name:?} {aggregate:?} {port:?} {labels:?} {address}")
    };
    let Record {
        action,
        reporter,
        protocol,
        service,
        domains,
        traces,
        ..
    } = record;
    let (source, destination) = (end(&record.source), end(&record.destination));
    format!(
        "{action:?} {reporter:?} {protocol:?} {service:?} {domains:?} {traces:?} {source} {destination}"
    )
}

fn without_labels(record: &Record<'static>) -> Record<'static> {
    let mut record = record.clone();
    record.source.labels = None;
    record.destination.labels = None;
    record
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn alike_records_are_judged_once(input in any_input(), times in prop::collection::vec(0..3_usize, 64)) {
        let cluster = input.cluster();
        let method = input.method();
        let engine = Engine::new(&cluster, method.policy_modes);
        let sorts = Sorts::new(&cluster, &engine);
        let (mut judge, mut one_by_one) = (Judge::new(&cluster, &engine, method.evidence), Tally::default());
        let mut kinds: BTreeMap<String, (Result<Judgement, Unjudged>, Repeats)> = BTreeMap::new();
        let repeated = input.records.iter().zip(times.iter().cycle());
        for (record, at) in repeated.flat_map(|(record, times)| (0..*times).map(move |at| (record, at))) {
            let mut record = record.clone();
            record.end += i64::try_from(at).unwrap() * 10;
            let judged = judge.judge(&record);
            one_by_one.add(&record, judged.clone());
            let (known, repeats) = kinds.entry(kind(&record, &sorts)).or_insert_with(|| {
                let mut repeats = Repeats::of(record.action);
                repeats.add_domains(&record);
                (judged.clone(), repeats)
            });
            prop_assert_eq!(&judged, &*known);
            repeats.add(Sums::of(&record));
            if let Ok(judgement) = &judged && let Some(address) = judgement.remote(&record).address {
                repeats.add_address(address);
            }
        }
        let mut tally = Tally::default();
        for (judged, repeats) in kinds.into_values() {
            tally.add_repeated(judged.as_ref().map_err(|why| *why), repeats);
        }
        prop_assert_eq!(tally.to_bytes(), one_by_one.to_bytes());
    }

    #[test]
    fn labels_are_asked_for_where_they_count(input in any_input()) {
        let cluster = input.cluster();
        let method = input.method();
        let engine = Engine::new(&cluster, method.policy_modes);
        let mut judge = Judge::new(&cluster, &engine, method.evidence);
        for record in &input.records {
            let without = without_labels(record);
            prop_assert_eq!(judge.asks_labels(record), judge.asks_labels(&without));
            if !judge.asks_labels(&without) {
                prop_assert_eq!(judge.judge(&without), judge.judge(record), "{:?}", record);
            }
        }
    }
}
