//! What each type can cost in each namespace: 100 points, divided to the last unit.

use std::collections::{BTreeMap, BTreeSet};

use posture_core::model::{ImageShare, Method};
use posture_core::risk::RiskType;

use crate::answer::Share;

/// Units of 100 points.
pub(crate) const HUNDRED: i128 = 100_000_000_000;

/// 100 points are divided over the types by weight, and then each type's over the counted
/// namespaces, in order of name, by namespace weight.
pub(crate) struct Caps {
    image_share: ImageShare,
    /// What a type can cost a namespace's own score.
    types: BTreeMap<RiskType, i128>,
    /// What a namespace can cost the score of a type.
    namespaces: BTreeMap<String, i128>,
    /// What a type can cost the cluster's score in a namespace.
    cells: BTreeMap<(String, RiskType), i128>,
}

impl Caps {
    /// Only the given types have a weight.
    pub(crate) fn new(
        method: &Method,
        namespaces: &BTreeSet<String>,
        weighed: &BTreeSet<RiskType>,
    ) -> Self {
        let weight = |t: RiskType| match weighed.contains(&t) {
            true => i128::from(t.weight(method)),
            false => 0,
        };
        let points = divide(HUNDRED, &RiskType::ALL.map(weight));
        let types: BTreeMap<RiskType, i128> = RiskType::ALL.into_iter().zip(points).collect();

        let weights: Vec<i128> = namespaces
            .iter()
            .map(|namespace| method.namespace_weight(namespace).into())
            .collect();
        let mut cells = BTreeMap::new();
        for (t, points) in &types {
            for (namespace, points) in namespaces.iter().zip(divide(*points, &weights)) {
                cells.insert((namespace.clone(), *t), points);
            }
        }
        Self {
            image_share: method.image_share,
            types,
            namespaces: namespaces
                .iter()
                .cloned()
                .zip(divide(HUNDRED, &weights))
                .collect(),
            cells,
        }
    }

    pub(crate) fn contribution(&self, t: RiskType, namespace: &str, share: Share) -> i128 {
        self.lost(self.cells[&(namespace.to_owned(), t)], t, share)
    }

    pub(crate) fn in_namespace(&self, t: RiskType, share: Share) -> i128 {
        self.lost(self.types[&t], t, share)
    }

    pub(crate) fn in_type(&self, t: RiskType, namespace: &str, share: Share) -> i128 {
        self.lost(self.namespaces[namespace], t, share)
    }

    /// `cap * part / whole`, "rounded once, half up"; "`any`: share is 1 as soon as one image is
    /// bad".
    fn lost(&self, cap: i128, t: RiskType, (part, whole): Share) -> i128 {
        let all = self.image_share == ImageShare::Any && !t.is_network() && part > 0;
        let (part, whole) = (
            i128::from(if all { whole } else { part }),
            i128::from(whole),
        );
        match whole {
            0 => 0,
            _ => (2 * cap * part + whole) / (2 * whole),
        }
    }
}

/// "by largest remainder": each gets its exact share rounded down, and then, as long as points
/// are left, the one that lost most by that, of equals the first, gets a unit.
fn divide(points: i128, weights: &[i128]) -> Vec<i128> {
    let total: i128 = weights.iter().sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let mut given: Vec<i128> = weights.iter().map(|w| points * w / total).collect();
    let mut lost: Vec<i128> = weights.iter().map(|w| points * w % total).collect();
    while given.iter().sum::<i128>() < points {
        let most = *lost.iter().max().unwrap();
        let first = lost.iter().position(|lost| *lost == most).unwrap();
        given[first] += 1;
        lost[first] = -1;
    }
    given
}
