//! `Node`

use posture_core::issue::IssueKind;
use posture_core::model::Node;
use serde::Deserialize;

use crate::object::{Invalid, Metadata, Object, address};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Spec>,
    status: Option<Status>,
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct Spec {
    #[serde(rename = "podCIDR")]
    pod_cidr: Option<String>,
    #[serde(rename = "podCIDRs")]
    pod_cidrs: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct Status {
    addresses: Option<Vec<NodeAddress>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an address with its type")]
struct NodeAddress {
    r#type: String,
    address: String,
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name.required()?;
    let listed = fields
        .status
        .unwrap_or_default()
        .addresses
        .unwrap_or_default();
    let texts = listed
        .iter()
        .filter(|address| matches!(address.r#type.as_str(), "InternalIP" | "ExternalIP"))
        .map(|address| address.address.as_str());
    let addresses = address::addresses(texts, object.at, output);

    let spec = fields.spec.unwrap_or_default();
    let mut pod_cidrs = Vec::new();
    for text in spec.pod_cidrs.into_iter().flatten().chain(spec.pod_cidr) {
        match address::network(&text) {
            Some(network) if pod_cidrs.contains(&network) => {}
            Some(network) => pod_cidrs.push(network),
            None if text.is_empty() => {}
            None => {
                let message = format!("`{text}` is no network and is left out");
                output.issue(IssueKind::InvalidObject, object.at, message);
            }
        }
    }
    let origin = output.origin(object.at);
    output.fragment.nodes.push(Node {
        name,
        labels: metadata.labels,
        addresses,
        pod_cidrs,
        origin,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::read_text;

    #[test]
    fn addresses_and_ranges() {
        let (fragment, issues) = read_text(
            "kind: Node
metadata: {name: n1, labels: {zone: a}}
spec: {podCIDR: 10.0.1.0/24, podCIDRs: [10.0.1.0/24, 'fd00::/64']}
status:
  addresses:
  - {type: InternalIP, address: 192.168.0.1}
  - {type: ExternalIP, address: '::ffff:1.2.3.4'}
  - {type: Hostname, address: n1}
  - {type: InternalIP, address: nonsense}
",
        );
        let node = &fragment.nodes[0];
        assert_eq!(node.labels["zone"], "a");
        let addresses: Vec<String> = node.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["192.168.0.1", "1.2.3.4"]);
        let ranges: Vec<String> = node.pod_cidrs.iter().map(ToString::to_string).collect();
        assert_eq!(ranges, ["10.0.1.0/24", "fd00::/64"]);
        assert_eq!(issues.len(), 1);
        assert_eq!(
            issues[0].message,
            "`nonsense` is no address and is left out"
        );
    }
}
