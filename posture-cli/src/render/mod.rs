//! Results, for people: tables in a terminal, and a report as Markdown, too.

mod collect;
mod convert;
mod delta;
mod dismissals;
mod explain;
mod explanation;
mod fleet;
mod history;
mod inspect;
mod item;
mod junit;
mod layout;
mod markdown;
mod missing;
mod numbers;
mod plan;
mod policies;
mod recommended;
mod sarif;
mod staged;
mod table;
mod times;
mod verdict;
mod what_if;
mod words;

pub(crate) use collect::{Collected, collected};
pub(crate) use convert::{Converted, converted, unconverted};
pub(crate) use delta::{delta, other_method};
pub(crate) use dismissals::{dismissals, dismissed};
pub(crate) use explanation::{Asked, explanation};
pub(crate) use fleet::{fleet, fleet_markdown};
pub(crate) use history::{history, history_csv};
pub(crate) use inspect::inspection;
pub(crate) use item::item;
pub(crate) use junit::junit;
pub(crate) use layout::Paint;
pub(crate) use markdown::markdown;
pub(crate) use plan::plan;
pub(crate) use policies::policies;
pub(crate) use recommended::recommended;
pub(crate) use sarif::sarif;
pub(crate) use table::{table, warnings};
pub(crate) use verdict::{Shown, verdict};
pub(crate) use what_if::{Tried, what_if};

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

impl Limits {
    /// How many rows of a table there may be.
    fn rows(&self) -> usize {
        self.namespaces.max(self.actions).max(self.items)
    }

    /// Half as many rows; items without a limit get one.
    fn halved(self) -> Self {
        Self {
            namespaces: self.namespaces / 2,
            actions: self.actions / 2,
            items: self.items.min(1_000) / 2,
            ..self
        }
    }
}

const PLAIN: Paint = Paint(Style::new());
const STRONG: Paint = Paint(Style::new().bold());
const QUIET: Paint = Paint(Style::new().dimmed());
const GOOD: Paint = Paint(AnsiColor::Green.on_default());
const FAIR: Paint = Paint(AnsiColor::Yellow.on_default());
const POOR: Paint = Paint(AnsiColor::Red.on_default());
