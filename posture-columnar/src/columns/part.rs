//! The parts of a row that decide about it, and where they stand.

/// What decides about a row, apart from its times and sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// `action`.
    Action,
    /// `reporter`.
    Reporter,
    /// `proto`.
    Proto,
    /// `dest_service_namespace`.
    ServiceNamespace,
    /// `dest_service_name`.
    ServiceName,
    /// `dest_domains`.
    Domains,
    /// `enforced_policies`.
    Enforced,
    /// `pending_policies`.
    Pending,
    /// `all_policies`.
    All,
    /// `policies`, as JSON.
    Policies,
    /// `source_type`.
    SourceType,
    /// `source_namespace`.
    SourceNamespace,
    /// `source_name`.
    SourceName,
    /// `source_name_aggr`.
    SourceAggregate,
    /// `source_ip`.
    SourceAddress,
    /// `source_port`.
    SourcePort,
    /// `source_labels`.
    SourceLabels,
    /// `dest_type`.
    DestType,
    /// `dest_namespace`.
    DestNamespace,
    /// `dest_name`.
    DestName,
    /// `dest_name_aggr`.
    DestAggregate,
    /// `dest_ip`.
    DestAddress,
    /// `dest_port`.
    DestPort,
    /// `dest_labels`.
    DestLabels,
}

/// How many parts there are.
pub(crate) const PARTS: usize = 24;

impl Part {
    /// All of them, in order.
    pub(crate) const ALL: [Self; PARTS] = [
        Self::Action,
        Self::Reporter,
        Self::Proto,
        Self::ServiceNamespace,
        Self::ServiceName,
        Self::Domains,
        Self::Enforced,
        Self::Pending,
        Self::All,
        Self::Policies,
        Self::SourceType,
        Self::SourceNamespace,
        Self::SourceName,
        Self::SourceAggregate,
        Self::SourceAddress,
        Self::SourcePort,
        Self::SourceLabels,
        Self::DestType,
        Self::DestNamespace,
        Self::DestName,
        Self::DestAggregate,
        Self::DestAddress,
        Self::DestPort,
        Self::DestLabels,
    ];
}

/// What a part is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Read {
    /// A text; `-` and the empty one are none.
    Known,
    /// A text as it stands.
    Text,
    /// A number, one more than it is, so that nothing is 0.
    Number,
    /// A list of texts.
    List,
}

/// A part of a row, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) part: Part,
    pub(crate) place: Place,
    pub(crate) read: Read,
}

/// A column, or a field of one that is a struct.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) column: usize,
    pub(crate) field: Option<usize>,
    pub(crate) name: &'static str,
}
