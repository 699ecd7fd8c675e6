//! Results, for people: tables in a terminal, and a report as Markdown, too.

mod convert;
mod explain;
mod fleet;
mod inspect;
mod layout;
mod markdown;
mod numbers;
mod policies;
mod table;
mod times;
mod verdict;
mod words;

pub(crate) use convert::{Converted, converted, unconverted};
pub(crate) use fleet::{fleet, fleet_markdown};
pub(crate) use inspect::inspection;
pub(crate) use layout::Paint;
pub(crate) use markdown::markdown;
pub(crate) use policies::policies;
pub(crate) use table::table;
pub(crate) use verdict::{Shown, verdict};

use anstyle::{AnsiColor, Style};

/// What went wrong.
pub(crate) const ERROR: Paint = Paint(AnsiColor::Red.on_default().bold());

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Namespaces, the highest risk first.
    pub(crate) namespaces: usize,
    /// Actions, best first.
    pub(crate) actions: usize,
    /// Items of each namespace and type in an explanation.
    pub(crate) items: usize,
    /// Whether every lost point is explained.
    pub(crate) explain: bool,
}

const PLAIN: Paint = Paint(Style::new());
const STRONG: Paint = Paint(Style::new().bold());
const QUIET: Paint = Paint(Style::new().dimmed());
const GOOD: Paint = Paint(AnsiColor::Green.on_default());
const FAIR: Paint = Paint(AnsiColor::Yellow.on_default());
const POOR: Paint = Paint(AnsiColor::Red.on_default());
