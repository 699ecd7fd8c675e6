//! What may be taken for a flow log and is none that is read: it is called by its name.

use serde_json::value::RawValue;

use crate::envelope::{self, Envelope};
use crate::json;

/// What is known and not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refused {
    /// A flow log of an AWS VPC.
    Aws,
    /// A flow log of a Google Cloud VPC.
    Google,
    /// A flow log of an Azure network security group or virtual network.
    Azure,
    /// Policy traces without the flows that they belong to.
    Traces,
    /// A filter that Whisker is asked with.
    Filter,
}

/// What Whisker can be asked to filter by.
const FILTERS: [&str; 10] = [
    "source_names",
    "source_namespaces",
    "dest_names",
    "dest_namespaces",
    "protocols",
    "dest_ports",
    "actions",
    "pending_actions",
    "policies",
    "reporter",
];

/// How many lines of a text are looked at.
const LINES: usize = 5;

impl Refused {
    /// What to tell about it.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::Aws => {
                "an AWS VPC flow log tells nothing of pods, namespaces and policies and is not \
                 read, expected flows of Calico or Cilium"
            }
            Self::Google => {
                "a Google Cloud VPC flow log tells nothing of policies and is not read, expected \
                 flows of Calico or Cilium"
            }
            Self::Azure => {
                "an Azure flow log tells nothing of pods, namespaces and policies and is not read, \
                 expected flows of Calico or Cilium"
            }
            Self::Traces => {
                "a policy trace without its flow tells nothing of traffic, expected whole flows of \
                 Whisker or Goldmane"
            }
            Self::Filter => "a filter of flows has no flows, expected what Whisker answers to it",
        }
    }
}

/// What a text that is no JSON is.
pub(crate) fn of_text(text: &str) -> Option<Refused> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.take(LINES).any(is_of_aws).then_some(Refused::Aws)
}

/// What an object is that is none of Kubernetes and no scan: a record, or an answer with records.
pub(crate) fn of_object(object: &Envelope<'_>) -> Option<Refused> {
    let mut answers = ["events", "logEvents", "entries", "records"].into_iter();
    let inside = answers.find_map(|key| of_record(&first(object.field(key)?)?));
    inside.or_else(|| of_record(object))
}

fn of_record(object: &Envelope<'_>) -> Option<Refused> {
    let has = |key| object.field(key).is_some();
    let only = |keys: &[&str]| {
        let mut fields = object.fields.iter();
        fields.all(|(key, _)| keys.contains(&key.as_ref()))
    };
    if (has("srcaddr") && has("dstaddr"))
        || ["message", "@message"].iter().any(|key| {
            let text = object.field(key).and_then(text_of);
            text.is_some_and(|line| is_of_aws(&line))
        })
    {
        Some(Refused::Aws)
    } else if is_connection_of_google(object)
        || inner(object, "jsonPayload").is_some_and(|payload| is_connection_of_google(&payload))
    {
        Some(Refused::Google)
    } else if object
        .field("category")
        .and_then(text_of)
        .is_some_and(|category| {
            ["NetworkSecurityGroupFlowEvent", "FlowLogFlowEvent"].contains(&category.as_str())
        })
    {
        Some(Refused::Azure)
    } else if (has("enforced") && only(&["enforced", "pending"]))
        || (has("enforcedPolicies") && only(&["enforcedPolicies", "pendingPolicies"]))
    {
        Some(Refused::Traces)
    } else if only(&FILTERS) && (has("actions") || FILTERS.iter().take(4).any(|key| has(key))) {
        Some(Refused::Filter)
    } else {
        None
    }
}

/// Whether a line is the heading of a flow log of an AWS VPC, or a record in its default format.
fn is_of_aws(line: &str) -> bool {
    let words = || {
        line.split([' ', ',', '\t'])
            .map(|word| word.trim_matches('"'))
            .filter(|word| !word.is_empty())
    };
    let names = |name| words().any(|word| word == name);
    let ends = words().next_back();
    (names("srcaddr") && names("dstaddr"))
        || (words().any(|word| word.starts_with("eni-"))
            && ends.is_some_and(|end| ["OK", "NODATA", "SKIPDATA"].contains(&end.trim_end())))
}

fn is_connection_of_google(object: &Envelope<'_>) -> bool {
    inner(object, "connection").is_some_and(|connection| connection.field("src_ip").is_some())
}

fn inner<'a>(object: &Envelope<'a>, key: &str) -> Option<Envelope<'a>> {
    let text = object.field(key)?.get();
    text.starts_with('{').then(|| envelope::open(text).0)
}

fn first(list: &RawValue) -> Option<Envelope<'_>> {
    let first = envelope::elements(list.get()).0.first()?.get();
    first.starts_with('{').then(|| envelope::open(first).0)
}

fn text_of(value: &RawValue) -> Option<String> {
    json::from_str(value.get()).ok()
}

#[cfg(test)]
mod tests;
