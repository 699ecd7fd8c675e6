//! `CiliumNetworkPolicy` and `CiliumClusterwideNetworkPolicy` (policy semantics, section 11).

mod cidr;
mod entity;
mod icmp;
mod parts;
mod peer;
mod port;
mod rule;
mod selector;

use posture_core::issue::IssueKind;
use posture_core::model::{Direction, Part, Policy, PolicyKind};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::object::{Invalid, LabelSelector, Metadata, Object};
use crate::output::Output;
use parts::{Section, parts};
use rule::{Fields as RuleFields, Reading};
use selector::{Subject, subject};

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields<'a> {
    metadata: Option<Metadata>,
    #[serde(borrow)]
    spec: Option<Spec<'a>>,
    #[serde(borrow)]
    specs: Option<Vec<Spec<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec<'a> {
    endpoint_selector: Option<LabelSelector>,
    node_selector: Option<IgnoredAny>,
    #[serde(borrow)]
    ingress: Option<Vec<RuleFields<'a>>>,
    #[serde(borrow)]
    ingress_deny: Option<Vec<RuleFields<'a>>>,
    #[serde(borrow)]
    egress: Option<Vec<RuleFields<'a>>>,
    #[serde(borrow)]
    egress_deny: Option<Vec<RuleFields<'a>>>,
    enable_default_deny: Option<DefaultDeny>,
}

/// `enableDefaultDeny`
#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct DefaultDeny {
    ingress: Option<bool>,
    egress: Option<bool>,
}

/// What all policies of an object have in common.
struct Header {
    kind: PolicyKind,
    namespace: Option<String>,
    name: String,
    version: u64,
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields<'_> = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let (kind, namespace) = match object.kind {
        "CiliumNetworkPolicy" => (PolicyKind::CiliumNetworkPolicy, Some(metadata.namespace)),
        _ => (PolicyKind::CiliumClusterwideNetworkPolicy, None),
    };
    let header = Header {
        kind,
        namespace,
        name: metadata.name.required()?,
        version: metadata.version,
    };
    if fields.spec.is_none() && fields.specs.is_none() {
        return Err(Invalid::new("expected a `spec` or `specs`"));
    }
    let mut policies = Vec::new();
    let mut told = Vec::new();
    if let Some(spec) = fields.spec {
        policies.extend(header.policies(None, spec, &mut told)?);
    }
    for (index, spec) in (0_u32..).zip(fields.specs.into_iter().flatten()) {
        let read = header.policies(Some(index), spec, &mut told);
        policies.extend(read.map_err(|invalid| invalid.within(&format!("specs[{index}]")))?);
    }
    for (kind, message) in told {
        output.issue(kind, object.at, message);
    }
    let alone = policies.len() == 1;
    for mut policy in policies {
        policy.part = policy.part.filter(|_| !alone);
        policy.origin = output.origin(object.at);
        output.fragment.policies.push(policy);
    }
    Ok(())
}

impl Header {
    /// The policies that a `spec` is put as; none where it governs hosts only.
    fn policies(
        &self,
        index: Option<u32>,
        spec: Spec<'_>,
        told: &mut Vec<(IssueKind, String)>,
    ) -> Result<Vec<Policy>, Invalid> {
        let selector = self.subject(spec.endpoint_selector, spec.node_selector.is_some())?;
        let deny = spec.enable_default_deny.unwrap_or_default();
        let mut reading = Reading::new(self.namespace.as_deref());
        let mut section = |direction, allow, deny, isolates| {
            Section::read(&mut reading, direction, allow, deny, isolates)
        };
        let ingress = section(
            Direction::Ingress,
            spec.ingress,
            spec.ingress_deny,
            deny.ingress,
        )?;
        let egress = section(
            Direction::Egress,
            spec.egress,
            spec.egress_deny,
            deny.egress,
        )?;
        let subject = match selector {
            Subject::Pods(subject) => subject,
            Subject::NoPods(field) => {
                let message = format!("{self} ({field}) governs no workload");
                told.push((IssueKind::UnusedKind, message));
                return Ok(Vec::new());
            }
        };
        for (path, what) in reading.not_understood {
            let message = format!(
                "{self}: {path} has {what}, which is not understood: what it alone decides is unknown"
            );
            told.push((IssueKind::UnreadPolicy, message));
        }
        let policies = parts(&ingress, &egress).into_iter().map(|part| Policy {
            version: self.version,
            kind: self.kind,
            namespace: self.namespace.clone().unwrap_or_default(),
            name: self.name.clone(),
            part: Some(Part {
                spec: index,
                role: part.role,
            }),
            tier: part.tier.to_owned(),
            order: Some(part.order),
            staged: None,
            subject: subject.clone(),
            ingress: part.ingress,
            egress: part.egress,
            origin: posture_core::model::Origin::default(),
        });
        Ok(policies.collect())
    }

    /// Whom it governs: by `endpointSelector` or `nodeSelector`, of which the latter is for
    /// cluster-wide policies.
    fn subject(&self, endpoints: Option<LabelSelector>, nodes: bool) -> Result<Subject, Invalid> {
        match (endpoints, nodes) {
            (Some(LabelSelector(endpoints)), false) => {
                subject(endpoints, self.namespace.as_deref())
                    .map_err(|invalid| invalid.within("endpointSelector"))
            }
            (None, true) if self.namespace.is_none() => Ok(Subject::NoPods("nodeSelector")),
            (None, true) => Err(Invalid::new(
                "a nodeSelector is for cluster-wide policies, expected an endpointSelector",
            )),
            (None, false) => Err(Invalid::new(
                "expected an endpointSelector or a nodeSelector",
            )),
            (Some(_), true) => Err(Invalid::new(
                "there are both an endpointSelector and a nodeSelector, expected one of them",
            )),
        }
    }
}

impl std::fmt::Display for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} `{namespace}/{}`", self.kind, self.name),
            None => write!(f, "{} `{}`", self.kind, self.name),
        }
    }
}

#[cfg(test)]
mod tests;
