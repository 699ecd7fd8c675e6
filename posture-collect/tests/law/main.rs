//! Of every object of the examples and of the corpora, what is kept is read as all of it is, and what is
//! not kept is not there.
//!
//! The corpora are looked for in `../shared/corpora` beside the project, or where `POSTURE_CORPORA`
//! points. Where there are none, those tests count as ignored.

mod canary;
mod clusters;
mod documents;
mod names;
mod pseudonyms;
mod rows;
mod same;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// A name, and what to run on a folder.
type Test = (&'static str, fn(&Path));

const TESTS: [Test; 4] = [
    (
        "rows_are_read_as_their_records",
        rows::rows_are_read_as_their_records,
    ),
    (
        "what_is_kept_is_read_as_all_of_it",
        same::what_is_kept_is_read_as_all_of_it,
    ),
    (
        "what_is_not_used_does_not_pass",
        canary::what_is_not_used_does_not_pass,
    ),
    (
        "names_are_replaced_and_the_score_stays",
        pseudonyms::names_are_replaced_and_the_score_stays,
    ),
];

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpora = std::env::var_os("POSTURE_CORPORA")
        .map_or_else(|| root.join("../../shared/corpora"), PathBuf::from);
    let folders = [
        ("examples", root.join("../examples/clusters")),
        ("cases", root.join("../cases")),
        ("corpora", corpora),
    ];
    let trials = folders.iter().flat_map(|(of, folder)| {
        TESTS.map(|(name, test)| {
            let (is_there, folder) = (folder.exists(), folder.clone());
            let run = move || {
                test(&folder);
                Ok(())
            };
            Trial::test(format!("{of}::{name}"), run).with_ignored_flag(!is_there)
        })
    });
    let made_up = Trial::test("made_up::names_are_replaced_and_the_score_stays", || {
        pseudonyms::of_made_up_clusters();
        Ok(())
    });
    let any = Trial::test("any::names_are_replaced_and_the_score_stays", || {
        pseudonyms::of_any_cluster();
        Ok(())
    });
    let trials = trials.chain([made_up, any]).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
