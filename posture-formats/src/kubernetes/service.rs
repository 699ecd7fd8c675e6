//! `Service`

use posture_core::model::Service;
use serde::Deserialize;

use super::metadata::Metadata;
use super::{Invalid, Object, address};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Spec>,
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct Spec {
    #[serde(rename = "clusterIP")]
    cluster_ip: Option<String>,
    #[serde(rename = "clusterIPs")]
    cluster_ips: Option<Vec<String>>,
}

pub(super) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name()?;
    let spec = fields.spec.unwrap_or_default();
    let texts = spec.cluster_ips.iter().flatten().chain(&spec.cluster_ip);
    let texts = texts.map(String::as_str).filter(|text| *text != "None");
    let addresses = address::addresses(texts, object.at, output);
    let origin = output.origin(object.at);
    output.fragment.services.push(Service {
        namespace: metadata.namespace(),
        name,
        addresses,
        origin,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::read_text;

    #[test]
    fn cluster_addresses() {
        let addresses = |spec: &str| {
            let text = format!("kind: Service\nmetadata: {{name: s}}\nspec: {spec}\n");
            let (fragment, issues) = read_text(&text);
            assert!(issues.is_empty());
            let service = fragment.services[0].clone();
            assert_eq!(service.namespace, "default");
            service
                .addresses
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(addresses("{clusterIP: 10.96.0.1}"), ["10.96.0.1"]);
        let both = addresses("{clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1']}");
        assert_eq!(both, ["10.96.0.1", "fd00::1"]);
        assert!(addresses("{clusterIP: None, clusterIPs: [None]}").is_empty());
        assert!(addresses("{clusterIP: ''}").is_empty());
        assert!(addresses("{type: ExternalName}").is_empty());
    }
}
