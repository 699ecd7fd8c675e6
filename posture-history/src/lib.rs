//! A history of scores: one file of `SQLite`, points appended and never changed.
//!
//! What a point keeps, and how the difference between two is explained, is
//! [`posture_core::history`]'s; this crate keeps points in a file, which the command line and the
//! bindings share.
//!
//! ```
//! use posture_core::history::{Admission, Point};
//! use posture_core::issue::Issues;
//! use posture_core::model::Cluster;
//! use posture_core::request::Request;
//! use posture_history::{DEFAULT_SERIES, History};
//!
//! let request = Request::from_json(r#"{"now": "2026-11-20T10:00:00Z"}"#)?;
//! let cluster = Cluster::build(Default::default(), &[], true, &mut Issues::default())?;
//! let report = posture_core::assess(&cluster, [], &request, Issues::default());
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("history.db");
//!
//! let mut history = History::open_or_make(&path)?;
//! assert_eq!(history.append(DEFAULT_SERIES, &Point::of(&report))?, Admission::New);
//! let points = History::read(&path)?.map(|history| history.points(DEFAULT_SERIES, None));
//! assert_eq!(points.transpose()?.map(|points| points.len()), Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod schema;
mod store;
mod timeline;

pub use error::HistoryError;
pub use store::{History, NotAPoint, Which};
pub use timeline::{Moment, Timeline};

/// The series of points where none is named.
pub const DEFAULT_SERIES: &str = "default";
