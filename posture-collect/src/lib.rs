//! What a cluster's security posture is scored by, and nothing else: which kinds to ask a cluster for,
//! which fields of their objects to keep, and how to write what was found.
//!
//! ```
//! use posture_collect::{List, Typed, read_list, used_object};
//!
//! let printed = br#"{"kind": "List", "items": [{"kind": "Namespace", "apiVersion": "v1",
//!     "metadata": {"name": "shop", "uid": "7f3c", "annotations": {"owner": "ann"}}}]}"#;
//! let mut items = Vec::new();
//! read_list(&printed[..], &mut |object| items.push(used_object(object, Typed::default())))?;
//! assert_eq!(items[0]["metadata"], serde_json::json!({"name": "shop"}));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! What may leave a cluster is an allow-list (`shape`, `shapes`): what no shape names does not pass. The
//! law that the result stays the same is held against every object of the corpora. Nothing here asks a
//! cluster, opens files or reads a clock.

#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod annotations;
mod archive;
mod kinds;
mod list;
mod objects;
mod pseudonyms;
mod rbac;
mod row;
mod shape;
mod shapes;

pub use archive::Archive;
pub use kinds::{KINDS, Kind, SCANS, asked};
pub use list::{List, read_list};
pub use objects::{Typed, used, used_object};
pub use pseudonyms::{Key, KeyTooShort, Pseudonyms};
pub use rbac::rbac;
pub use row::write_row;
