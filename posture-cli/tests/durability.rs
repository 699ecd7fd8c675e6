//! A history under load and under fire: nothing that was acknowledged is lost.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use common::{folder_of, posture, times};

/// How many processes write at once.
const WRITERS: usize = 8;

/// How many processes of each are killed.
const EACH: usize = 25;

/// How many processes are killed.
const KILLS: usize = EACH * WRITERS;

fn fresh(test: &str) -> String {
    let folder = folder_of(test).join("data");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    folder.join("history.db").to_str().unwrap().to_owned()
}

/// The `n`th time.
fn time(n: usize) -> String {
    format!(
        "2026-11-20T{:02}:{:02}:{:02}Z",
        n / 3600,
        n / 60 % 60,
        n % 60
    )
}

#[test]
fn writers_at_once_lose_nothing() {
    let history = fresh("writers");
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let history = &history;
            scope.spawn(move || {
                for round in 0..4 {
                    let at = time(writer * 100 + round);
                    let fixed = [
                        "score",
                        "--record",
                        "--history",
                        history,
                        "--now",
                        &at,
                        "tiny/objects.yaml",
                    ];
                    let output = posture(&fixed).output().unwrap();
                    assert_eq!(output.status.code(), Some(0), "{output:?}");
                }
            });
        }
    });
    assert_eq!(times(&history).len(), 4 * WRITERS);
}

#[test]
fn killed_writers_lose_nothing_that_was_acknowledged() {
    let history = fresh("killed");
    let start = &|n: usize| {
        let at = time(n);
        let fixed = [
            "score",
            "--record",
            "--history",
            &history,
            "--now",
            &at,
            "tiny/objects.yaml",
        ];
        let mut command = posture(&fixed);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    // the first ones live, and tell how long a life is
    let begun = Instant::now();
    for n in 0..3 {
        assert!(start(n).wait().unwrap().success());
    }
    let life = begun.elapsed() / 3;
    let kill = &|n: usize| -> Option<String> {
        let mut child = start(n);
        // spread over a life, and that of one among others
        let share = u32::try_from(20 + n * 37 % 200).unwrap();
        thread::sleep(life * share / 100);
        child.kill().unwrap();
        let mut said = String::new();
        let mut stderr = child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        let is_acknowledged = said.starts_with("recorded: ") && said.ends_with('\n');
        is_acknowledged.then(|| time(n))
    };
    let killed: Vec<Option<String>> = thread::scope(|scope| {
        let of = |writer: usize| 3 + writer * EACH..3 + (writer + 1) * EACH;
        let writers = (0..WRITERS)
            .map(|writer| scope.spawn(move || of(writer).map(kill).collect::<Vec<_>>()));
        let writers: Vec<_> = writers.collect();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    assert_eq!(killed.len(), KILLS);
    let unacknowledged = killed.iter().filter(|at| at.is_none()).count();
    let acknowledged: BTreeSet<String> = (0..3)
        .map(time)
        .chain(killed.into_iter().flatten())
        .collect();
    let recorded: BTreeSet<String> = times(&history).into_iter().collect();
    let lost: Vec<&String> = acknowledged.difference(&recorded).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(
        acknowledged.len() > 3 && unacknowledged > 0,
        "kills fall on both sides of the write"
    );
    // and it is still of use
    assert!(start(KILLS + 3).wait().unwrap().success());
}
