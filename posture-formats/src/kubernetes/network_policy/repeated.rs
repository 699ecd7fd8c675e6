//! Lists that policies repeat: each is read once, and those who repeat it share it.

use std::sync::Arc;

use posture_core::model::{EndMatch, TrafficMatch};
use rustc_hash::FxHashMap;
use serde_json::value::RawValue;

use super::peer::{self, Peer};
use super::port::{self, Port};
use crate::object::{Invalid, value};

/// The lists of a file, by their texts.
#[derive(Default)]
pub(crate) struct Repeated {
    peers: FxHashMap<Box<str>, Ends>,
    ports: FxHashMap<Box<str>, Arc<[TrafficMatch]>>,
}

struct Ends {
    list: Arc<[EndMatch]>,
    /// The namespace of the policy that has it, where pods of that are meant.
    own: Option<Box<str>>,
}

impl Repeated {
    /// The ends that the `from` or `to` of a rule names, in a policy of some namespace.
    pub(super) fn ends(
        &mut self,
        peers: Option<&RawValue>,
        own: &str,
    ) -> Result<Arc<[EndMatch]>, Invalid> {
        let Some(text) = peers.map(RawValue::get) else {
            return Ok(Arc::default());
        };
        let known = self.peers.get(text);
        if let Some(known) = known.filter(|known| known.own.as_deref().is_none_or(|of| of == own)) {
            return Ok(known.list.clone());
        }
        let peers: Vec<Peer> = value(text)?;
        let is_own = peers.iter().any(Peer::is_of_own_namespace);
        let list: Arc<[EndMatch]> = peers.into_iter().map(|peer| peer::end(peer, own)).collect();
        let ends = Ends {
            list: list.clone(),
            own: is_own.then(|| own.into()),
        };
        self.peers.insert(text.into(), ends);
        Ok(list)
    }

    /// What the `ports` of a rule name.
    pub(super) fn traffic(
        &mut self,
        ports: Option<&RawValue>,
    ) -> Result<Arc<[TrafficMatch]>, Invalid> {
        let Some(text) = ports.map(RawValue::get) else {
            return Ok(Arc::default());
        };
        if let Some(known) = self.ports.get(text) {
            return Ok(known.clone());
        }
        let ports: Vec<Port> = value(text)?;
        let list: Arc<[TrafficMatch]> = ports.into_iter().map(port::traffic).collect();
        self.ports.insert(text.into(), list.clone());
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> &RawValue {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn a_list_is_shared_where_it_means_the_same() {
        let mut repeated = Repeated::default();
        let own = raw(r#"[{"podSelector": {}}]"#);
        let other = raw(r#"[{"namespaceSelector": {}, "podSelector": {}}]"#);
        let mut ends = |list, namespace| repeated.ends(Some(list), namespace).expect("ends");
        let (of_shop, anywhere) = (ends(own, "shop"), ends(other, "shop"));
        assert!(Arc::ptr_eq(&of_shop, &ends(own, "shop")));
        assert!(Arc::ptr_eq(&anywhere, &ends(other, "bank")));
        assert_ne!(of_shop, anywhere);
        // pods of another namespace are others, however often it goes to and fro
        let of_bank = ends(own, "bank");
        assert_ne!(of_bank, of_shop);
        assert_eq!(ends(own, "shop"), of_shop);
        assert_eq!(ends(own, "bank"), of_bank);
        assert!(repeated.ends(None, "shop").expect("ends").is_empty());
    }

    #[test]
    fn ports_are_shared_and_those_that_are_none_stay_none() {
        let mut repeated = Repeated::default();
        let mut traffic = |text| repeated.traffic(Some(raw(text)));
        let first = traffic(r#"[{"port": 80}]"#).expect("ports");
        assert!(Arc::ptr_eq(
            &first,
            &traffic(r#"[{"port": 80}]"#).expect("ports")
        ));
        assert_ne!(first, traffic(r#"[{"port": 81}]"#).expect("ports"));
        for _ in 0..2 {
            let error = traffic(r#"[{"port": 80}, {"port": 0}]"#).expect_err("no port");
            assert_eq!(
                error.to_string(),
                "[1]: port `0` is not between 1 and 65535"
            );
        }
        assert!(repeated.traffic(None).expect("ports").is_empty());
    }
}
