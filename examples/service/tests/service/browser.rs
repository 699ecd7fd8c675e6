//! The pages, in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::client::READ;
use super::cycle::bring;
use super::start::{NOON, Service, folder};

/// The text of a page after its scripts have run.
fn dom(url: &str) -> String {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    let folder = folder();
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .args([
            "--timeout=60000",
            "--virtual-time-budget=30000",
            "--dump-dom",
            url,
        ])
        .output()
        .expect("a browser");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_browser_shows_the_fleet_and_the_dashboard_of_a_cluster() {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboard/dist/posture.html");
    let page = std::env::var_os("POSTURE_PAGE").map_or(built, PathBuf::from);
    if !page.exists() {
        println!(
            "skipped: no {}, which `make dashboard` builds",
            page.display()
        );
        return;
    }
    let folder = folder();
    let service = Service::start_with(folder.path(), NOON, |config| {
        posture_service::config::Config {
            page: Some(page),
            ..config
        }
    });
    bring(&service, "east");
    service.pass(1);
    service.run("east");
    let with_password = service
        .client
        .address()
        .replace("http://", &format!("http://ann:{READ}@"));
    let fleet = dom(&format!("{with_password}/"));
    assert!(
        fleet.contains("<a href=\"/clusters/east/page\">east</a>"),
        "{fleet}"
    );
    let dashboard = dom(&format!("{with_password}/clusters/east/page"));
    assert!(
        dashboard.contains("id=\"score\""),
        "{}",
        &dashboard[..dashboard.len().min(3000)]
    );
    assert!(dashboard.contains("storefront"));
    let answer = service.client.get("/clusters/east/page").expect(200);
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'sha256-")
            && policy.ends_with("frame-ancestors 'none'"),
        "{policy}"
    );
    service.stop();
}
