//! From input to result, decisions and back.

use posture::core::request::Request;
use serde_json::{Value, json};

use super::start::{NOON, Service, example, file, folder};

/// The scans of the example cluster by name.
fn scans() -> Vec<(String, Vec<u8>)> {
    let scans = std::fs::read_dir(example("boutique/scans")).unwrap();
    let mut names: Vec<String> = scans
        .map(|scan| scan.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| (name.clone(), file(&format!("boutique/scans/{name}"))))
        .collect()
}

/// All objects of the example cluster, in an archive.
pub(super) fn objects() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for name in ["objects.json", "networkpolicies.json", "staged.yaml"] {
        let content = file(&format!("boutique/{name}"));
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        archive
            .append_data(&mut header, name, content.as_slice())
            .unwrap();
    }
    archive.into_inner().unwrap()
}

/// Brings the example cluster in.
pub(super) fn bring(service: &Service, cluster: &str) {
    let client = &service.client;
    let understood = client
        .post(&format!("/clusters/{cluster}/objects"), &objects())
        .expect(200)
        .json();
    assert_eq!(understood["facts"]["pods"], 26);
    for (name, scan) in scans() {
        client
            .post(&format!("/clusters/{cluster}/scans/{name}"), &scan)
            .expect(200);
    }
    let delivered = client.post(
        &format!("/clusters/{cluster}/flows"),
        &file("boutique/flows.jsonl"),
    );
    assert_eq!(
        delivered.expect(200).json(),
        json!({"records": 301, "issues": []})
    );
    // Objects that are new are scored at once.
    service.points(cluster, 1);
}

/// The result of the library for the example cluster with some flow logs and scans, of a run at a time, in a history
/// that has it as its last point.
pub(super) fn expected(
    service: &Service,
    at: i64,
    objects: &[u8],
    scans: &[(String, Vec<u8>)],
    log: &[u8],
) -> String {
    let mut files = vec![posture::File {
        name: "objects",
        bytes: objects,
    }];
    let names: Vec<String> = scans
        .iter()
        .map(|(name, _)| format!("scans/{name}"))
        .collect();
    let scans = names.iter().zip(scans);
    files.extend(scans.map(|(name, (_, bytes))| posture::File { name, bytes }));
    files.push(posture::File {
        name: "flows",
        bytes: log,
    });
    let history = service.client.get("/clusters/east/history").json();
    let points = history["points"].as_array().unwrap();
    let previous = &points[points.len() - 2]["point"];
    let request = json!({
        "now": posture::core::time::Time(at).to_string(),
        "previous": {"scoring_version": previous["scoring_version"], "score": previous["score"], "at": previous["at"]},
    });
    let request = Request::from_json(&request.to_string()).unwrap();
    posture::score(&files, &request).unwrap().to_json()
}

#[test]
fn the_result_is_that_of_the_library_to_the_byte() {
    let folder = folder();
    let service = Service::start(folder.path());
    bring(&service, "east");
    service.pass(1);
    let summary = service.run("east");
    let log = file("boutique/flows.jsonl");
    let expected = expected(&service, NOON + 1, &objects(), &scans(), &log);

    let result = service.client.get("/clusters/east/result").expect(200);
    assert_eq!(result.header("content-type"), "application/json");
    assert_eq!(result.body, expected);
    assert_eq!(summary["score"], result.json()["score"]);
    service.stop();
}

#[test]
fn decisions_move_the_result_at_once_and_survive_a_restart() {
    let folder = folder();
    let service = Service::start(folder.path());
    bring(&service, "east");
    service.pass(1);
    let before = service.run("east");
    let actions = service
        .client
        .get("/clusters/east/actions")
        .expect(200)
        .json();
    let action = actions["actions"][0]["id"].as_str().unwrap().to_owned();
    let gain = actions["actions"][0]["gain_max"].as_f64().unwrap();
    let decision = json!({"action": action, "reason": "known", "by": "ann"});
    let post = |decision: &Value| {
        service
            .client
            .send(
                "/clusters/east/dismissals",
                &[("content-type", "application/json")],
                decision.to_string().as_bytes(),
            )
            .unwrap()
    };
    assert_eq!(post(&decision).expect(201).json()["by"], "ann");
    let again = post(&decision).expect(422).json();
    assert!(
        again["detail"]
            .as_str()
            .unwrap()
            .contains("is dismissed already, by ann"),
        "{again}"
    );
    post(&json!({"action": "isolate-namespace/nowhere", "reason": "r", "by": "b"})).expect(422);
    post(&json!({"action": "paint/shop", "reason": "r", "by": "b"})).expect(422);
    post(&json!({"action": action, "reason": "r"})).expect(422);
    service.stop();

    let service = Service::start_with(folder.path(), NOON + 2, |config| config);
    let client = &service.client;
    let score = |of: &Value| of["score"].as_f64().unwrap();
    let after = client.get("/clusters/east/result").expect(200).json();
    assert!(
        (score(&after) - score(&before) - gain).abs() < 1e-8,
        "{} {} {gain}",
        after["score"],
        before["score"]
    );
    let dismissals = client.get("/clusters/east/dismissals").expect(200).json();
    assert_eq!(dismissals["active"][0]["action"], action.as_str());
    // What is dismissed is known to a run, too.
    service.pass(3600);
    assert_eq!(service.run("east")["score"], after["score"]);

    client
        .delete(&format!(
            "/clusters/east/dismissals/{}",
            action.replace('/', "%2F")
        ))
        .expect(204);
    client
        .delete(&format!(
            "/clusters/east/dismissals/{}",
            action.replace('/', "%2F")
        ))
        .expect(404);
    assert_eq!(
        client.get("/clusters/east/result").expect(200).json()["score"],
        before["score"]
    );
    service.stop();
}

#[test]
fn what_is_kept_is_told_and_removed() {
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    client.get("/clusters/tiny").expect(404);
    client.post("/clusters/tiny/runs", b"").expect(409);
    client
        .post("/clusters/tiny/objects", &file("tiny/objects.yaml"))
        .expect(200);
    client
        .post("/clusters/tiny/flows", &file("tiny/flows.jsonl"))
        .expect(200);
    let scan = std::fs::read_dir(example("tiny/scans"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    client
        .post("/clusters/tiny/scans/a%2Fb", &std::fs::read(scan).unwrap())
        .expect(200);
    service.points("tiny", 1);
    service.pass(1);
    service.run("tiny");
    let kept = client.get("/clusters/tiny").expect(200).json();
    assert_eq!(kept["flows"]["records"], 5);
    assert_eq!(kept["objects"], "2026-11-20T12:00:00Z");
    assert_eq!(kept["scans"]["a/b"], "2026-11-20T12:00:00Z");
    assert_eq!(
        client.get("/clusters").expect(200).json()["clusters"][0]["cluster"],
        "tiny"
    );
    let recommended = client
        .get("/clusters/tiny/recommendations")
        .expect(200)
        .json();
    assert!(recommended["recommendations"].is_array());
    client
        .get("/clusters/tiny/recommendations?tier=a&form=kubernetes")
        .expect(400);
    client
        .get("/clusters/tiny/recommendations?namespace=nowhere")
        .expect(400);
    client.get("/clusters/tiny/why").expect(200);
    client.delete("/clusters/tiny/scans/a%2Fb").expect(204);
    client.delete("/clusters/tiny/scans/a%2Fb").expect(404);
    client.delete("/clusters/tiny").expect(204);
    client.get("/clusters/tiny/result").expect(404);
    assert_eq!(
        client.get("/clusters/tiny/history").expect(200).json()["points"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    service.stop();
}
