//! Input that is none.

use super::client::Answer;
use super::start::{Service, file, folder};

/// What is no input of any kind.
fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    let noise = (0_u64..20_000).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes()[5]);
    vec![
        ("nothing", Vec::new()),
        ("noise", noise.collect()),
        ("zeros", vec![0; 10_000]),
        ("prose", b"All happy families are alike.".to_vec()),
        ("open braces", b"{".repeat(10_000)),
        ("open lists", b"[".repeat(10_000)),
        ("an empty object", b"{}".to_vec()),
        (
            "a page",
            b"<!doctype html><title>502 Bad Gateway</title>".to_vec(),
        ),
        (
            "broken gzip",
            [b"\x1F\x8B\x08\x00".as_slice(), &[7; 500]].concat(),
        ),
        (
            "broken Zstandard",
            [b"\x28\xB5\x2F\xFD".as_slice(), &[7; 500]].concat(),
        ),
        ("broken Parquet", [b"PAR1".as_slice(), &[7; 500]].concat()),
        (
            "a broken zip",
            [b"PK\x03\x04".as_slice(), &[7; 500]].concat(),
        ),
        (
            "aliases",
            b"a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]\n".to_vec(),
        ),
    ]
}

#[track_caller]
fn is_problem(answer: &Answer, what: &str) {
    assert!(matches!(answer.status, 400 | 422), "{what}: {answer:?}");
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{what}"
    );
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status);
    assert!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("expected") || detail.contains("unpacked")),
        "{what}: {problem}"
    );
}

#[test]
fn garbage_is_refused_and_nothing_is_kept() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    for (what, body) in garbage() {
        for route in ["objects", "scans/a", "flows"] {
            is_problem(
                &client.post(&format!("/clusters/east/{route}"), &body),
                &format!("{what} as {route}"),
            );
        }
    }
    assert_eq!(
        client.get("/clusters").expect(200).json()["clusters"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    client.get("/healthz").expect(204);
    service.stop();
}

#[test]
fn input_of_another_kind_is_told_where_it_belongs() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    is_problem(
        &client.post("/clusters/east/scans/a", &file("tiny/objects.yaml")),
        "objects as a scan",
    );
    is_problem(
        &client.post("/clusters/east/flows", &file("tiny/objects.yaml")),
        "objects as flows",
    );
    service.stop();
}

#[test]
fn input_that_is_read_in_part_is_kept_and_its_issues_are_told() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    let flows = [
        file("tiny/flows.jsonl").as_slice(),
        b"\n{\"start_time\": 1}\nnot a record\n",
    ]
    .concat();
    let delivered = client
        .post("/clusters/tiny/flows", &flows)
        .expect(200)
        .json();
    assert_eq!(delivered["records"], 5);
    assert_eq!(
        delivered["issues"].as_array().unwrap().len(),
        2,
        "{delivered}"
    );
    let objects = [
        file("tiny/objects.yaml").as_slice(),
        b"\n---\nkind: Pod\napiVersion: v1\nmetadata: []\n",
    ]
    .concat();
    let understood = client
        .post("/clusters/tiny/objects", &objects)
        .expect(200)
        .json();
    assert_eq!(understood["facts"]["pods"], 2);
    assert_eq!(
        understood["issues"].as_array().unwrap().len(),
        1,
        "{understood}"
    );
    service.stop();
}

#[test]
fn names_that_cannot_be_are_refused() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    for name in [
        "-a",
        "a%20b",
        "a%2Fb",
        "%2E%2E",
        "%00",
        &"x".repeat(64),
        "%FF",
    ] {
        assert_eq!(
            client.get(&format!("/clusters/{name}/result")).status,
            400,
            "{name}"
        );
        assert_eq!(
            client
                .post(&format!("/clusters/{name}/objects"), b"{}")
                .status,
            400,
            "{name}"
        );
    }
    client
        .get("/clusters/a/history?since=yesterday")
        .expect(400);
    client
        .get("/clusters/a/history?sicne=2026-11-20")
        .expect(400);
    client.post("/clusters", b"").expect(405);
    service.stop();
}
