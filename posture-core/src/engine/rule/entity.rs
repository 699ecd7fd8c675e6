//! What an end is to the cluster (policy semantics, section 11).

use super::Matcher;
use crate::engine::{End, Match, Reason, Who};
use crate::model::Entity;

/// What an end is, as far as the input tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Pod,
    Node,
    /// It is no pod and no node.
    Outside,
    /// It may be any of these, but for a pod that is known.
    Unclear,
}

impl Matcher<'_> {
    pub(in crate::engine) fn entity(&self, wanted: Entity, end: &End<'_>) -> Match {
        let unclear = Match::Unknown(Reason::Peer);
        match (wanted, self.standing(end)) {
            (Entity::ApiServer, standing) => self.api_server(end, standing),
            (Entity::Cluster, Standing::Outside) => self.question.around.is_api_server(end).into(),
            (_, Standing::Unclear) => unclear,
            (Entity::World, Standing::Outside)
            | (Entity::Cluster, Standing::Pod | Standing::Node) => Match::Yes,
            (Entity::Host, Standing::Node) => Match::known(self.is_own_node(end), Reason::Peer),
            (Entity::RemoteNode, Standing::Node) => {
                Match::known(self.is_own_node(end), Reason::Peer).not()
            }
            (Entity::World | Entity::Host | Entity::RemoteNode | Entity::Hidden, _) => Match::No,
        }
    }

    fn standing(&self, end: &End<'_>) -> Standing {
        match (end.who, end.address) {
            (Who::Pod(_), _) => Standing::Pod,
            (Who::Host(_), _) => Standing::Node,
            (Who::Address | Who::NetworkSet(..), Some(address)) => {
                let around = self.question.around;
                match (around.is_host(address), around.may_be_inside(address)) {
                    (true, _) => Standing::Node,
                    (false, true) => Standing::Unclear,
                    (false, false) => Standing::Outside,
                }
            }
            (Who::Address | Who::NetworkSet(..), None) | (Who::Unknown, _) => Standing::Unclear,
        }
    }

    /// The API server is told by the endpoints of its Service, which are no pods.
    fn api_server(&self, end: &End<'_>, standing: Standing) -> Match {
        let around = self.question.around;
        match (standing, end.address) {
            (Standing::Pod, _) => Match::No,
            _ if !around.tells_api_server() => Match::Unknown(Reason::Service),
            (_, Some(_)) if !matches!(end.who, Who::Unknown) => around.is_api_server(end).into(),
            _ => Match::Unknown(Reason::Peer),
        }
    }

    /// Whether a node is the one that the subject runs on.
    fn is_own_node(&self, end: &End<'_>) -> Option<bool> {
        let Who::Pod(subject) = self.question.subject.who else {
            return None;
        };
        let own = subject.node?;
        if let Who::Host(Some(name)) = end.who {
            return Some(name == own);
        }
        let mut nodes = self.question.around.nodes_at(end.address?).peekable();
        nodes.peek()?;
        Some(nodes.any(|node| node.name == own))
    }
}
