//! Which rows an entity is (policy semantics, section 11).

use ipnet::IpNet;

use super::row_set::{RowSet, Rows};
use super::select::Finder;
use super::world::{Kind, hosts};
use crate::model::Entity;

impl Finder<'_> {
    /// The ends that an entity is. Which node a pod runs on is no matter of rows, so nodes are asked
    /// about one by one where that matters.
    pub(super) fn entity(&self, entity: Entity) -> Rows {
        let len = self.len();
        let nodes = self.at(self.around.nodes.iter().map(|node| &node.addresses));
        let endpoints = self.around.host_endpoints.iter();
        let nodes = nodes.or(&self.at(endpoints.map(|host| &host.addresses)), len);
        let others = self.addresses.minus(&nodes, len);
        let hidden = self.addresses_in(&self.around.inside).and(&others, len);
        let outside = others.minus(&hidden, len);
        let vague = self.nowhere.minus(&self.pods, len);
        let api_server = self.at(self.around.api_server.iter());
        let (must, unknown) = match (entity, &self.around.api_server) {
            (Entity::World, _) => (outside, hidden),
            (Entity::Cluster, _) => {
                let known = self.pods.or(&nodes, len);
                (known.or(&api_server.and(&outside, len), len), hidden)
            }
            (Entity::Host | Entity::RemoteNode, _) => (RowSet::empty(), nodes.or(&hidden, len)),
            (Entity::ApiServer, Some(_)) => (api_server, RowSet::empty()),
            (Entity::ApiServer, None) => (RowSet::empty(), self.addresses.clone()),
            (Entity::Hidden, _) => (RowSet::empty(), hidden),
        };
        Rows::known(must).or_unknown(&unknown.or(&vague, len), len)
    }

    /// The rows of addresses that no pod has.
    fn at<'a>(&self, addresses: impl Iterator<Item = &'a Vec<std::net::IpAddr>>) -> RowSet {
        let nets: Vec<IpNet> = addresses.flat_map(|addresses| hosts(addresses)).collect();
        self.addresses_in(&nets)
    }

    fn addresses_in(&self, nets: &[IpNet]) -> RowSet {
        self.inside(nets, &|kind| matches!(kind, Kind::Address(_)))
    }
}
