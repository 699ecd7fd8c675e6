//! What is too much.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use posture_service::config::{Config, Limits};

use super::client::{Answer, READ, WRITE};
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

/// A zip archive of one file.
fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file(name, options).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

/// A tar archive of one file.
fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    archive.append_data(&mut header, name, bytes).unwrap();
    archive.into_inner().unwrap()
}

#[track_caller]
fn says(answer: Answer, status: u16, detail: &str) {
    let answer = answer.expect(status);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["detail"], detail);
}

#[test]
fn archives_that_unpack_to_too_much_are_refused() {
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, small);
    let client = &service.client;
    let objects = [file("tiny/objects.yaml"), b"\n# ".repeat(4 << 20)].concat();
    let expected = |file: &str, mib: u64| {
        format!(
            "the archive unpacks to too much, up to `{file}`, expected at most {mib} MiB of all its files together"
        )
    };
    // 64 KiB are told as 1 MiB, and 12 MiB are packed into less
    let bomb = zip("objects.yaml", &objects);
    assert!(bomb.len() < 64 << 10, "{}", bomb.len());
    for (body, name) in [
        (bomb.clone(), "objects.yaml"),
        (tar("in.zip", &bomb), "in.zip/objects.yaml"),
        (tar("in.gz", &gzip(&objects)), "in.gz"),
    ] {
        let answer = client.post("/clusters/tiny/objects", &body);
        says(answer, 413, &expected(name, 1));
    }
    let bomb = zip("flows.jsonl", &flows(4 << 20));
    let answer = client.post("/clusters/tiny/flows", &bomb);
    says(answer, 413, &expected("flows.jsonl", 3));
    let clusters = client.get("/clusters").expect(200).json();
    assert_eq!(clusters["clusters"].as_array().unwrap().len(), 0);

    let whole = zip("flows.jsonl", &flows(2 << 20));
    client.post("/clusters/tiny/flows", &whole).expect(200);
    let whole = zip("objects.yaml", &file("tiny/objects.yaml"));
    client.post("/clusters/tiny/objects", &whole).expect(200);
    service.stop();
}

#[test]
fn a_window_of_zstandard_is_no_larger_than_that_of_http() {
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, small);
    let packed = |window: u32| {
        let mut packed = zstd::Encoder::new(Vec::new(), 1).unwrap();
        packed.window_log(window).unwrap();
        packed.write_all(&file("tiny/flows.jsonl")).unwrap();
        packed.finish().unwrap()
    };
    let client = &service.client;
    client.post("/clusters/tiny/flows", &packed(23)).expect(200);
    let refused = client.post("/clusters/tiny/flows", &packed(24)).expect(400);
    assert!(
        refused.body.contains("a window of 8 MiB at most"),
        "{refused:?}"
    );
    service.stop();
}

#[test]
fn the_scans_of_a_cluster_have_a_limit_together() {
    let folder = folder();
    let scan = file("tiny/scans/nginx.json");
    let scans = 2 * scan.len() as u64;
    let service = Service::start_with(folder.path(), NOON, |config| {
        let limits = Limits {
            scans,
            ..config.limits
        };
        Config { limits, ..config }
    });
    let client = &service.client;
    let post = |cluster: &str, name: &str, scan: &[u8]| {
        client.post(&format!("/clusters/{cluster}/scans/{name}"), scan)
    };
    for name in ["a", "b", "a"] {
        post("east", name, &scan).expect(200);
    }
    says(
        post("east", "c", &scan),
        507,
        "the scans of cluster `east` together would have more than 1 MiB, expected fewer, or a larger \
         `POSTURE_MAX_SCANS_MIB`",
    );
    // one that is longer than the one in whose place it comes, too
    let longer = [scan.as_slice(), b" "].concat();
    post("east", "b", &longer).expect(507);
    post("west", "c", &scan).expect(200);
    client.delete("/clusters/east/scans/a").expect(204);
    post("east", "b", &longer).expect(200);
    post("east", "c", &scan).expect(507);
    post("east", "c", &scan[..scan.len() / 2]).expect(422);
    client.delete("/clusters/east").expect(204);
    post("east", "c", &scan).expect(200);
    service.stop();
}

#[test]
fn flow_logs_of_a_cluster_have_a_limit_together_and_none_makes_room_for_others() {
    let folder = folder();
    let service = Service::start(folder.path());
    let deliver = |service: &Service, key: &str, body: &[u8]| {
        let key = [("idempotency-key", key)];
        service
            .client
            .send("/clusters/tiny/flows", &key, body)
            .unwrap()
    };
    let kept = |service: &Service| {
        let kept = service.client.get("/clusters/tiny").expect(200).json();
        let number = |key: &str| kept["flows"][key].as_u64().unwrap();
        (number("records"), number("bytes"))
    };
    deliver(&service, "one", &file("tiny/flows.jsonl")).expect(200);
    let (records, bytes) = kept(&service);
    assert_eq!(records, 5);
    service.stop();

    let start = |at: i64, kept_flows: u64| {
        Service::start_with(folder.path(), at, |config| {
            let limits = Limits {
                kept_flows,
                ..config.limits
            };
            Config { limits, ..config }
        })
    };
    let expected = "the flow logs that are kept of cluster `tiny` would have more than 1 MiB, expected fewer, or a \
                    larger `POSTURE_MAX_KEPT_FLOWS_MIB`";
    // What has many parts is refused at one of them, and nothing of it stays.
    let part = zstd::bulk::compress(&flows(1 << 20), 1).unwrap().len() as u64;
    let service = start(NOON + 3600, 2 * bytes + 3 * part / 2);
    deliver(&service, "two", &file("tiny/flows.jsonl")).expect(200);
    says(deliver(&service, "three", &flows(5 << 20)), 507, expected);
    assert_eq!(kept(&service), (10, 2 * bytes));
    service.stop();

    let service = start(NOON + 3600, 2 * bytes);
    let answer = deliver(&service, "three", &file("tiny/flows.jsonl"));
    says(answer, 507, expected);
    assert_eq!(kept(&service), (10, 2 * bytes));
    // At the end of the window of the first there is room for one.
    service.pass(23 * 3600 + 1);
    let begun = Instant::now();
    while kept(&service) != (5, bytes) {
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "{:?}",
            kept(&service)
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    let answer = deliver(&service, "three", &file("tiny/flows.jsonl")).expect(200);
    assert_eq!(answer.header("idempotency-replayed"), "");
    deliver(&service, "four", &file("tiny/flows.jsonl")).expect(507);
    service.stop();
}

#[test]
fn who_does_not_read_its_answers_is_not_waited_for() {
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, |config| {
        let patience = Duration::from_secs(1);
        let limits = Limits {
            patience,
            ..config.limits
        };
        Config { limits, ..config }
    });
    let size = service.client.get("/openapi.json").expect(200).body.len();
    // More than the buffers of both ends.
    let count = (64 << 20) / size;
    let address = service.client.address().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let ask =
        format!("GET /openapi.json HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {READ}\r\n\r\n");
    let mut asking = stream.try_clone().unwrap();
    let asked = std::thread::spawn(move || {
        // The service stops reading where it cannot answer.
        let _ = asking.write_all(ask.repeat(count).as_bytes());
    });
    std::thread::sleep(Duration::from_secs(4));
    let mut answers = Vec::new();
    // The connection is closed or reset.
    let _ = stream.read_to_end(&mut answers);
    asked.join().unwrap();
    assert!(!answers.is_empty());
    assert!(
        answers.len() < count * size,
        "{} of {}",
        answers.len(),
        count * size
    );
    service.stop();
}
