//! Readers of foreign formats: bytes in, facts and issues out.
//!
//! ```
//! use posture_core::issue::Issues;
//!
//! let manifest = b"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
//! let mut issues = Issues::default();
//! let fragment = posture_formats::read("shop.yaml", manifest, &mut issues);
//! assert_eq!(fragment.namespaces.len(), 1);
//! assert!(issues.into_list().is_empty());
//! ```
//!
//! What a file is follows from its content, never from its name: [`detect::detect`] tells flow
//! logs, archives and documents apart, [`archive::walk`] opens archives, and [`read`] reads
//! every document: Kubernetes objects as JSON or YAML in any of the usual wrappers, and image scans.
//!
//! Nothing here fails or panics, whatever the bytes: "A bad object costs that object, never the
//! batch" (formats), and what was lost is an issue. Nothing here knows of scores, files or clocks.

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

pub mod archive;
mod calico;
mod cilium;
pub mod collection;
pub mod detect;
mod dispatch;
mod document;
mod envelope;
pub mod flows;
mod images;
mod json;
mod kindless;
mod kubernetes;
mod network_policy_api;
mod object;
mod output;
mod ranges;
mod refused;
mod text;
mod unread_policy;
mod yaml;

use posture_core::issue::Issues;
use posture_core::model::Fragment;

use output::Output;
pub use ranges::control_plane_arguments;
pub use unread_policy::is_policy;

/// Reads a file that is neither flow log nor archive.
pub fn read(file: &str, bytes: &[u8], issues: &mut Issues) -> Fragment {
    let mut output = Output::new(file, issues);
    if let Some(text) = text::decode(bytes, &mut output) {
        document::read(&text, &mut output);
    }
    output.finish()
}

/// Whether a file begins with an image scan, or an archive does, by its first bytes: [`detect::HEAD`] of them, or all.
/// Others may follow it, and of one that says late what it is it cannot be told.
pub fn begins_with_scan(head: &[u8]) -> bool {
    let mut first = None;
    archive::walk_bytes("", head, &mut Issues::default(), &mut |member, _| {
        first.get_or_insert_with(|| {
            let text = String::from_utf8_lossy(text::without_mark(member.head()));
            images::begins(&text)
        });
    });
    first.unwrap_or(false)
}

/// Reads a text that a test is about.
#[cfg(test)]
fn read_text(text: &str) -> (Fragment, Vec<posture_core::issue::Issue>) {
    let mut issues = Issues::default();
    let fragment = read("file", text.as_bytes(), &mut issues);
    (fragment, issues.into_list())
}
