//! Scores the boutique twice: as it comes, and by the method of a shop that takes payments.

use std::error::Error;
use std::fs;
use std::path::Path;

use posture::core::model::{Method, Scope, Weights};
use posture::{File, Request};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clusters/boutique");
    let mut contents = Vec::new();
    for name in ["objects.json", "networkpolicies.json", "flows.jsonl"] {
        contents.push((name, fs::read(folder.join(name))?));
    }
    let files: Vec<File<'_>> = contents
        .iter()
        .map(|(name, bytes)| File { name, bytes })
        .collect();

    for (title, method) in [
        ("default", Method::default()),
        ("payments first", payments_first()),
    ] {
        let report = posture::score(
            &files,
            &Request {
                method,
                ..Request::default()
            },
        )?;
        let shown = report
            .score
            .map_or("none".to_owned(), |score| score.shown().to_string());
        println!("{title}: {shown}");
        for namespace in &report.namespaces {
            println!("  {} loses {}", namespace.namespace, namespace.risk);
        }
    }
    Ok(())
}

/// Traffic alone counts, ways out twice as much as isolation; what takes money counts three times, and the
/// load generator not at all.
fn payments_first() -> Method {
    Method {
        weights: Weights {
            high_risk_images: 0,
            unscanned_images: 0,
            egress_access: 50,
            namespace_isolation: 25,
        },
        namespace_weights: [("payments".to_owned(), 3)].into(),
        scope: Scope {
            include: Vec::new(),
            exclude: vec!["traffic".to_owned()],
        },
        ..Method::default()
    }
}
