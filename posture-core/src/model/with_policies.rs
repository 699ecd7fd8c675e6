//! A cluster with other policies.

use super::{Cluster, Policy};

impl Cluster {
    /// The cluster as if it had these policies too, or in place of those of their kinds, namespaces
    /// and names.
    #[must_use]
    pub fn with_policies(&self, policies: impl IntoIterator<Item = Policy>) -> Self {
        let mut cluster = self.clone();
        for new in policies {
            let known = &mut cluster.policies;
            match known.binary_search_by(|policy| policy.key().cmp(&new.key())) {
                Ok(at) => known.splice(at..=at, [new.into()]).for_each(drop),
                Err(at) => known.insert(at, new.into()),
            }
        }
        cluster.sources.policies = true;
        cluster
    }
}
