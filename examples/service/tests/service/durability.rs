//! What was acknowledged is on the disk, whatever happens.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::client::Client;
use super::start::{Program, Service, file, folder};

/// How many times the program is killed.
const KILLS: u64 = 50;

/// How many senders there are.
const SENDERS: u64 = 4;

/// What was sent: by key, whether it was acknowledged.
type Sent = BTreeMap<String, bool>;

/// Sends deliveries until the connection breaks.
fn send(client: &Client, sender: u64, round: u64, sent: &Mutex<Sent>) {
    let (small, line) = (file("tiny/flows.jsonl"), file("tiny/flows.jsonl"));
    // Every third delivery has many parts.
    let large = line.repeat(3 * (1 << 20) / line.len());
    for number in 0.. {
        let key = format!("{sender}-{round}-{number}");
        let body = if number % 3 == 2 { &large } else { &small };
        sent.lock().unwrap().insert(key.clone(), false);
        let answer = client.send("/clusters/tiny/flows", &[("idempotency-key", &key)], body);
        match answer {
            Some(answer) if answer.status == 200 => {
                sent.lock().unwrap().insert(key, true);
            }
            _ => return,
        }
    }
}

#[test]
fn killed_fifty_times_nothing_acknowledged_is_lost() {
    let folder = folder();
    let sent = Mutex::new(Sent::new());
    for round in 0..KILLS {
        let mut program = Program::start(folder.path());
        thread::scope(|scope| {
            for sender in 0..SENDERS {
                let (client, sent) = (&program.client, &sent);
                scope.spawn(move || send(client, sender, round, sent));
            }
            // In the middle of writes, each time elsewhere.
            let of_round = format!("-{round}-");
            let is_answered =
                |(key, answered): (&String, &bool)| *answered && key.contains(&of_round);
            let begun = Instant::now();
            while !sent.lock().unwrap().iter().any(is_answered) {
                assert!(
                    begun.elapsed() < Duration::from_mins(1),
                    "nothing is acknowledged"
                );
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(round * 37 % 160));
            program.child.kill().unwrap();
            program.child.wait().unwrap();
        });
    }
    let sent = sent.into_inner().unwrap();
    let acknowledged = sent.values().filter(|acknowledged| **acknowledged).count();
    assert!(
        acknowledged as u64 >= KILLS,
        "{acknowledged} of {}",
        sent.len()
    );

    let mut program = Program::start(folder.path());
    let kept = kept(folder.path());
    for (key, acknowledged) in &sent {
        assert!(!acknowledged || kept.contains_key(key), "{key} is lost");
    }
    for (key, records) in &kept {
        assert!(sent.contains_key(key), "{key} was never sent");
        assert!(
            *records == 5 || (*records % 5 == 0 && *records > 1000),
            "{key} is kept in part: {records}"
        );
    }
    // Who was not answered sends again, and nothing counts twice.
    let unknown: Vec<&String> = sent
        .iter()
        .filter(|(_, acknowledged)| !**acknowledged)
        .map(|(key, _)| key)
        .collect();
    for key in unknown.iter().take(8) {
        let number: u64 = key.rsplit('-').next().unwrap().parse().unwrap();
        let (small, line) = (file("tiny/flows.jsonl"), file("tiny/flows.jsonl"));
        let body = if number % 3 == 2 {
            line.repeat(3 * (1 << 20) / line.len())
        } else {
            small
        };
        let answer = program
            .client
            .send("/clusters/tiny/flows", &[("idempotency-key", key)], &body)
            .unwrap()
            .expect(200);
        let is_replayed = answer.header("idempotency-replayed") == "true";
        assert_eq!(is_replayed, kept.contains_key(*key), "{key}");
    }
    program.child.kill().unwrap();
    program.child.wait().unwrap();
    println!(
        "{acknowledged} deliveries were acknowledged, {} sent, {} kept",
        sent.len(),
        kept.len()
    );
}

/// The records of each delivery that counts, by key.
fn kept(folder: &std::path::Path) -> BTreeMap<String, i64> {
    let database = rusqlite::Connection::open(folder.join("service.db")).unwrap();
    let mut statement = database
        .prepare("SELECT key, records FROM delivery WHERE complete = 1")
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_same_delivery_counts_once() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    let deliver = |key: &str, body: &[u8]| {
        client
            .send("/clusters/tiny/flows", &[("idempotency-key", key)], body)
            .unwrap()
    };
    let first = deliver("one", &file("tiny/flows.jsonl")).expect(200);
    let again = deliver("one", &file("tiny/flows.jsonl")).expect(200);
    assert_eq!(first.body, again.body);
    assert_eq!(
        (
            first.header("idempotency-replayed"),
            again.header("idempotency-replayed")
        ),
        ("", "true")
    );
    deliver("one", &file("boutique/flows.jsonl")).expect(422);
    deliver("two", &file("tiny/flows.jsonl")).expect(200);
    assert_eq!(
        client.get("/clusters/tiny").expect(200).json()["flows"]["records"],
        10
    );
    // A key is of a cluster.
    let other = client.send(
        "/clusters/other/flows",
        &[("idempotency-key", "one")],
        &file("tiny/flows.jsonl"),
    );
    assert_eq!(
        other.unwrap().expect(200).header("idempotency-replayed"),
        ""
    );
    service.stop();
}

#[test]
fn who_is_asked_to_end_finishes_what_is_under_way() {
    let folder = folder();
    let mut program = Program::start(folder.path());
    let sent = Mutex::new(Sent::new());
    thread::scope(|scope| {
        let (client, sent) = (&program.client, &sent);
        scope.spawn(move || send(client, 0, 0, sent));
        let begun = Instant::now();
        while !sent.lock().unwrap().values().any(|answered| *answered) {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "nothing is acknowledged"
            );
            thread::sleep(Duration::from_millis(1));
        }
        let pid = program.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        assert!(program.child.wait().unwrap().success());
    });
    let kept = kept(folder.path());
    let sent = sent.into_inner().unwrap();
    assert!(!kept.is_empty());
    for (key, acknowledged) in sent {
        assert_eq!(acknowledged, kept.contains_key(&key), "{key}");
    }
    assert!(
        !folder.path().join("service.db-wal").exists(),
        "the database was not closed"
    );
}
