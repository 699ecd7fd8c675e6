//! Hours that are over are tallied once, and nothing tells but the time that it takes.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cycle::{expected, objects};
use super::start::{NOON, Service, file, folder};

const HOUR: i64 = 3600;

/// The flow log of the example cluster, in parts.
fn parts() -> Vec<Vec<u8>> {
    let log = file("boutique/flows.jsonl");
    let lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    lines.chunks(50).map(<[&[u8]]>::concat).collect()
}

fn deliver(service: &Service, part: &[u8]) {
    service
        .client
        .post("/clusters/east/flows", part)
        .expect(200);
}

fn bring(service: &Service, objects: &[u8]) {
    service
        .client
        .post("/clusters/east/objects", objects)
        .expect(200);
}

fn result(service: &Service) -> Value {
    service
        .client
        .get("/clusters/east/result")
        .expect(200)
        .json()
}

/// The hours of which a tally is kept, counted from noon.
fn kept(folder: &Path) -> Vec<i64> {
    let database = rusqlite::Connection::open(folder.join("service.db")).unwrap();
    let mut hours = database
        .prepare("SELECT hour FROM tally ORDER BY hour")
        .unwrap();
    let hours = hours
        .query_map([], |row| Ok(row.get::<_, i64>(0)? - NOON / HOUR))
        .unwrap();
    hours.map(Result::unwrap).collect()
}

/// Waits until what is over is forgotten, and no records but these are kept.
fn until_kept(service: &Service, log: &[u8]) {
    let records = log.split_inclusive(|byte| *byte == b'\n').count();
    let begun = Instant::now();
    while service.client.get("/clusters/east").expect(200).json()["flows"]["records"] != records {
        assert!(begun.elapsed() < Duration::from_mins(1));
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_result_is_that_of_reading_all_anew() {
    let folder = folder();
    let service = Service::start(folder.path());
    let (parts, all) = (parts(), objects());
    assert_eq!(parts.len(), 7);
    bring(&service, &all);
    service.points("east", 1);
    let (mut now, mut log) = (NOON, Vec::new());
    let mut check = |seconds: i64, log: &[u8], objects: &[u8], hours: &[i64]| {
        service.pass(seconds);
        now += seconds;
        until_kept(&service, log);
        service.run("east");
        let result = service.client.get("/clusters/east/result").expect(200);
        assert_eq!(result.body, expected(&service, now, objects, &[], log));
        assert_eq!(kept(folder.path()), hours);
    };
    // 12:20, 12:40, 13:00, 13:20, ...: the hour that goes on is not kept
    let expected_hours: [&[i64]; 7] = [&[], &[], &[0], &[0], &[0], &[0, 1], &[0, 1]];
    for (part, hours) in parts.iter().zip(expected_hours) {
        deliver(&service, part);
        log.extend_from_slice(part);
        check(HOUR / 3, &log, &all, hours);
    }
    // Other objects: every hour is read anew. The same again: once more.
    let fewer = file("boutique/objects.json");
    bring(&service, &fewer);
    check(HOUR, &log, &fewer, &[0, 1, 2]);
    bring(&service, &all);
    check(HOUR, &log, &all, &[0, 1, 2]);
    // A day after noon the first part is forgotten, and the rest of its hour is read anew.
    let left = 24 * HOUR + 60 - (7 * HOUR / 3 + 2 * HOUR);
    check(left, &parts[1..].concat(), &all, &[0, 1, 2]);
    service.stop();
}

/// What was told of flow logs is told again.
#[test]
fn issues_are_those_of_reading_all_anew() {
    let folder = folder();
    let service = Service::start(folder.path());
    bring(&service, &objects());
    service.points("east", 1);
    for part in parts() {
        deliver(
            &service,
            &[b"no record\n", part.as_slice(), b"{\"start_time\": 1}\n"].concat(),
        );
        service.pass(HOUR / 2);
    }
    service.run("east");
    let read = result(&service);
    assert!(read["issues"].as_array().unwrap().len() > 7, "{read}");
    service.pass(1);
    service.run("east");
    let kept_of_it = result(&service);
    assert!(!kept(folder.path()).is_empty());
    service.stop();

    // Another process knows of no tally, and reads anew.
    let service = Service::start_with(folder.path(), NOON + 4 * HOUR, |config| config);
    service.client.get("/readyz").expect(204);
    assert!(kept(folder.path()).is_empty());
    service.run("east");
    let anew = result(&service);
    for key in [
        "issues",
        "coverage",
        "types",
        "namespaces",
        "actions",
        "window",
    ] {
        // one value is of the present
        let of = |result: &Value| {
            let mut value = result[key].clone();
            value
                .as_object_mut()
                .map(|value| value.remove("newest_record_age"));
            value
        };
        assert_eq!(of(&kept_of_it), of(&read), "{key}");
        assert_eq!(of(&anew), of(&read), "{key}");
    }
    service.stop();
}

/// Where the deliveries of an hour cannot be read any more, its tally is what tells of them.
#[test]
fn hours_that_are_over_are_not_read_again() {
    let folder = folder();
    let service = Service::start(folder.path());
    bring(&service, &objects());
    service.points("east", 1);
    deliver(&service, &file("boutique/flows.jsonl"));
    service.pass(HOUR);
    service.run("east");
    let records = |service: &Service| result(service)["coverage"]["records"]["total"].clone();
    assert_eq!(records(&service), 301);
    let database = rusqlite::Connection::open(folder.path().join("service.db")).unwrap();
    database.execute("DELETE FROM part", []).unwrap();
    service.pass(1);
    service.run("east");
    assert_eq!(records(&service), 301);
    bring(&service, &file("boutique/objects.json"));
    service.pass(1);
    service.run("east");
    assert_eq!(records(&service), 0);
    service.stop();
}
