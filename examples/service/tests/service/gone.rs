//! Clients that go away, and what they leave.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::client::WRITE;
use super::start::{NOON, Service, file, folder, small};

/// Begins a request, and goes away without waiting for the answer.
fn go(service: &Service, route: &str, headers: &str, body: &[u8]) {
    let address = service.client.address().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /clusters/tiny/{route} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {WRITE}\r\n{headers}\r\n"
    )
    .unwrap();
    stream.write_all(body).unwrap();
    stream.shutdown(Shutdown::Both).unwrap();
}

/// More of them than there are turns, of every kind.
#[test]
fn who_goes_away_leaves_its_turn() {
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, small);
    let client = &service.client;
    client
        .post("/clusters/tiny/objects", &file("tiny/objects.yaml"))
        .expect(200);
    for (route, headers, count) in [
        ("flows", "content-length: 1000\r\n", 40),
        ("objects", "content-length: 1000\r\n", 4),
        ("scans/a", "content-length: 1000\r\n", 4),
        ("runs", "content-length: 0\r\n", 4),
    ] {
        for _ in 0..count {
            let body: &[u8] = if route == "runs" {
                b""
            } else {
                b"{\"start_time\": "
            };
            go(&service, route, headers, body);
        }
    }
    for (route, body) in [
        ("flows", "tiny/flows.jsonl"),
        ("objects", "tiny/objects.yaml"),
    ] {
        client
            .post(&format!("/clusters/tiny/{route}"), &file(body))
            .expect(200);
    }
    service.points("tiny", 1);
    service.pass(1);
    service.run("tiny");
    service.stop();
}

/// A key is free again when its delivery has failed, whatever was on the disk of it by then.
#[test]
fn a_delivery_that_failed_does_not_block_its_key() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    let deliver = |key: &str, body: &[u8]| {
        client
            .send("/clusters/tiny/flows", &[("idempotency-key", key)], body)
            .unwrap()
    };
    deliver("garbage", b"no flows at all").expect(422);
    deliver("garbage", &file("tiny/flows.jsonl")).expect(200);

    let lines = file("tiny/flows.jsonl");
    let many = lines.repeat((3 << 20) / lines.len());
    let length = many.len() + 1;
    let headers = format!("idempotency-key: half\r\ncontent-length: {length}\r\n");
    go(&service, "flows", &headers, &many);
    let begun = Instant::now();
    let answer = loop {
        let answer = deliver("half", &lines);
        if answer.status != 409 {
            break answer.expect(200);
        }
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the key is blocked"
        );
        sleep(Duration::from_millis(10));
    };
    assert_eq!(answer.header("idempotency-replayed"), "");
    let kept = client.get("/clusters/tiny").expect(200).json();
    assert_eq!(kept["flows"]["records"], 10);
    assert_eq!(kept["flows"]["deliveries"], 2);
    service.stop();
}

/// Whoever asks for what is not there makes nothing grow, nor do clusters that come and go.
#[test]
fn metrics_tell_of_clusters_that_are_there() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    client.post("/clusters/nowhere/runs", b"").expect(409);
    client
        .post("/clusters/nowhere/flows", b"no flows")
        .expect(422);
    client.get("/clusters/nowhere/result").expect(404);
    client
        .post("/clusters/tiny/objects", &file("tiny/objects.yaml"))
        .expect(200);
    client
        .post("/clusters/tiny/flows", &file("tiny/flows.jsonl"))
        .expect(200);
    service.points("tiny", 1);
    service.pass(1);
    service.run("tiny");
    let told = client.get("/metrics").expect(200).body;
    for metric in [
        "deliveries",
        "flow_records",
        "runs",
        "run_seconds_count",
        "score",
    ] {
        let of_tiny = |line: &str| {
            line.starts_with(&format!("posture_{metric}")) && line.contains("cluster=\"tiny\"")
        };
        assert!(told.lines().any(of_tiny), "{metric}: {told}");
    }
    assert!(!told.contains("nowhere"), "{told}");
    client.delete("/clusters/tiny").expect(204);
    let told = client.get("/metrics").expect(200).body;
    assert!(!told.contains("tiny"), "{told}");
    service.stop();
}
