//! One end of a rule: `source` and `destination`.

use posture_core::model::{EndMatch, PortMatch, ServiceName};
use posture_core::selector::Selector;
use serde::Deserialize;

use super::port::PortText;
use super::selector::{SelectorText, given};
use crate::object::Invalid;
use crate::object::address::Net;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object", deny_unknown_fields)]
pub(super) struct Entity {
    nets: Option<Vec<Net>>,
    not_nets: Option<Vec<Net>>,
    selector: Option<SelectorText>,
    not_selector: Option<SelectorText>,
    namespace_selector: Option<SelectorText>,
    service_accounts: Option<ServiceAccounts>,
    services: Option<Service>,
    domains: Option<Vec<String>>,
    ports: Option<Vec<PortText>>,
    not_ports: Option<Vec<PortText>>,
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object", deny_unknown_fields)]
struct ServiceAccounts {
    names: Option<Vec<String>>,
    selector: Option<SelectorText>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object", deny_unknown_fields)]
struct Service {
    name: Option<String>,
    namespace: Option<String>,
}

/// Which end of the traffic is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Destination,
}

impl Entity {
    /// Its ports: any of the first, none of the second.
    pub(super) fn take_ports(&mut self) -> (Vec<PortMatch>, Vec<PortMatch>) {
        let plain = |ports: Option<Vec<PortText>>| {
            let ports = ports.into_iter().flatten();
            ports.map(|PortText(port)| port).collect()
        };
        (plain(self.ports.take()), plain(self.not_ports.take()))
    }

    /// Who it is, apart from the ports; nobody in particular where it has no criterion. A rule of a
    /// policy in a namespace speaks of that, where nothing else is said.
    pub(super) fn into_ends(
        self,
        side: Side,
        namespace: Option<&str>,
    ) -> Result<Vec<EndMatch>, Invalid> {
        let plain = |nets: Option<Vec<Net>>| {
            let nets = nets.into_iter().flatten();
            nets.map(|Net(net)| net).collect::<Vec<_>>()
        };
        let domains = self.domains.filter(|domains| !domains.is_empty());
        if domains.is_some() && side == Side::Source {
            let invalid = Invalid::new("domains are not known of a source, expected a destination");
            return Err(invalid.within("domains"));
        }
        let service = self.services.map(|service| service.named(namespace));
        let (selector, not_selector) = selectors(
            Selectors {
                positive: [
                    self.service_accounts.and_then(ServiceAccounts::selector),
                    given(self.selector),
                ],
                not: given(self.not_selector),
                namespaces: given(self.namespace_selector),
            },
            namespace,
        );
        let end = EndMatch {
            selector,
            not_selector,
            nodes: None,
            entity: None,
            nets: Some(plain(self.nets)).filter(|nets| !nets.is_empty()),
            not_nets: plain(self.not_nets),
            service: service
                .transpose()
                .map_err(|invalid| invalid.within("services"))?,
            domains,
        };
        Ok(if end == EndMatch::default() {
            Vec::new()
        } else {
            vec![end]
        })
    }
}

struct Selectors {
    positive: [Option<Selector>; 2],
    not: Option<Selector>,
    namespaces: Option<Selector>,
}

/// "a namespaceSelector is rewritten to `pcns.`; without one, in a `NetworkPolicy`, own namespace,
/// applied iff any of selector, notSelector, namespaceSelector, serviceAccounts is set" (policy
/// semantics, section 5). What is not meant is part of what is, where that is told.
fn selectors(given: Selectors, own: Option<&str>) -> (Option<Selector>, Option<Selector>) {
    let positive = given.positive.into_iter().flatten().reduce(Selector::and);
    let is_set = positive.is_some() || given.not.is_some();
    let there = match given.namespaces {
        Some(selector) => Some(selector.of_namespaces()),
        None => own.filter(|_| is_set).map(Selector::in_namespace),
    };
    let selector = [there, positive]
        .into_iter()
        .flatten()
        .reduce(Selector::and);
    match (selector, given.not) {
        (Some(selector), Some(not)) => (Some(selector.and(not.negated())), None),
        (selector, not) => (selector, not),
    }
}

impl ServiceAccounts {
    /// "serviceAccounts (names in list AND selector)" (policy semantics, section 5).
    fn selector(self) -> Option<Selector> {
        let names = self.names.filter(|names| !names.is_empty());
        let listed = names.map(Selector::service_account_in);
        let labelled = given(self.selector).map(Selector::of_service_accounts);
        [labelled, listed]
            .into_iter()
            .flatten()
            .reduce(Selector::and)
    }
}

impl Service {
    /// A Service is in the policy's own namespace where no other is told.
    fn named(self, own: Option<&str>) -> Result<ServiceName, Invalid> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let namespace = given(self.namespace).or_else(|| own.map(str::to_owned));
        match (given(self.name), namespace) {
            (Some(name), Some(namespace)) => Ok(ServiceName { namespace, name }),
            (None, _) => Err(Invalid::new("expected the `name` of a Service")),
            (_, None) => Err(Invalid::new("expected the `namespace` of the Service")),
        }
    }
}
