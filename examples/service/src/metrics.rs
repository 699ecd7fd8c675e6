//! What Prometheus is told.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Bounds of times, in seconds: answers from the memory of the database to runs over large clusters.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0, 600.0];

/// All that is measured.
#[derive(Debug)]
pub struct Metrics {
    /// Answers.
    pub requests: Family<Request, Counter>,
    /// How long answers took.
    pub request_seconds: Family<Route, Histogram, fn() -> Histogram>,
    /// Deliveries of flow logs that were acknowledged.
    pub deliveries: Family<Cluster, Counter>,
    /// Their records.
    pub records: Family<Cluster, Counter>,
    /// Runs.
    pub runs: Family<Run, Counter>,
    /// How long they took.
    pub run_seconds: Family<Cluster, Histogram, fn() -> Histogram>,
}

/// What an answer is counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The route, with the names of its parameters; empty where there is none.
    pub route: String,
    /// The status.
    pub status: u16,
}

/// What the time of an answer is measured by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    /// The method.
    pub method: String,
    /// The route.
    pub route: String,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Cluster {
    /// Its name.
    pub cluster: String,
}

/// What a run is counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Run {
    /// The cluster.
    pub cluster: String,
    /// `done` or `failed`.
    pub outcome: &'static str,
}

/// What is measured at the moment of asking.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// Changes that wait to be written.
    pub waiting: usize,
    /// The clusters that have a score: the score, and when it was made, in Unix seconds.
    pub scores: Vec<(String, Option<f64>, i64)>,
}

impl Metrics {
    /// Metrics of which nothing was measured yet.
    #[expect(clippy::new_without_default, reason = "one way to make them is enough")]
    pub fn new() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(BOUNDS);
        Self {
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(seconds),
            deliveries: Family::default(),
            records: Family::default(),
            runs: Family::default(),
            run_seconds: Family::new_with_constructor(seconds),
        }
    }

    /// Notes an answer.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let (method, route) = (method.to_owned(), route.to_owned());
        let of = Route {
            method: method.clone(),
            route: route.clone(),
        };
        self.request_seconds
            .get_or_create(&of)
            .observe(took.as_secs_f64());
        self.requests
            .get_or_create(&Request {
                method,
                route,
                status,
            })
            .inc();
    }

    /// Forgets a cluster that was removed, so that clusters that come and go leave nothing behind.
    pub fn forget(&self, cluster: &str) {
        let cluster = cluster.to_owned();
        for outcome in ["done", "failed"] {
            let cluster = cluster.clone();
            self.runs.remove(&Run { cluster, outcome });
        }
        let of = Cluster { cluster };
        self.deliveries.remove(&of);
        self.records.remove(&of);
        self.run_seconds.remove(&of);
    }

    /// All of it, in the text format of Prometheus.
    pub fn text(&self, moment: &Moment) -> Result<String, std::fmt::Error> {
        let mut registry = <Registry>::with_prefix("posture");
        let Self {
            requests,
            request_seconds,
            deliveries,
            records,
            runs,
            run_seconds,
        } = self;
        registry.register("requests", "Answers", requests.clone());
        let seconds = || Unit::Seconds;
        registry.register_with_unit(
            "request",
            "How long answers took",
            seconds(),
            request_seconds.clone(),
        );
        registry.register(
            "deliveries",
            "Deliveries of flow logs that were acknowledged",
            deliveries.clone(),
        );
        registry.register(
            "flow_records",
            "Flow records that were acknowledged",
            records.clone(),
        );
        registry.register("runs", "Runs by outcome", runs.clone());
        registry.register_with_unit("run", "How long runs took", seconds(), run_seconds.clone());
        let waiting = Gauge::<i64>::default();
        waiting.set(i64::try_from(moment.waiting).unwrap_or(i64::MAX));
        registry.register(
            "waiting_changes",
            "Changes that wait to be written",
            waiting,
        );
        let score = Family::<Cluster, Gauge<f64, std::sync::atomic::AtomicU64>>::default();
        let last = Family::<Cluster, Gauge>::default();
        for (cluster, points, ran) in &moment.scores {
            let of = Cluster {
                cluster: cluster.clone(),
            };
            last.get_or_create(&of).set(*ran);
            if let Some(points) = points {
                score.get_or_create(&of).set(*points);
            }
        }
        registry.register("score", "The Cluster Security Score, 0 to 100", score);
        registry.register(
            "last_run_timestamp",
            "When the input was last read, in Unix seconds",
            last,
        );
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry)?;
        Ok(text)
    }
}
