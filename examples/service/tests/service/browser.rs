//! The pages, in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use posture_service::config::Config;
use serde_json::{Value, json};

use super::client::READ;
use super::cycle::bring;
use super::start::{NOON, Service, folder};

/// The folder of the dashboard, where it is built.
fn dashboard() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboard");
    let folder = std::env::var_os("POSTURE_DASHBOARD").map_or(here, PathBuf::from);
    let is_built =
        folder.join("dist/posture.html").exists() && folder.join("node_modules").exists();
    is_built.then_some(folder)
}

/// What a browser shows of a cluster.
fn browse(dashboard: &Path, service: &Service, cluster: &str) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/service/browse.mjs");
    let playwright = dashboard.join("node_modules/playwright-core/index.mjs");
    let playwright = playwright.canonicalize().unwrap();
    let output = Command::new("node")
        .arg(script)
        .arg(playwright)
        .args([service.client.address(), READ, cluster])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["complaints"], json!([]));
    shown
}

/// The score that the service says, as a text with all its digits.
fn score(service: &Service) -> String {
    service
        .client
        .get("/clusters/east/result")
        .expect(200)
        .json()["score"]
        .to_string()
}

#[test]
fn a_browser_shows_what_is_decided_and_after_a_restart_too() {
    let Some(dashboard) = dashboard() else {
        println!("skipped: there is no dashboard, which `make test` builds");
        return;
    };
    let folder = folder();
    let page = dashboard.join("dist/posture.html");
    let with_page = |config| Config {
        page: Some(page.clone()),
        ..config
    };
    let service = Service::start_with(folder.path(), NOON, with_page);
    bring(&service, "east");
    service.pass(1);
    service.run("east");
    let before = browse(&dashboard, &service, "east");
    assert_eq!(before["shown"], score(&service));
    assert!(
        score(&service).starts_with(before["fleet"].as_str().unwrap()),
        "{before}"
    );

    let decision = json!({"action": "secure-egress/storefront", "reason": "known", "by": "ann"});
    let headers = [("content-type", "application/json")];
    let told = service.client.send(
        "/clusters/east/dismissals",
        &headers,
        decision.to_string().as_bytes(),
    );
    told.unwrap().expect(201);
    let after = browse(&dashboard, &service, "east");
    assert_ne!(after["shown"], before["shown"]);
    assert_eq!(after["shown"], score(&service));

    let policy = service.client.get("/clusters/east/page").expect(200);
    let policy = policy.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'sha256-")
            && policy.ends_with("frame-ancestors 'none'"),
        "{policy}"
    );
    service.stop();

    let service = Service::start_with(folder.path(), NOON + 2, with_page);
    assert_eq!(browse(&dashboard, &service, "east"), after);
    service.stop();
}
