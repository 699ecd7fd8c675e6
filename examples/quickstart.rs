//! Scores the smallest example cluster and says what to do first.

use std::error::Error;
use std::fs;
use std::path::Path;

use posture::{File, Request};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("clusters/tiny");
    let mut contents = Vec::new();
    for name in ["objects.yaml", "flows.jsonl", "scans/nginx.json"] {
        contents.push((name, fs::read(folder.join(name))?));
    }
    let files: Vec<File<'_>> = contents
        .iter()
        .map(|(name, bytes)| File { name, bytes })
        .collect();

    let report = posture::score(&files, &Request::default())?;

    let shown = report
        .score
        .map_or("none".to_owned(), |score| score.shown().to_string());
    println!("Cluster Security Score: {shown}");
    for action in &report.actions {
        println!("{}. {} (+{})", action.rank, action.title, action.gain);
    }
    Ok(())
}
