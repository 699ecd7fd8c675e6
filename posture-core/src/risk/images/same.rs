//! Which digests are of one image.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::model::{Digest, ImageIdentity, ImageName, Scan};

/// The images of a namespace, where "an image that is seen with several digests counts once where it
/// is known that they are of one image" (scoring, section 5).
pub(super) struct SameImages<'c> {
    groups: Groups<'c>,
    /// The smallest digest that a container of each group is known by.
    smallest: FxHashMap<usize, &'c Digest>,
}

/// What makes an image of a namespace distinct.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Identity<'c> {
    /// Of several digests of one image always the same.
    Digest(&'c Digest),
    /// Its name, where no digest is known.
    Name(&'c ImageName),
    /// Whose image it is, where nothing else is known.
    Unknown(String),
}

/// Sets of digests that are seen in a cluster and that scans say are of one image.
pub(super) fn linked<'c>(
    containers: impl Iterator<Item = &'c ImageIdentity>,
    scans: &'c [Scan],
) -> Vec<Vec<&'c Digest>> {
    let mut groups = Groups::default();
    for scan in scans {
        groups.join(scan.manifests.iter().chain(&scan.config));
    }
    let mut linked: BTreeMap<usize, BTreeSet<&Digest>> = BTreeMap::new();
    for digest in containers.flat_map(ImageIdentity::digests) {
        if let Some(group) = groups.of(digest) {
            linked.entry(group).or_default().insert(digest);
        }
    }
    let several = linked.into_values().filter(|digests| digests.len() > 1);
    several
        .map(|digests| digests.into_iter().collect())
        .collect()
}

impl<'c> SameImages<'c> {
    /// "By a container that has both, or by a scan of the image that names both" (scoring, section
    /// 5).
    pub(super) fn new(
        containers: impl Iterator<Item = &'c ImageIdentity> + Clone,
        linked: &[Vec<&'c Digest>],
    ) -> Self {
        let mut groups = Groups::default();
        let with_several = |image: &&ImageIdentity| image.digests().nth(1).is_some();
        for image in containers.clone().filter(with_several) {
            groups.join(image.digests());
        }
        for digests in linked {
            groups.join(digests.iter().copied());
        }
        let mut smallest: FxHashMap<usize, &Digest> = FxHashMap::default();
        for digest in containers.filter_map(|image| image.digests().next()) {
            if let Some(group) = groups.of(digest) {
                let known = smallest.entry(group).or_insert(digest);
                *known = digest.min(*known);
            }
        }
        Self { groups, smallest }
    }

    /// What makes an image distinct, where anything tells which it is: "by digest; by normalised reference
    /// where no digest is known" (scoring, section 1).
    pub(super) fn identity(&self, image: &'c ImageIdentity) -> Option<Identity<'c>> {
        let Some(digest) = image.digests().next() else {
            return image.name.as_ref().map(Identity::Name);
        };
        let group = self.groups.of(digest);
        let smallest = group.and_then(|group| self.smallest.get(&group).copied());
        Some(Identity::Digest(smallest.unwrap_or(digest)))
    }
}

impl Identity<'_> {
    /// The key that it is known by.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Digest(digest) => digest.as_str().to_owned(),
            Self::Name(name) => name.to_string(),
            Self::Unknown(of) => of.clone(),
        }
    }
}

/// Digests in groups.
#[derive(Default)]
struct Groups<'c> {
    numbers: FxHashMap<&'c Digest, usize>,
    /// By number a smaller one of the same group; the smallest of a group has its own.
    smaller: Vec<usize>,
}

impl<'c> Groups<'c> {
    /// The digests are of one image.
    fn join(&mut self, digests: impl Iterator<Item = &'c Digest>) {
        let mut joined: Option<usize> = None;
        for digest in digests {
            let next = self.smaller.len();
            let number = *self.numbers.entry(digest).or_insert(next);
            if number == next {
                self.smaller.push(next);
            }
            let group = self.smallest(number);
            let before = joined.unwrap_or(group);
            let smallest = before.min(group);
            for root in [before, group] {
                if let Some(smaller) = self.smaller.get_mut(root) {
                    *smaller = smallest;
                }
            }
            joined = Some(smallest);
        }
    }

    fn of(&self, digest: &Digest) -> Option<usize> {
        let number = self.numbers.get(digest)?;
        Some(self.smallest(*number))
    }

    fn smallest(&self, mut number: usize) -> usize {
        while let Some(smaller) = self.smaller.get(number).filter(|other| **other < number) {
            number = *smaller;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(fill: char) -> Digest {
        Digest::parse(&format!("sha256:{}", fill.to_string().repeat(64))).unwrap()
    }

    /// An image by its digests: running, pinned, config; a space for none.
    fn image(digests: &str) -> ImageIdentity {
        let mut digests = digests.chars().map(|c| (c != ' ').then(|| digest(c)));
        let mut next = || digests.next().flatten();
        ImageIdentity {
            name: Some(ImageName::parse("a:1").unwrap().0),
            running: next(),
            pinned: next(),
            config: next(),
        }
    }

    fn scan(manifests: &str, config: &str) -> Scan {
        Scan {
            manifests: manifests.chars().map(digest).collect(),
            config: config.chars().map(digest).next(),
            ..Scan::default()
        }
    }

    /// The letters of the keys of some images.
    fn keys(images: &[&str], scans: &[Scan]) -> String {
        let images: Vec<ImageIdentity> = images.iter().map(|digests| image(digests)).collect();
        let linked = linked(images.iter(), scans);
        let same = SameImages::new(images.iter(), &linked);
        let keys = images
            .iter()
            .map(|image| same.identity(image).unwrap().key());
        keys.map(|key| key.chars().last().unwrap()).collect()
    }

    #[test]
    fn by_a_container() {
        assert_eq!(keys(&["b", "a"], &[]), "ba");
        assert_eq!(keys(&["ba", "a"], &[]), "aa", "pinned and running");
        assert_eq!(keys(&["b c", "  c"], &[]), "bb", "manifest and config");
        assert_eq!(keys(&["da", "ea"], &[]), "dd", "one list, two platforms");
        assert_eq!(keys(&["ba", "cb", "dc", "e"], &[]), "bbbe", "and so on");
    }

    #[test]
    fn by_a_scan() {
        assert_eq!(keys(&["a", "b"], &[scan("ab", "")]), "aa");
        assert_eq!(keys(&["a", "  b"], &[scan("a", "b")]), "aa");
        assert_eq!(keys(&["a", "b"], &[scan("ac", ""), scan("b", "d")]), "ab");
        assert_eq!(
            keys(&["a", "b"], &[scan("ac", ""), scan("cb", "")]),
            "aa",
            "by a digest that nothing runs"
        );
    }

    #[test]
    fn never_by_name() {
        assert_eq!(keys(&["", "a"], &[]), "1a");
    }
}
