//! Services: in this process with a clock of the test, or as a program.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use posture::core::time::Time;
use posture_service::config::{Config, Limits};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::client::{Client, READ, WRITE};

/// 2026-11-20T12:00:00Z: an hour after the flow logs of the example cluster.
pub(crate) const NOON: i64 = 1_795_176_000;

/// A service in this process.
pub(crate) struct Service {
    pub(crate) client: Client,
    clock: Arc<AtomicI64>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Starts one on a folder, at noon.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, NOON, |config| config)
    }

    /// Starts one at another time, that is configured in another way.
    pub(crate) fn start_with(
        folder: &Path,
        at: i64,
        change: impl FnOnce(Config) -> Config,
    ) -> Self {
        let data = folder.display().to_string();
        let variable = |name: &str| match name {
            "POSTURE_DATA" => Some(data.clone()),
            "POSTURE_READ_TOKENS" => Some(READ.to_owned()),
            "POSTURE_WRITE_TOKENS" => Some(WRITE.to_owned()),
            _ => None,
        };
        let config = change(Config::read(&variable).expect("a configuration"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let clock = Arc::new(AtomicI64::new(at));
        let (end, ended) = oneshot::channel();
        let now = clock.clone();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                let clock: posture_service::clock::Clock =
                    Arc::new(move || Time(now.load(Ordering::SeqCst)));
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let end = async {
                    let _ = ended.await;
                };
                let tick = Duration::from_millis(20);
                posture_service::run(config, clock, tick, listener, end)
                    .await
                    .expect("a service");
            });
        });
        Self {
            client: Client::new(&address),
            clock,
            end: Some(end),
            thread: Some(thread),
        }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Waits until a cluster has so many points of its history, and gives their times.
    pub(crate) fn points(&self, cluster: &str, count: usize) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let history = self
                .client
                .get(&format!("/clusters/{cluster}/history"))
                .expect(200)
                .json();
            let points = history["points"].as_array().expect("points");
            let times = points
                .iter()
                .map(|moment| moment["point"]["at"].as_str().expect("a time").to_owned());
            let times: Vec<String> = times.collect();
            if times.len() >= count {
                return times;
            }
            assert!(begun.elapsed() < Duration::from_mins(1), "{times:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Scores a cluster, when the schedule is not about to.
    pub(crate) fn run(&self, cluster: &str) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.client.post(&format!("/clusters/{cluster}/runs"), b"");
            if answer.status == 200 {
                return answer.json();
            }
            assert!(matches!(answer.status, 409 | 503), "{answer:?}");
            assert!(begun.elapsed() < Duration::from_mins(1), "{answer:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it, and waits until all is on the disk.
    pub(crate) fn stop(mut self) {
        drop(self.end.take());
        self.thread
            .take()
            .expect("a thread")
            .join()
            .expect("no panic");
    }
}

/// A service as a program.
pub(crate) struct Program {
    pub(crate) client: Client,
    pub(crate) child: Child,
}

impl Program {
    /// Starts one on a folder, and waits until it listens.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_posture-service"))
            .env_clear()
            .env("POSTURE_LISTEN", "127.0.0.1:0")
            .env("POSTURE_DATA", folder)
            .env("POSTURE_READ_TOKENS", READ)
            .env("POSTURE_WRITE_TOKENS", WRITE)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("a program");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let first = lines.next().expect("a line").expect("a text");
        let told: serde_json::Value = serde_json::from_str(&first).expect("a log in JSON");
        let address = told["address"].as_str().expect("an address");
        let client = Client::new(&format!("http://{address}"));
        // Who does not read on lets the program wait.
        thread::spawn(move || lines.for_each(drop));
        Self { client, child }
    }
}

impl Drop for Program {
    /// A test that fails leaves nothing running.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder of its own.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// An example cluster.
pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../clusters")
        .join(name)
}

/// A file of the example clusters.
pub(crate) fn file(name: &str) -> Vec<u8> {
    let path = example(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Small limits.
pub(crate) fn small(config: Config) -> Config {
    let limits = Limits {
        body: 64 << 10,
        flows: 3 << 20,
        clusters: 2,
        patience: Duration::from_secs(5),
        ..config.limits
    };
    Config { limits, ..config }
}
