//! Scores of real files, each derived by hand.

use std::fs;
use std::path::{Path, PathBuf};

use posture::core::request::Policies;
use posture::core::risk::{EvidenceKind, RiskType};
use posture::core::score::Status;
use posture::{File, Report, Request};

fn score(folder: &Path, request: &Request) -> Report {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let contents: Vec<(String, Vec<u8>)> = paths
        .iter()
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (name, fs::read(path).expect("a readable file"))
        })
        .collect();
    let files: Vec<File<'_>> = contents
        .iter()
        .map(|(name, bytes)| File { name, bytes })
        .collect();
    posture::score(&files, request).expect("objects have names")
}

fn shown(report: &Report) -> Option<String> {
    report.score.map(|score| score.to_string())
}

fn parts(report: &Report, risk_type: RiskType) -> (u64, u64) {
    let of_type = report.risk_type(risk_type).expect("all four types");
    (of_type.part, of_type.whole)
}

/// Twelve workloads run in `default`; eleven policies, each with Ingress and Egress, select one
/// each. None selects `redis-cart`: 25 * 1/12 + 25 * 2/24 = 2 * 2.083333333.
pub(crate) fn online_boutique(root: &Path) {
    let folder = root.join("policy/netpol-analyzer/tests/onlineboutique");
    let report = score(&folder, &Request::default());
    assert_eq!(shown(&report).as_deref(), Some("95.833333334"));
    assert_eq!(parts(&report, RiskType::EgressAccess), (1, 12));
    assert_eq!(parts(&report, RiskType::NamespaceIsolation), (2, 24));
    let keys: Vec<&str> = report
        .actions
        .iter()
        .flat_map(|action| &action.items)
        .map(|item| item.key.as_str())
        .collect();
    let ungoverned = ["egress", "ingress", "egress"]
        .map(|direction| format!("default/Deployment/redis-cart {direction}"));
    assert_eq!(keys, ungoverned);
}

/// Ten pods run, seven of them on their node's network. Without policies nothing is known of
/// traffic; with the word that there are none, the other three are open in both directions:
/// 100 - 25 - 25.
pub(crate) fn minikube(root: &Path) {
    let folder = root.join("policy/netpol-analyzer/tests/minikube_resources");
    let report = score(&folder, &Request::default());
    assert_eq!((report.status, report.score), (Status::NotAssessed, None));
    let request = Request {
        policies: Policies::Complete,
        ..Request::default()
    };
    let report = score(&folder, &request);
    assert_eq!(shown(&report).as_deref(), Some("50"));
    assert_eq!(parts(&report, RiskType::EgressAccess), (3, 3));
    assert_eq!(parts(&report, RiskType::NamespaceIsolation), (6, 6));
    assert_eq!(
        (
            report.coverage.pods.running,
            report.coverage.uncovered_workloads
        ),
        (10, 7)
    );
}

/// Scans without a cluster make no score; those that are of images are kept, the others named.
pub(crate) fn trivy_reports_alone(root: &Path) {
    let folder = root.join("images/trivy");
    let report = score(&folder, &Request::default());
    assert_eq!((report.status, report.score), (Status::NoData, None));
    let goldens = fs::read_dir(&folder)
        .expect("the folder")
        .filter_map(Result::ok)
        .filter(|entry| {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            // the second is CycloneDX
            text.contains("\"ArtifactType\": \"container_image\"")
                || text.contains("\"type\": \"container\"")
        });
    assert_eq!(report.coverage.images.scans, goldens.count());
    assert_eq!(
        report.coverage.images.unmatched_scans,
        report.coverage.images.scans
    );
}

/// Seven records of one client and one server in one namespace: nothing crosses its boundary. The
/// two rows of the source end in the profile; of the five of the destination a policy allows four
/// and denies one.
pub(crate) fn calico_records(root: &Path) {
    let report = score(&root.join("flows/calico-docs"), &Request::default());
    let records = &report.coverage.records;
    assert_eq!(
        (records.total, records.secured, records.unsecured),
        (7, 5, 2)
    );
    assert_eq!(report.coverage.edges, 2, "one each way");
    assert_eq!(shown(&report).as_deref(), Some("100"));
    let network = report
        .risk_type(RiskType::NamespaceIsolation)
        .expect("all four types");
    assert_eq!((network.part, network.whole), (0, 0));
    assert_eq!(network.evidence, Some(EvidenceKind::Traffic));
    let namespaces: Vec<&str> = report
        .namespaces
        .iter()
        .map(|n| n.namespace.as_str())
        .collect();
    assert_eq!(namespaces, ["policy-demo"]);
}
