//! What others wrote: real files and the answers of other tools.
//!
//! The corpora are looked for in `../shared/corpora` beside the project, or where `POSTURE_CORPORA`
//! points. Where there are none, each test counts as ignored.

mod cyclonus;
mod objects;
mod scores;
mod trivy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// A name, and what to run on the folder of the corpora.
type Test = (&'static str, fn(&Path));

const TESTS: [Test; 7] = [
    (
        "every_object_is_used_or_told_about",
        objects::every_object_is_used_or_told_about,
    ),
    (
        "high_and_critical_counts_are_those_of_the_reports",
        trivy::high_and_critical_counts_are_those_of_the_reports,
    ),
    ("verdicts_of_cyclonus", cyclonus::verdicts_of_cyclonus),
    ("online_boutique", scores::online_boutique),
    ("minikube", scores::minikube),
    ("trivy_reports_alone", scores::trivy_reports_alone),
    ("calico_records", scores::calico_records),
];

fn main() -> ExitCode {
    let root = std::env::var_os("POSTURE_CORPORA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"),
        PathBuf::from,
    );
    let trial = |(name, test): Test| {
        let folder = root.clone();
        let run = move || {
            test(&folder);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!root.is_dir())
    };
    let trials = TESTS.map(trial).into();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
