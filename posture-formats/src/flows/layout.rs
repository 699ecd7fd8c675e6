//! What a flow log is.

/// What a flow log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowLog {
    /// Who wrote it.
    pub format: FlowFormat,
    /// How its records lie in it.
    pub layout: Layout,
}

/// Who wrote a flow log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowFormat {
    /// Calico Cloud and Calico Enterprise.
    Calico,
    /// Whisker, the console of Calico open source.
    Whisker,
    /// Goldmane, the flow aggregator of Calico open source.
    Goldmane,
    /// Hubble, of Cilium.
    Hubble,
}

/// How records lie in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One record a line.
    Lines,
    /// JSON values one after another, in an array, or in the `items`, `flows`, `docs` or `hits` of
    /// an answer.
    Values,
}

impl FlowFormat {
    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calico => "Calico flow log",
            Self::Whisker => "Whisker flows",
            Self::Goldmane => "Goldmane flows",
            Self::Hubble => "Hubble flows",
        }
    }
}
