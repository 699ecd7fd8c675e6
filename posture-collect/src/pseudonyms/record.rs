//! Records in pseudonyms.

use std::borrow::Cow;
use std::sync::Arc;

use posture_core::model::{End, Hit, Labels, Record, ServiceRef, Trace, Traces};

use super::Pseudonyms;

/// What hits name kinds of policies by, before a colon.
const STAGED: &str = "staged:";

/// The names of an end.
struct Names {
    namespace: Option<String>,
    name: Option<String>,
    aggregate: Option<String>,
    labels: Option<Arc<Labels>>,
}

impl Pseudonyms {
    /// Hands on a record in pseudonyms.
    pub fn record<T>(&self, record: &Record<'_>, each: impl FnOnce(&Record<'_>) -> T) -> T {
        let (source, destination) = (self.names(&record.source), self.names(&record.destination));
        let service = record.service;
        let service = service.map(|of| (self.name(of.namespace), self.name(of.name)));
        let domains = record.domains.iter();
        let put = Record {
            source: end(&record.source, &source),
            destination: end(&record.destination, &destination),
            service: service
                .as_ref()
                .map(|(namespace, name)| ServiceRef { namespace, name }),
            domains: domains
                .map(|domain| Cow::Owned(self.domain(domain)))
                .collect(),
            traces: Arc::new(Traces {
                enforced: self.trace(&record.traces.enforced),
                pending: self.trace(&record.traces.pending),
            }),
            ..record.clone()
        };
        each(&put)
    }

    fn names(&self, end: &End<'_>) -> Names {
        let name = |text: Option<&str>| text.map(|text| self.name(text));
        Names {
            namespace: name(end.namespace),
            name: name(end.name),
            aggregate: name(end.aggregate),
            labels: end
                .labels
                .as_ref()
                .map(|labels| Arc::new(self.labels(labels))),
        }
    }

    fn labels(&self, labels: &Labels) -> Labels {
        let labels = labels.iter();
        labels
            .map(|(key, value)| match key.as_str() {
                "pod-template-hash" => (key.clone(), value.clone()),
                _ => (self.label_key(key), self.name(value)),
            })
            .collect()
    }

    fn trace(&self, trace: &Trace) -> Trace {
        match trace {
            Trace::Hits(hits) => Trace::Hits(hits.iter().map(|hit| self.hit(hit)).collect()),
            other => other.clone(),
        }
    }

    fn hit(&self, hit: &Hit) -> Hit {
        Hit {
            tier: self.tier(&hit.tier).into(),
            policy: self.recorded(&hit.policy).into(),
            ..hit.clone()
        }
    }

    /// A policy as traces name it: `np:ns/name`, `ns/tier.staged:name`, `__PROFILE__.kns.ns`.
    fn recorded(&self, text: &str) -> String {
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) if !kind.contains(['/', '.']) => (format!("{kind}:"), rest),
            _ => (String::new(), text),
        };
        let (namespace, name) = match rest.rsplit_once('/') {
            Some((namespace, name)) => (format!("{}/", self.name(namespace)), name),
            None => (String::new(), rest),
        };
        let name = match name.split_once(STAGED) {
            Some((tier, name)) => format!("{}{STAGED}{}", self.name(tier), self.policy(name)),
            None => self.policy(name),
        };
        format!("{kind}{namespace}{name}")
    }
}

fn end<'n>(end: &End<'_>, names: &'n Names) -> End<'n> {
    End {
        kind: end.kind,
        namespace: names.namespace.as_deref(),
        name: names.name.as_deref(),
        aggregate: names.aggregate.as_deref(),
        address: end.address,
        port: end.port,
        labels: names.labels.clone(),
    }
}
