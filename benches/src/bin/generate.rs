//! Writes a synthetic cluster into a directory.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use posture_benches::generate::{self, Shape};

/// Write a synthetic cluster: objects.json, networkpolicies.json, flows.jsonl and scans/*.json
///
/// The same arguments give the same bytes.
#[derive(Debug, Parser)]
struct Arguments {
    /// Another seed gives another cluster of the same size
    #[arg(long, default_value_t = Shape::default().seed)]
    seed: u64,
    /// Namespaces that hold workloads
    #[arg(long, default_value_t = Shape::default().namespaces)]
    namespaces: usize,
    /// Deployments, spread evenly over the namespaces
    #[arg(long, default_value_t = Shape::default().workloads)]
    workloads: usize,
    /// Replicas of each deployment
    #[arg(long, default_value_t = Shape::default().pods_per_workload)]
    pods_per_workload: usize,
    /// Distinct images [default: one per workload]
    #[arg(long)]
    images: Option<usize>,
    /// Pairs of ends that speak with each other [default: 6 per workload]
    #[arg(long)]
    edges: Option<usize>,
    /// Rows of the flow log
    #[arg(long, default_value_t = Shape::default().flow_rows)]
    flow_rows: usize,
    /// Length of the flow log in intervals of 5 minutes
    #[arg(long, default_value_t = Shape::default().intervals)]
    intervals: u64,
    /// Directory to write to, made when it is missing
    directory: PathBuf,
}

impl Arguments {
    fn shape(&self) -> Shape {
        Shape {
            seed: self.seed,
            namespaces: self.namespaces,
            workloads: self.workloads,
            pods_per_workload: self.pods_per_workload,
            images: self.images.unwrap_or(self.workloads),
            edges: self.edges.unwrap_or(self.workloads * 6),
            flow_rows: self.flow_rows,
            intervals: self.intervals,
            ..Shape::default()
        }
    }
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let cluster = generate::cluster(&arguments.shape());
    let directory = &arguments.directory;
    fs::create_dir_all(directory.join("scans"))?;
    write(&directory.join("objects.json"), |out| {
        generate::write_objects(&cluster, out)
    })?;
    write(&directory.join("networkpolicies.json"), |out| {
        generate::write_policies(&cluster, out)
    })?;
    write(&directory.join("flows.jsonl"), |out| {
        generate::write_flows(&cluster, out)
    })?;
    for (name, report) in generate::scans(&cluster) {
        write(
            &directory.join("scans").join(format!("{name}.json")),
            |out| {
                serde_json::to_writer_pretty(&mut *out, &report)?;
                out.write_all(b"\n")
            },
        )?;
    }
    Ok(())
}

fn write(
    path: &Path,
    contents: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    contents(&mut out)?;
    out.flush()
}
