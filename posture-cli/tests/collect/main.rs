//! `posture collect`, from a `kubectl` and a Whisker that serve files: those of the examples, and real ones.
//!
//! The corpora are looked for in `../shared/corpora` beside the project, or where `POSTURE_CORPORA` points.
//! Where there are none, their tests count as ignored.

#[cfg(unix)]
mod cluster;
#[path = "../common/mod.rs"]
mod common;
#[cfg(unix)]
mod corpora;
#[cfg(unix)]
mod examples;
#[cfg(unix)]
mod whisker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// A name, and what to run on the folder of the corpora.
type OfCorpora = (&'static str, fn(&Path));

#[cfg(unix)]
const TESTS: [(&str, fn()); 15] = [
    (
        "what_does_not_answer_is_not_taken_as_absent",
        examples::what_does_not_answer_is_not_taken_as_absent,
    ),
    (
        "a_failure_that_names_no_group_is_about_all_that_is_not_known",
        examples::a_failure_that_names_no_group_is_about_all_that_is_not_known,
    ),
    (
        "policies_of_tiers_that_may_not_be_listed_are_unknown",
        examples::policies_of_tiers_that_may_not_be_listed_are_unknown,
    ),
    (
        "what_is_collected_has_the_same_score",
        examples::what_is_collected_has_the_same_score,
    ),
    (
        "the_same_cluster_makes_the_same_bytes",
        examples::the_same_cluster_makes_the_same_bytes,
    ),
    (
        "kubectl_is_asked_to_read_and_nothing_else",
        examples::kubectl_is_asked_to_read_and_nothing_else,
    ),
    ("secrets_do_not_leave", examples::secrets_do_not_leave),
    (
        "no_policies_is_told_from_not_asked",
        examples::no_policies_is_told_from_not_asked,
    ),
    (
        "without_a_cluster_one_line_says_what_is_missing",
        examples::without_a_cluster_one_line_says_what_is_missing,
    ),
    (
        "archives_are_not_replaced_unasked",
        examples::archives_are_not_replaced_unasked,
    ),
    (
        "pseudonyms_keep_the_score_and_no_name",
        examples::pseudonyms_keep_the_score_and_no_name,
    ),
    (
        "flows_of_whisker_page_after_page",
        examples::flows_of_whisker_page_after_page,
    ),
    (
        "whisker_without_flows_and_whisker_that_fails",
        examples::whisker_without_flows_and_whisker_that_fails,
    ),
    (
        "the_manifest_allows_what_is_asked",
        examples::the_manifest_allows_what_is_asked,
    ),
    (
        "the_job_runs_what_the_container_file_builds",
        examples::the_job_runs_what_the_container_file_builds,
    ),
];

#[cfg(unix)]
const OF_CORPORA: [OfCorpora; 2] = [
    (
        "real_objects_have_the_same_score",
        corpora::real_objects_have_the_same_score,
    ),
    (
        "real_traces_of_whisker_are_kept",
        corpora::real_traces_of_whisker_are_kept,
    ),
];

/// The fake `kubectl` is a script.
#[cfg(not(unix))]
const TESTS: [(&str, fn()); 0] = [];
#[cfg(not(unix))]
const OF_CORPORA: [OfCorpora; 0] = [];

fn main() -> ExitCode {
    let root = std::env::var_os("POSTURE_CORPORA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"),
        PathBuf::from,
    );
    let always = TESTS.map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    let of_corpora = OF_CORPORA.map(|(name, test)| {
        let (is_there, root) = (root.exists(), root.clone());
        let run = move || {
            test(&root);
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!is_there)
    });
    let trials = always.into_iter().chain(of_corpora).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
