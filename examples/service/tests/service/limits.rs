//! What is too much.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::client::WRITE;
use super::start::{NOON, Service, file, folder, small};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Flow logs of so many bytes at least.
fn flows(size: usize) -> Vec<u8> {
    let lines = file("tiny/flows.jsonl");
    lines
        .iter()
        .copied()
        .cycle()
        .take(size.div_ceil(lines.len()) * lines.len())
        .collect()
}

#[test]
fn bodies_that_are_too_large_are_refused_whether_packed_or_not() {
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, small);
    let client = &service.client;
    let objects = [file("tiny/objects.yaml"), b"\n# ".repeat(30 << 10)].concat();
    for (route, body) in [("objects", objects), ("flows", flows(4 << 20))] {
        let path = format!("/clusters/tiny/{route}");
        let plain = client.post(&path, &body);
        assert_eq!(plain.status, 413, "{plain:?}");
        let packed = client.post(&path, &gzip(&body));
        assert_eq!(packed.status, 413, "{packed:?}");
    }
    assert_eq!(
        client.get("/clusters").expect(200).json()["clusters"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    service.stop();
}

#[test]
fn bodies_in_many_parts_are_one_delivery() {
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, small);
    let client = &service.client;
    let body = flows(5 << 19);
    let lines = body.split(|byte| *byte == b'\n').count() - 1;
    for (body, count) in [(body.clone(), 1), (gzip(&body), 2)] {
        assert_eq!(
            client
                .post("/clusters/tiny/flows", &body)
                .expect(200)
                .json()["records"],
            lines
        );
        let kept = client.get("/clusters/tiny").expect(200).json();
        assert_eq!(kept["flows"]["records"], count * lines);
        assert_eq!(kept["flows"]["deliveries"], count);
    }
    // All of them are tallied.
    client
        .post("/clusters/tiny/objects", &file("tiny/objects.yaml"))
        .expect(200);
    service.points("tiny", 1);
    service.pass(1);
    service.run("tiny");
    let result = client.get("/clusters/tiny/result").expect(200).json();
    assert_eq!(result["coverage"]["records"]["total"], 2 * lines);
    service.stop();
}

#[test]
fn there_are_no_more_clusters_than_may_be() {
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, small);
    let client = &service.client;
    for cluster in ["a", "b"] {
        client
            .post(
                &format!("/clusters/{cluster}/objects"),
                &file("tiny/objects.yaml"),
            )
            .expect(200);
    }
    for route in ["objects", "flows"] {
        let body = file(if route == "flows" {
            "tiny/flows.jsonl"
        } else {
            "tiny/objects.yaml"
        });
        client
            .post(&format!("/clusters/c/{route}"), &body)
            .expect(403);
        client
            .post(&format!("/clusters/a/{route}"), &body)
            .expect(200);
    }
    service.stop();
}

#[test]
fn who_stops_sending_is_not_waited_for() {
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, small);
    let address = service.client.address().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST /clusters/a/flows HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {WRITE}\r\ncontent-length: 1000\r\n\r\n{{").unwrap();
    let begun = Instant::now();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(20));
    service.stop();
}
