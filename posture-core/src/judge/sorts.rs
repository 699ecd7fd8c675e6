//! Which addresses outside the cluster are judged alike.

use std::net::IpAddr;

use rustc_hash::FxHashSet;

use crate::engine::Engine;
use crate::model::{AddressClass, Cluster};

/// What an address is to a judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Something of the cluster, or what policies name by itself: like no other.
    One(IpAddr),
    /// An address outside, by its class and the piece of the address space that no policy divides.
    Outside(AddressClass, u32),
}

/// Tells sorts of addresses. Records are judged alike that differ in nothing but addresses of one
/// sort at an end that the log says is a network.
#[derive(Debug)]
pub struct Sorts<'c> {
    cluster: &'c Cluster,
    engine: &'c Engine,
    /// Addresses outside that stand behind Services: rules may name those.
    behind_services: FxHashSet<IpAddr>,
}

impl<'c> Sorts<'c> {
    /// The sorts of a cluster and the engine of its policies.
    pub fn new(cluster: &'c Cluster, engine: &'c Engine) -> Self {
        let endpoints = engine.surroundings().service_addresses();
        Self {
            cluster,
            engine,
            behind_services: endpoints
                .filter(|address| cluster.address_owner(*address).is_none())
                .collect(),
        }
    }

    /// The sort of an address.
    pub fn of(&self, address: IpAddr) -> Sort {
        let address = address.to_canonical();
        let is_one = self.cluster.address_owner(address).is_some()
            || self.cluster.network.contains(address)
            || self.engine.surroundings().is_host(address)
            || self.behind_services.contains(&address);
        match is_one {
            true => Sort::One(address),
            false => Sort::Outside(AddressClass::of(address), self.engine.piece(address)),
        }
    }
}
