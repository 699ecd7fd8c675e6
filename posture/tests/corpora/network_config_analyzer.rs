//! Conformance of policy evaluation with the answers that network-config-analyzer expects to the
//! queries of its own Calico test cases.

mod generate;
pub(crate) mod live;
mod map;
mod queries;
mod scheme;

use std::collections::BTreeMap;
use std::path::Path;

use posture_core::model::Cluster;

use crate::divergences::Differences;
use crate::space::Space;
use crate::world::files;
use map::MapRule;
use scheme::{Configuration, Query, Scheme, is_named, without_kind};

const FOLDER: &str = "policy/network-config-analyzer/calico_testcases/example_policies";

pub(crate) fn queries_of_network_config_analyzer(root: &Path) {
    let mut tally = Tally {
        differences: Differences::from("network-config-analyzer"),
        compared: BTreeMap::new(),
        not_comparable: BTreeMap::new(),
    };
    for path in files(&root.join(FOLDER)) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.ends_with("scheme.yaml") {
            continue;
        }
        let scheme = Scheme::read(&path);
        let configurations = scheme.configurations();
        for query in &scheme.queries {
            tally.query(&name, &scheme, &configurations, query);
        }
    }
    println!("network-config-analyzer: queries by kind, compared and of those differing");
    for (kind, (compared, different)) in &tally.compared {
        println!("{compared:8} {different:3} {kind}");
    }
    println!("network-config-analyzer: queries that are not comparable");
    for ((kind, reason), times) in &tally.not_comparable {
        println!("{times:8} {kind}: {reason}");
    }
    tally.differences.settle();
}

struct Tally {
    differences: Differences,
    compared: BTreeMap<String, (u64, u64)>,
    not_comparable: BTreeMap<(String, String), u64>,
}

impl Tally {
    fn query(
        &mut self,
        scheme_name: &str,
        scheme: &Scheme,
        configurations: &BTreeMap<String, Configuration>,
        query: &Query,
    ) {
        let (kind, names) = query.kind();
        let found: Vec<Configuration> = names
            .iter()
            .map(|name| configuration(configurations, name))
            .collect();
        if kind == "connectivityMap" {
            return self.maps(scheme_name, scheme, query, names, &found);
        }
        let of_pods = query
            .expected
            .is_some_and(|expected| queries::is_of_each_end(kind, expected, names.len() as u64));
        match foreign(&found) {
            Some(reason) if reason != scheme::HOSTS || !of_pods => return self.skip(kind, &reason),
            _ => {}
        }
        let clusters: Vec<Cluster> = found.into_iter().map(|one| one.cluster).collect();
        let expected = match (kind, query.expected, query.expected_not_executed) {
            (_, _, 1..) => return self.skip(kind, "it is not meant to be answered"),
            ("semanticDiff", None, _) => Some(1),
            (_, expected, _) => expected,
        };
        let asked = if kind == "semanticDiff" {
            "equivalence"
        } else {
            kind
        };
        match (expected, queries::answer(asked, &clusters)) {
            (None, _) => self.skip(kind, "no answer is expected"),
            (_, None) => self.skip(kind, "it asks for more than what goes through"),
            (Some(expected), Some(ours)) => {
                let what = format!("{kind} {}", query.name);
                let detail = || format!("{ours}, expected {expected}");
                self.compare(kind, scheme_name, &what, ours == expected, detail);
            }
        }
    }

    fn maps(
        &mut self,
        scheme_name: &str,
        scheme: &Scheme,
        query: &Query,
        names: &[String],
        found: &[Configuration],
    ) {
        let kind = "connectivityMap";
        let Some(file) = &query.expected_output else {
            return self.skip(kind, "no answer is expected");
        };
        let with_v6 = query.output_configuration.get("excludeIPv6Range") == Some(&false.into());
        let maps = map::maps(&scheme.text(file));
        for (name, found) in names.iter().zip(found) {
            if let Some(reason) = foreign(std::slice::from_ref(found)) {
                self.skip(kind, &reason);
                continue;
            }
            let map = maps
                .iter()
                .find(|(config, _)| *config == without_kind(name));
            let Some((_, Some(rules))) = map else {
                self.skip(kind, "no map of layer 4 is expected");
                continue;
            };
            let what = format!("{kind} {} {name}", query.name);
            let wrong = differing(&found.cluster, rules, with_v6);
            let detail = || wrong.join(", ");
            self.compare(kind, scheme_name, &what, wrong.is_empty(), detail);
        }
    }

    fn compare(
        &mut self,
        kind: &str,
        scheme: &str,
        what: &str,
        same: bool,
        detail: impl FnOnce() -> String,
    ) {
        let (compared, different) = self.compared.entry(kind.to_owned()).or_default();
        *compared += 1;
        *different += u64::from(!same);
        if !same {
            self.differences.meet(scheme, what, detail);
        }
    }

    fn skip(&mut self, kind: &str, reason: &str) {
        let key = (kind.to_owned(), reason.to_owned());
        *self.not_comparable.entry(key).or_default() += 1;
    }
}

/// A configuration, or one of its policies alone: `config/namespace/policy`.
fn configuration(configurations: &BTreeMap<String, Configuration>, name: &str) -> Configuration {
    let (config, policy) = match name.split_once('/') {
        Some((config, policy)) => (config, Some(policy)),
        None => (name, None),
    };
    let mut found = configurations
        .get(config)
        .unwrap_or_else(|| panic!("no configuration {config}"))
        .clone();
    if let Some(wanted) = policy {
        let of_cluster = &mut found.cluster.policies;
        of_cluster.retain(|policy| is_named(policy, wanted));
        found
            .foreign
            .retain(|kind| *kind != "Ingress" && *kind != "Istio");
        if found.cluster.policies.len() != 1 {
            found.foreign.push("a policy of another kind");
        }
    }
    found
}

fn foreign(found: &[Configuration]) -> Option<String> {
    let mut kinds: Vec<&str> = found.iter().flat_map(|one| one.foreign.clone()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    (!kinds.is_empty()).then(|| kinds.join(", "))
}

/// The first places where the rules of a map and the policies of a cluster do not say the same.
fn differing(cluster: &Cluster, rules: &[MapRule], with_v6: bool) -> Vec<String> {
    let space = Space::of(&[cluster]);
    let world = queries::world(cluster);
    let is_v6 = |place| {
        space
            .address(place)
            .is_some_and(|address| address.is_ipv6())
    };
    let mut wrong = Vec::new();
    map::compare(&space, &world, rules, &mut |(from, to), probe, through| {
        if wrong.len() < 5 && (with_v6 || !(is_v6(from) || is_v6(to))) {
            let (from, to) = (space.name(from), space.name(to));
            wrong.push(format!("{from} => {to} {probe:?}: {through}"));
        }
    });
    wrong
}
