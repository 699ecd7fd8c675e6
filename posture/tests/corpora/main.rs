//! What others wrote: real files and the answers of other tools.
//!
//! The corpora are looked for in `../shared/corpora` beside the project, or where `POSTURE_CORPORA`
//! points; another tool where a variable of its own points. Where there are none, each test counts
//! as ignored.

mod cyclonus;
mod divergences;
mod flows;
mod hubble;
#[path = "../support/joined.rs"]
mod joined;
mod netpol_analyzer;
mod network_config_analyzer;
mod network_policy_api;
mod objects;
mod opened;
mod scans;
mod scores;
mod selectors;
mod space;
mod trivy;
mod world;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// A name, and what to run on the folder of the corpora.
type Test = (&'static str, fn(&Path));

const TESTS: [Test; 19] = [
    (
        "every_object_is_used_or_told_about",
        objects::every_object_is_used_or_told_about,
    ),
    (
        "results_survive_being_bytes",
        opened::results_survive_being_bytes,
    ),
    (
        "high_and_critical_counts_are_those_of_the_reports",
        trivy::high_and_critical_counts_are_those_of_the_reports,
    ),
    ("scans_of_every_tool", scans::scans_of_every_tool),
    ("selectors_of_calico", selectors::selectors_of_calico),
    ("verdicts_of_cyclonus", cyclonus::verdicts_of_cyclonus),
    (
        "connections_of_netpol_analyzer",
        netpol_analyzer::connections_of_netpol_analyzer,
    ),
    (
        "every_folder_of_netpol_analyzer",
        netpol_analyzer::every_folder_of_netpol_analyzer,
    ),
    ("forms_of_output", netpol_analyzer::forms_of_output),
    (
        "queries_of_network_config_analyzer",
        network_config_analyzer::queries_of_network_config_analyzer,
    ),
    (
        "conformance_of_network_policy_api",
        network_policy_api::conformance_of_network_policy_api,
    ),
    (
        "demos_of_network_policy_api",
        network_policy_api::demos_of_network_policy_api,
    ),
    (
        "manifests_of_network_policy_api",
        network_policy_api::manifests_of_network_policy_api,
    ),
    ("online_boutique", scores::online_boutique),
    ("minikube", scores::minikube),
    ("trivy_reports_alone", scores::trivy_reports_alone),
    ("calico_records", scores::calico_records),
    (
        "every_flow_log_is_read_or_refused",
        flows::every_flow_log_is_read_or_refused,
    ),
    ("flows_of_hubble", hubble::flows_of_hubble),
];

/// A name, the variable that has the path of another tool, and what to run with it.
type Live = (&'static str, &'static str, fn(&Path));

const LIVE: [Live; 1] = [(
    "made_up_clusters",
    "POSTURE_NCA",
    network_config_analyzer::live::made_up_clusters,
)];

fn main() -> ExitCode {
    let root = std::env::var_os("POSTURE_CORPORA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"),
        PathBuf::from,
    );
    let trial = |name, path: Option<PathBuf>, test: fn(&Path)| {
        let is_there = path.as_ref().is_some_and(|path| path.exists());
        let run = move || {
            test(&path.unwrap_or_default());
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!is_there)
    };
    let of_corpora = TESTS.map(|(name, test)| trial(name, Some(root.clone()), test));
    let live = LIVE.map(|(name, variable, test)| {
        let command = std::env::var_os(variable).map(PathBuf::from);
        trial(name, command, test)
    });
    let trials = of_corpora.into_iter().chain(live).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
