//! `ServiceAccount`

use posture_core::model::ServiceAccount;
use serde::Deserialize;

use crate::object::{Invalid, Metadata, Object};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let metadata = object.parse::<Fields>()?.metadata.unwrap_or_default();
    output.fragment.service_accounts.push(ServiceAccount {
        version: metadata.version,
        namespace: metadata.namespace,
        name: metadata.name.required()?,
        labels: metadata.labels,
        origin: output.origin(object.at),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::read_text;

    #[test]
    fn labels() {
        let (fragment, issues) = read_text(
            "apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: a, labels: {role: worker}, resourceVersion: '3'}
",
        );
        assert!(issues.is_empty(), "{issues:?}");
        let account = &fragment.service_accounts[0];
        let name = (account.namespace.as_str(), account.name.as_str());
        assert_eq!((name, account.version), (("a", "robot"), 3));
        assert_eq!(account.labels["role"], "worker");
    }
}
