//! Which rows a selector, and an end that a rule names, fits: "Evaluate selectors per class"
//! (policy semantics, section 10).

mod labels;

use std::cell::OnceCell;
use std::sync::Arc;

use ipnet::IpNet;
use rustc_hash::FxHashMap;

use super::atoms::ranges;
use super::row_set::{RowSet, Rows};
use super::world::{Kind, NO_POD, World};
use crate::engine::Surroundings;
use crate::model::{EndMatch, Policy};
use crate::selector::Selector;

/// Finds rows, and remembers them while policies are compiled: they repeat each other.
pub(super) struct Finder<'w> {
    world: &'w World,
    pub(super) around: &'w Surroundings,
    len: usize,
    /// Rows by value, by key.
    by_value: FxHashMap<u32, Vec<RowSet>>,
    /// Rows with labels that have a key.
    having: FxHashMap<u32, Rows>,
    /// Rows by the first number of their atom, once that is asked for.
    by_address: OnceCell<Vec<(u128, u32)>>,
    selected: FxHashMap<Selector, Rows>,
    /// By where the list of ends lies and whether pods are spared.
    any_end: FxHashMap<(*const EndMatch, bool), Listed>,
    /// All rows: one value, so that the slots that anything fits are known to fit the same.
    all: RowSet,
    /// Rows that have no labels.
    bare: RowSet,
    /// Rows of network sets and host endpoints, which have addresses beside labels.
    named: RowSet,
    /// Rows of pods.
    pub(super) pods: RowSet,
    /// All others.
    others: RowSet,
    /// Rows of addresses that are no pods'.
    pub(super) addresses: RowSet,
    /// Rows whose address is not known.
    pub(super) nowhere: RowSet,
    /// Rows of which nothing is known.
    unknown: RowSet,
    sets: FxHashMap<u32, RowSet>,
}

/// The rows that fit a list of ends.
struct Listed {
    rows: Rows,
    /// No other list comes to lie where this one does.
    _ends: Arc<[EndMatch]>,
}

impl<'w> Finder<'w> {
    pub(super) fn new(world: &'w World, around: &'w Surroundings) -> Self {
        let len = world.len();
        let those = |wanted: &dyn Fn(Kind) -> bool| {
            let rows = (0_u32..)
                .zip(world.kinds())
                .filter(|(_, kind)| wanted(**kind));
            RowSet::of(rows.map(|(row, _)| row).collect(), len)
        };
        Self {
            world,
            around,
            len,
            by_value: FxHashMap::default(),
            having: FxHashMap::default(),
            by_address: OnceCell::new(),
            selected: FxHashMap::default(),
            any_end: FxHashMap::default(),
            all: RowSet::all(len),
            bare: those(&|kind| !kind.is_pod() && !kind.is_named()),
            named: those(&Kind::is_named),
            pods: those(&Kind::is_pod),
            others: those(&|kind| !kind.is_pod()),
            addresses: those(&|kind| matches!(kind, Kind::Address(_))),
            nowhere: those(&|kind| kind.address().is_none() && !matches!(kind, Kind::Host(_))),
            unknown: those(&|kind| kind == Kind::Unknown),
            sets: FxHashMap::default(),
        }
    }

    /// The pods that a policy selects.
    pub(super) fn subjects(&mut self, policy: &Policy) -> Rows {
        let by_labels = self.labels(&policy.subject);
        by_labels.without(&self.others, self.len)
    }

    /// The ends that fit any of those that a rule names.
    pub(super) fn any_end(&mut self, ends: &Arc<[EndMatch]>, spares_pods: bool) -> Rows {
        let key = (ends.as_ptr(), spares_pods);
        if let Some(known) = self.any_end.get(&key) {
            return known.rows.clone();
        }
        let len = self.len;
        let any = ends.iter().map(|end| self.end(end, spares_pods));
        let any = any.reduce(|a, b| a.or(&b, len));
        let rows = any.unwrap_or_else(|| Rows::known(self.all.clone()));
        let listed = Listed {
            rows: rows.clone(),
            _ends: ends.clone(),
        };
        self.any_end.insert(key, listed);
        rows
    }

    fn end(&mut self, wanted: &EndMatch, spares_pods: bool) -> Rows {
        let len = self.len;
        let mut criteria: Vec<Rows> = Vec::new();
        if let Some(selector) = &wanted.selector {
            criteria.push(self.selected(selector));
        }
        if let Some(selector) = &wanted.not_selector {
            criteria.push(self.selected(selector).not(len));
        }
        if let Some(selector) = &wanted.nodes {
            criteria.push(self.nodes(selector));
        }
        if let Some(entity) = wanted.entity {
            criteria.push(self.entity(entity));
        }
        if let Some(nets) = &wanted.nets {
            let inside = self.nets(nets);
            criteria.push(match spares_pods {
                true => inside.within(&self.others, len),
                false => inside,
            });
        }
        if !wanted.not_nets.is_empty() {
            criteria.push(self.not_nets(&wanted.not_nets));
        }
        // what depends on a port or a domain name as well is asked one by one
        if wanted.service.is_some() || wanted.domains.is_some() {
            criteria.push(Rows {
                must: RowSet::empty(),
                unknown: self.all.clone(),
            });
        }
        self.all_of(criteria)
    }

