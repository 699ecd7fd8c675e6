//! Which of several scans of an image decides.

use std::collections::{BTreeMap, BTreeSet};

use super::{Join, RunningImage, is_high_risk};
use crate::model::{Digest, HighRiskFrom, Platform, Scan};

/// The scan that decides on an image, of those that belong to it by each join, the best first: by the
/// best join that finds any usable one.
///
/// "Of several scans the newest counts, of equally new ones one that found a high risk" (scoring,
/// section 5). "Of scans that are known to be of different images each counts, and one that found a
/// high risk decides" (scoring, section 5).
pub(super) fn deciding<'c>(
    found: [(Join, Vec<&'c Scan>); 4],
    image: &RunningImage<'c>,
    usable: impl Fn(&Scan) -> bool,
    from: HighRiskFrom,
) -> Option<(&'c Scan, Join)> {
    let usable = found.into_iter().map(|(join, mut scans)| {
        scans.retain(|scan| usable(scan));
        (join, scans)
    });
    let (join, mut scans) = usable.into_iter().find(|(_, scans)| !scans.is_empty())?;
    if let [only] = scans[..] {
        return Some((only, join));
    }
    keep_running(&mut scans, &image.configs());
    let newest = Newest::of(&scans, join);
    let counted = scans.into_iter().filter(|scan| !newest.supersede(scan));
    let decides = counted.max_by_key(|scan| (is_high_risk(scan, from), scan.at, *scan))?;
    Some((decides, join))
}

/// Drops what is known to be of another platform than the one that runs, where a scan of that one is
/// among the scans.
fn keep_running(scans: &mut Vec<&Scan>, running: &[&Digest]) {
    let runs = |scan: &Scan| scan.config.as_ref().map(|config| running.contains(&config));
    let of_running = scans.iter().filter(|scan| runs(scan) == Some(true));
    let platforms: BTreeSet<&Platform> = of_running.map(|scan| &scan.platform).collect();
    if !platforms.is_empty() {
        scans.retain(|scan| {
            let mut platforms = platforms.iter();
            runs(scan).unwrap_or_else(|| platforms.any(|of| of.may_be(&scan.platform)))
        });
    }
}

/// When the newest scans were made, by what tells images apart.
struct Newest<'c> {
    join: Join,
    configs: BTreeMap<&'c Digest, Option<i64>>,
    platforms: BTreeMap<&'c Platform, Option<i64>>,
    /// Of scans that tell no config digest.
    without_config: BTreeMap<&'c Platform, Option<i64>>,
}

impl<'c> Newest<'c> {
    fn of(scans: &[&'c Scan], join: Join) -> Self {
        let mut newest = Self {
            join,
            configs: BTreeMap::new(),
            platforms: BTreeMap::new(),
            without_config: BTreeMap::new(),
        };
        for scan in scans {
            match config(scan, join) {
                Some(config) => keep_newer(&mut newest.configs, config, scan.at),
                None => keep_newer(&mut newest.without_config, &scan.platform, scan.at),
            }
            keep_newer(&mut newest.platforms, &scan.platform, scan.at);
        }
        newest
    }

    /// Whether a newer scan takes the place of one: both may be of one image, by the config digest
    /// where both have one, else by the platform where both say it.
    fn supersede(&self, scan: &Scan) -> bool {
        let newer_of = |platforms: &BTreeMap<&Platform, Option<i64>>| {
            let mut platforms = platforms.iter();
            platforms.any(|(of, at)| *at > scan.at && of.may_be(&scan.platform))
        };
        match config(scan, self.join) {
            Some(config) => {
                let same = self.configs.get(config);
                same.is_some_and(|at| *at > scan.at) || newer_of(&self.without_config)
            }
            None => newer_of(&self.platforms),
        }
    }
}

/// The config digest, where a digest joins: other joins may find what an image was before, under the
/// same name.
fn config(scan: &Scan, join: Join) -> Option<&Digest> {
    let by_digest = matches!(join, Join::ManifestDigest | Join::ConfigDigest);
    scan.config.as_ref().filter(|_| by_digest)
}

fn keep_newer<K: Ord>(newest: &mut BTreeMap<K, Option<i64>>, key: K, at: Option<i64>) {
    let known = newest.entry(key).or_insert(at);
    *known = at.max(*known);
}
