//! How far reading has come, on standard error.

use std::io::{self, IsTerminal, Read};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Less than this many bytes are read before a bar could be seen.
const WORTH_SHOWING: u64 = 16 * 1024 * 1024;

/// A bar of bytes read, where somebody is looking and there is enough to wait for.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar for so many bytes.
    pub(crate) fn new(total: u64) -> Self {
        let target = if io::stderr().is_terminal() && total > WORTH_SHOWING {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style =
            ProgressStyle::with_template("reading {wide_bar} {bytes} of {total_bytes}, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("━╸─"));
        }
        Self(bar)
    }

    /// The reader, counted as it is read.
    pub(crate) fn count<R: Read>(&self, reader: R) -> impl Read + use<R> {
        self.0.wrap_read(reader)
    }

    /// Counts bytes that were read.
    pub(crate) fn add(&self, bytes: usize) {
        self.0.inc(bytes as u64);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