    fn all_of(&self, mut parts: Vec<Rows>) -> Rows {
        // the few first: they make the others few
        parts.sort_by_key(|part| matches!(part.must, RowSet::Many(_)));
        let both = |a: Rows, b: Rows| a.and(&b, self.len);
        parts
            .into_iter()
            .reduce(both)
            .unwrap_or_else(|| Rows::known(self.all.clone()))
    }

    /// The ends that a selector selects: by their own labels, or by their addresses in network sets.
    fn selected(&mut self, selector: &Selector) -> Rows {
        if let Some(known) = self.selected.get(selector) {
            return known.clone();
        }
        let len = self.len;
        let labelled = self.labels(selector);
        let mut places = Vec::new();
        let named = labelled.must.and(&self.named, len);
        named.for_each(|row| places.extend(self.world.kinds().get(row as usize)));
        let mut inside = RowSet::empty();
        let (mut sets, mut domains) = (false, false);
        for kind in places {
            match kind {
                Kind::Set(place) => {
                    let set = self.around.network_sets.get(place as usize);
                    sets |= set.is_some_and(|set| !set.nets.is_empty());
                    domains |= set.is_some_and(|set| !set.domains.is_empty());
                    inside = inside.or(&self.set(place), len);
                }
                Kind::Host(place) => inside = inside.or(&self.host(place), len),
                _ => {}
            }
        }
        let mut unknown = self.unknown.clone();
        if sets {
            unknown = unknown.or(&self.nowhere, len);
        }
        if !self.around.host_endpoints.is_empty() {
            unknown = unknown.or(&RowSet::Few([NO_POD].into()), len);
        }
        if domains {
            unknown = self.all.clone();
        }
        let selected = labelled
            .or(&Rows::known(inside), len)
            .or_unknown(&unknown, len);
        self.selected.insert(selector.clone(), selected.clone());
        selected
    }

    /// The rows whose addresses are in a network set.
    fn set(&mut self, place: u32) -> RowSet {
        if let Some(known) = self.sets.get(&place) {
            return known.clone();
        }
        let set = self.around.network_sets.get(place as usize);
        let rows = self.inside(set.map_or(&[], |set| &set.nets), &|_| true);
        self.sets.insert(place, rows.clone());
        rows
    }

    /// The addresses of a host endpoint: no pod has them.
    fn host(&self, place: u32) -> RowSet {
        let host = self.around.host_endpoints.get(place as usize);
        let nets: Vec<IpNet> = host
            .iter()
            .flat_map(|host| &host.addresses)
            .map(|address| IpNet::from(address.to_canonical()))
            .collect();
        self.inside(&nets, &|kind| matches!(kind, Kind::Address(_)))
    }

    /// The nodes that a selector selects.
    fn nodes(&self, selector: &Selector) -> Rows {
        let nodes = self.around.nodes.iter();
        let nets: Vec<IpNet> = nodes
            .filter(|node| selector.matches(&node.labels))
            .flat_map(|node| &node.addresses)
            .map(|address| IpNet::from(address.to_canonical()))
            .collect();
        let known = Rows::known(self.inside(&nets, &|kind| matches!(kind, Kind::Address(_))));
        let mut open = self.nowhere.clone();
        if self.around.nodes.is_empty() {
            open = open.or(&self.addresses, self.len);
        }
        let open = open.and(&self.others, self.len);
        known.or_unknown(&open, self.len)
    }

    fn nets(&self, nets: &[IpNet]) -> Rows {
        if nets.is_empty() {
            return Rows::none();
        }
        Rows::known(self.inside(nets, &|_| true)).or_unknown(&self.nowhere, self.len)
    }

    /// "A rule with nets (or notNets) only of the other address family never matches" (policy
    /// semantics, section 5).
    fn not_nets(&self, nets: &[IpNet]) -> Rows {
        let spoken_of: Vec<IpNet> = ["0.0.0.0/0", "::/0"]
            .iter()
            .filter_map(|text| text.parse::<IpNet>().ok())
            .filter(|all| {
                nets.iter()
                    .any(|net| net.addr().is_ipv4() == all.addr().is_ipv4())
            })
            .collect();
        let outside = self.inside(nets, &|_| true).not(self.len);
        let spoken_of = self.inside(&spoken_of, &|_| true);
        let known = Rows::known(outside.and(&spoken_of, self.len));
        known.or_unknown(&self.nowhere, self.len)
    }

    fn by_address(&self) -> &[(u128, u32)] {
        self.by_address.get_or_init(|| {
            let placed = (0_u32..).zip(self.world.kinds());
            let placed = placed.filter_map(|(row, kind)| Some((kind.address()?, row)));
            let mut by_address: Vec<(u128, u32)> = placed.collect();
            by_address.sort_unstable();
            by_address
        })
    }

    /// The rows of a kind with addresses in nets.
    pub(super) fn inside(&self, nets: &[IpNet], wanted: &dyn Fn(Kind) -> bool) -> RowSet {
        let mut rows = Vec::new();
        for (first, last) in nets.iter().flat_map(ranges) {
            let from = self
                .by_address()
                .partition_point(|(start, _)| *start < first);
            let placed = self.by_address().iter().skip(from);
            let inside = placed.take_while(|(start, _)| *start <= last);
            rows.extend(inside.map(|(_, row)| *row).filter(|row| {
                let kind = self.world.kinds().get(*row as usize);
                kind.is_some_and(|kind| wanted(*kind))
            }));
        }
        rows.sort_unstable();
        rows.dedup();
        RowSet::of(rows, self.len)
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }
}
