//! The manifests by the score itself, and what the container file names.

use std::collections::BTreeMap;
use std::path::Path;

use posture::core::issue::Severity;
use posture::core::request::Request;
use posture_service::config::Config;

use super::client::READ;
use super::start::{Service, folder};

#[test]
fn the_manifests_lose_nothing_to_network_policies() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/posture.yaml");
    let manifests = std::fs::read(path).unwrap();
    let files = [posture::File {
        name: "posture.yaml",
        bytes: &manifests,
    }];
    let report = posture::score(&files, &Request::default()).unwrap();
    assert_eq!(report.coverage.pods.declared, 1);
    let warnings = report
        .issues
        .iter()
        .filter(|issue| issue.severity == Severity::Warning);
    assert_eq!(warnings.count(), 0, "{:?}", report.issues);
    // No scans, so the images cost nothing: both other types are static, and nothing is open.
    assert_eq!(
        report.score.map(|score| score.to_string()),
        Some("100".to_owned())
    );
}

/// The instructions of the container file, each in one line.
fn instructions() -> Vec<(String, String)> {
    let text = include_str!("../../deploy/Containerfile").replace("\\\n", " ");
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, rest) = line.split_once(' ').unwrap();
            (
                name.to_owned(),
                rest.split_whitespace().collect::<Vec<_>>().join(" "),
            )
        })
        .collect()
}

/// What every instruction of a name says.
fn all<'i>(instructions: &'i [(String, String)], name: &str) -> Vec<&'i str> {
    let named = instructions.iter().filter(|(known, _)| known == name);
    named.map(|(_, rest)| rest.as_str()).collect()
}

#[test]
fn what_the_container_file_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let instructions = instructions();
    let binary = Path::new(env!("CARGO_BIN_EXE_posture-service"));
    let binary = binary.file_name().unwrap().to_str().unwrap();

    let rust = env!("CARGO_PKG_RUST_VERSION");
    let from = all(&instructions, "FROM");
    assert!(
        from[0].starts_with(&format!("docker.io/library/rust:{rust}-slim-")),
        "{from:?}"
    );
    let build = all(&instructions, "RUN");
    let build = build
        .iter()
        .find(|run| run.starts_with("cargo build "))
        .unwrap();
    assert!(
        build.ends_with(&format!(" --package {}", env!("CARGO_PKG_NAME"))),
        "{build}"
    );

    // what is copied: from where, and to where
    let copies: BTreeMap<&str, &str> = all(&instructions, "COPY")
        .into_iter()
        .map(|copy| {
            let mut paths = copy.split(' ').filter(|word| !word.starts_with("--"));
            (paths.next().unwrap(), paths.next().unwrap())
        })
        .collect();
    let folders = all(&instructions, "WORKDIR");
    let program = copies[format!("{}/target/release/{binary}", folders[0]).as_str()];
    assert_eq!(
        all(&instructions, "ENTRYPOINT"),
        [format!("[\"{program}\"]")]
    );
    // the dashboard is built before, as the first lines say, and is no part of what is left out
    let page = "dashboard/dist/posture.html";
    assert!(text("examples/service/deploy/Containerfile").contains("#   make dashboard\n"));
    assert!(text("dashboard/vite.config.ts").contains("dist/posture.html"));
    assert!(!text(".dockerignore").contains("dist"));
    let others: Vec<&str> = copies
        .keys()
        .copied()
        .filter(|path| !path.starts_with('/'))
        .collect();
    assert_eq!(others, [".", page]);

    // the environment is one that the service understands, and the volume is its folder
    let environment = all(&instructions, "ENV");
    let environment: BTreeMap<&str, &str> = environment[0]
        .split(' ')
        .map(|set| set.split_once('=').unwrap())
        .collect();
    let asked = std::cell::RefCell::new(Vec::new());
    let config = Config::read(&|name| {
        asked.borrow_mut().push(name.to_owned());
        let set = environment.get(name).map(|value| (*value).to_owned());
        set.or_else(|| (name == "POSTURE_READ_TOKENS").then(|| READ.to_owned()))
    });
    let config = config.unwrap();
    let asked = asked.into_inner();
    let mut own = environment
        .keys()
        .filter(|name| name.starts_with("POSTURE_"));
    assert!(
        own.all(|name| asked.iter().any(|asked| asked == name)),
        "{environment:?}"
    );
    let volume = all(&instructions, "VOLUME")[0];
    assert_eq!(config.data, Path::new(volume));
    assert_eq!(copies["/data"], volume);
    assert_eq!(config.page.as_deref(), Some(Path::new(copies[page])));

    // the manifests go with it
    let manifests = text("examples/service/deploy/posture.yaml");
    let port = config.listen.port().to_string();
    assert_eq!(all(&instructions, "EXPOSE"), [port.as_str()]);
    assert!(config.listen.ip().is_unspecified());
    assert!(manifests.contains(&format!("containerPort: {port}\n")));
    assert!(manifests.contains(&format!("mountPath: {volume}\n")));
    let named = manifests.split("name: POSTURE_").skip(1);
    let named = named.map(|rest| format!("POSTURE_{}", rest.lines().next().unwrap()));
    assert!(named.clone().count() > 1 && named.clone().all(|name| asked.contains(&name)));
    let folder = folder();
    let service = Service::start(folder.path());
    let probes = manifests.split("httpGet: {path: ").skip(1);
    let probes: Vec<&str> = probes.map(|rest| rest.split(',').next().unwrap()).collect();
    assert_eq!(probes.len(), 2);
    for path in probes {
        service
            .client
            .ask("GET", path, &[], None)
            .unwrap()
            .expect(204);
    }
    service.stop();
}
