//! Scheduled runs, by a clock of the test.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::start::{NOON, Service, file, folder};

const HOUR: i64 = 3600;

#[test]
fn a_cluster_is_scored_when_it_comes_and_each_day() {
    let folder = folder();
    let service = Service::start(folder.path());
    service
        .client
        .post("/clusters/tiny/objects", &file("tiny/objects.yaml"))
        .expect(200);
    assert_eq!(service.points("tiny", 1), ["2026-11-20T12:00:00Z"]);
    // On demand in between: the next one is due a day after that.
    service.pass(HOUR);
    service.run("tiny");
    service.pass(24 * HOUR - 1);
    sleep(Duration::from_millis(200));
    let all = [
        "2026-11-20T12:00:00Z",
        "2026-11-20T13:00:00Z",
        "2026-11-21T13:00:00Z",
    ];
    assert_eq!(service.points("tiny", 2), all[..2]);
    service.pass(1);
    assert_eq!(service.points("tiny", 3), all);
    service.stop();

    // A restart is no reason to score again.
    let service = Service::start_with(folder.path(), NOON + 25 * HOUR, |config| config);
    sleep(Duration::from_millis(200));
    assert_eq!(service.points("tiny", 3), all);
    service.stop();
}

#[test]
fn flow_logs_are_forgotten_after_their_window() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    client
        .post("/clusters/tiny/objects", &file("tiny/objects.yaml"))
        .expect(200);
    service.points("tiny", 1);
    client
        .post("/clusters/tiny/flows", &file("tiny/flows.jsonl"))
        .expect(200);
    service.pass(HOUR);
    client
        .post("/clusters/tiny/flows", &file("tiny/flows.jsonl"))
        .expect(200);
    let records = || {
        client.get("/clusters/tiny").expect(200).json()["flows"]["records"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(records(), 10);
    service.pass(23 * HOUR + 1);
    let begun = Instant::now();
    while records() > 5 {
        assert!(begun.elapsed() < Duration::from_mins(1));
        sleep(Duration::from_millis(10));
    }
    service.points("tiny", 2);
    assert_eq!(records(), 5);
    service.pass(1);
    service.run("tiny");
    let result = client.get("/clusters/tiny/result").expect(200).json();
    assert_eq!(result["coverage"]["records"]["total"], 5);
    service.stop();
}
