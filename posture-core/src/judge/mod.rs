//! Whether the traffic of a record is secured: by its recorded trace, else by today's policies.

mod sorts;
pub(crate) mod today;
mod why;

pub use sorts::{Sort, Sorts};
pub use why::{Grounds, Why};

use today::Today;

use crate::edge::EdgeKey;
use crate::engine::{Cached, Engine, Scope};
use crate::locate::{Located, LocatedPeer, Locator};
use crate::model::{Cluster, Direction, End, EndKind, Evidence, Port, Record, Reporter, Trace};
use crate::state::State;
use crate::trace::{enforced_state, pending_hit, state_of};

/// Why a record judges nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unjudged {
    /// It was reported by a node that forwarded the traffic.
    Forwarded,
    /// It does not tell which end it speaks for.
    DirectionUnknown,
    /// The end that it speaks for is no workload.
    NotAWorkload,
    /// The end that it speaks for shares its node's network.
    HostNetwork,
}

/// What a record says of one edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The edge.
    pub edge: EdgeKey,
    /// The edge's state in this record.
    pub state: State,
    /// Whether the rule that allows the traffic is known to name neither peer nor port: an
    /// allow-all counts as secured ("do not include misconfigurations") and is flagged.
    pub broad: bool,
    /// Unsecured by its trace, secured by what is enforced now: "A trace is frozen for the life
    /// of a connection" (scoring, section 6.1).
    pub awaiting_reconnect: bool,
    /// Not secured by its trace, and secured if staged policies were enforced.
    pub secured_if_staged_enforced: bool,
}

/// What a record speaks of: the end whose policies are judged, and the other.
struct Sides<'r, 'c> {
    direction: Direction,
    local: &'r End<'r>,
    located: Located<'c>,
    remote: &'r End<'r>,
    peer: LocatedPeer<'c>,
}

/// How many verdicts are remembered: logs repeat their ends.
const REMEMBERED: usize = 4096;

/// Judges the records of one cluster.
///
/// Remembers names and verdicts that records repeat, and nothing that changes an answer.
#[derive(Debug)]
pub struct Judge<'c> {
    cluster: &'c Cluster,
    engine: Cached<'c>,
    evidence: Evidence,
    locator: Locator<'c>,
}

impl<'c> Judge<'c> {
    /// A judge for a cluster and the engine of its policies; `evidence` says whether traces or
    /// today's policies decide.
    pub fn new(cluster: &'c Cluster, engine: &'c Engine, evidence: Evidence) -> Self {
        Self {
            cluster,
            engine: Cached::new(engine, REMEMBERED),
            evidence,
            locator: Locator::new(cluster),
        }
    }

    /// What a record says: by its recorded trace, else by today's policies. Today's policies are
    /// asked as well where the trace says unsecured, since a connection may be older than they.
    ///
    /// # Errors
    /// [`Unjudged`] for a record that speaks for no workload.
    pub fn judge(&mut self, record: &Record<'_>) -> Result<Judgement, Unjudged> {
        let sides = self.sides(record)?;
        let recorded = match self.evidence {
            Evidence::Recorded => enforced_state(&record.traces.enforced),
            Evidence::Current => None,
        };
        let today = match recorded {
            None | Some(State::Unsecured) => self.today(Scope::Enforced, record, &sides),
            Some(state) => Today::narrowly(state),
        };
        let state = recorded.unwrap_or(today.state);
        let pending =
            pending_hit(&record.traces.pending).filter(|hit| state_of(hit) == State::Secured);
        Ok(Judgement {
            state,
            broad: today.broad && state == State::Secured,
            awaiting_reconnect: recorded == Some(State::Unsecured)
                && (today.state == State::Secured || pending.is_some_and(|hit| !hit.staged)),
            secured_if_staged_enforced: state != State::Secured
                && match record.traces.pending {
                    Trace::Absent => {
                        today.state != State::Secured && self.would_secure(record, &sides)
                    }
                    Trace::Unparsable | Trace::Hits(_) => pending.is_some_and(|hit| hit.staged),
                },
            edge: EdgeKey {
                workload: sides.located.workload,
                direction: sides.direction,
                peer: sides.peer.peer,
                protocol: record.protocol,
                port: Port::of(record.protocol, record.destination.port),
            },
        })
    }

    /// Whether labels of the record's ends may be asked for: where its trace does not say that it is
    /// secured, and the input has no pod of an end that is one.
    pub fn asks_labels(&mut self, record: &Record<'_>) -> bool {
        let decided = self.evidence == Evidence::Recorded
            && enforced_state(&record.traces.enforced) == Some(State::Secured);
        if decided || !self.cluster.sources.policies || record.reporter == Reporter::Forward {
            return false;
        }
        [&record.source, &record.destination]
            .into_iter()
            .filter(|end| end.kind == EndKind::Workload)
            .any(|end| {
                self.locator
                    .workload(end)
                    .is_some_and(|found| found.pod.is_none())
            })
    }

    fn today(&mut self, scope: Scope, record: &Record<'_>, sides: &Sides<'_, '_>) -> Today {
        today::judge(self.cluster, &mut self.engine, scope, record, sides)
    }

    /// Whether the staged policies would secure what is not.
    fn would_secure(&mut self, record: &Record<'_>, sides: &Sides<'_, '_>) -> bool {
        self.engine.engine().has_staged()
            && self.today(Scope::Staged, record, sides).state == State::Secured
    }

    /// "A source-reported record speaks for egress only, a destination-reported one for ingress
    /// only, forwarded ones for neither" (scoring, section 6.1).
    fn sides<'r>(&mut self, record: &'r Record<'r>) -> Result<Sides<'r, 'c>, Unjudged> {
        let (direction, local, remote) = match record.reporter {
            Reporter::Source => (Direction::Egress, &record.source, &record.destination),
            Reporter::Destination => (Direction::Ingress, &record.destination, &record.source),
            Reporter::Forward => return Err(Unjudged::Forwarded),
            Reporter::Unknown => return Err(Unjudged::DirectionUnknown),
        };
        if local.kind != EndKind::Workload {
            return Err(Unjudged::NotAWorkload);
        }
        let located = self.locator.workload(local).ok_or(Unjudged::NotAWorkload)?;
        if located.shares_host_network() {
            return Err(Unjudged::HostNetwork);
        }
        let service = record.service.filter(|_| direction == Direction::Egress);
        let peer = self.locator.peer(remote, service);
        Ok(Sides {
            direction,
            local,
            located,
            remote,
            peer,
        })
    }
}
