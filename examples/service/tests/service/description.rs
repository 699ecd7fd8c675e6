//! The description of the service, and schemathesis on it.

use std::process::Command;

use super::client::{READ, WRITE};
use super::cycle::bring;
use super::start::{NOON, Service, folder};

#[test]
fn the_description_has_schemas_of_all_that_it_names() {
    let folder = folder();
    let service = Service::start(folder.path());
    let described = service.client.get("/openapi.json").expect(200);
    let named: Vec<&str> = described
        .body
        .split("#/components/schemas/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let described = described.json();
    assert!(
        described["openapi"].as_str().unwrap().starts_with("3.1"),
        "{}",
        described["openapi"]
    );
    let schemas = described["components"]["schemas"].as_object().unwrap();
    for name in named {
        assert!(schemas.contains_key(name), "{name}");
    }
    for name in [
        "Report",
        "Timeline",
        "Delta",
        "Dismissals",
        "Recommendations",
        "Problem",
    ] {
        assert!(schemas.contains_key(name), "{name}");
    }
    service.stop();
}

#[test]
fn schemathesis_finds_nothing() {
    let Some(program) = std::env::var_os("POSTURE_SCHEMATHESIS") else {
        println!("skipped: POSTURE_SCHEMATHESIS names no schemathesis, which `make test` installs");
        return;
    };
    let folder = folder();
    // One token for all: the schema is what is asked about here, tokens are the other table's.
    let service = Service::start_with(folder.path(), NOON, |config| {
        let both = format!("{READ} {WRITE}");
        let tokens = posture_service::auth::Tokens::new(&both, &both).unwrap();
        posture_service::config::Config { tokens, ..config }
    });
    bring(&service, "east");
    let description = format!("{}/openapi.json", service.client.address());
    let output = Command::new(program)
        .current_dir(folder.path())
        .args([
            "run",
            &description,
            "--header",
            &format!("Authorization: Bearer {READ}"),
        ])
        .args([
            "--checks",
            "all",
            "--exclude-checks",
            "positive_data_acceptance",
        ])
        .args([
            "--phases",
            "coverage,fuzzing",
            "--max-examples",
            "5",
            "--seed",
            "1",
            "--no-color",
            "--suppress-health-check",
            "all",
        ])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    service.client.get("/readyz").expect(204);
    service.stop();
}
