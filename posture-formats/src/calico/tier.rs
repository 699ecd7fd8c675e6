//! `Tier`

use posture_core::model::{Tier, TierAction};
use serde::Deserialize;

use super::order::OrderNumber;
use crate::object::{Invalid, Metadata, Object, one_of};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Spec>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec {
    order: Option<OrderNumber>,
    default_action: Option<DefaultAction>,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct DefaultAction(TierAction);

impl TryFrom<String> for DefaultAction {
    type Error = Invalid;

    fn try_from(word: String) -> Result<Self, Invalid> {
        let known = [("Deny", TierAction::Deny), ("Pass", TierAction::Pass)];
        one_of("action", &word, &known).map(Self)
    }
}

/// A tier that is always there keeps what the object does not say.
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name.required()?;
    let spec = fields.spec.unwrap_or_default();
    let built_in = Tier::built_in().into_iter().find(|tier| tier.name == name);
    let (order, action) =
        built_in.map_or_else(Default::default, |tier| (tier.order, tier.default_action));
    output.fragment.tiers.push(Tier {
        version: metadata.version,
        name,
        order: spec.order.map(|OrderNumber(order)| order).or(order),
        default_action: spec
            .default_action
            .map_or(action, |DefaultAction(action)| action),
        origin: output.origin(object.at),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use posture_core::model::Order;

    use super::*;
    use crate::read_text;

    fn read(rest: &str) -> (Option<Tier>, Vec<String>) {
        let (mut fragment, issues) = read_text(&format!(
            "apiVersion: projectcalico.org/v3\nkind: Tier\n{rest}"
        ));
        assert!(!fragment.sources.policies);
        let issues = issues.into_iter().map(|issue| issue.message);
        (fragment.tiers.pop(), issues.collect())
    }

    #[test]
    fn orders_and_default_actions() {
        for (name, spec, order, action) in [
            (
                "a",
                "{order: 100}",
                Some(Order::whole(100)),
                TierAction::Deny,
            ),
            ("a", "{defaultAction: Pass}", None, TierAction::Pass),
            ("a", "{order: null}", None, TierAction::Deny),
            ("a", "null", None, TierAction::Deny),
            (
                "default",
                "{}",
                Some(Order::whole(1_000_000)),
                TierAction::Deny,
            ),
            (
                "kube-admin",
                "{}",
                Some(Order::whole(1_000)),
                TierAction::Pass,
            ),
            (
                "kube-baseline",
                "{defaultAction: Deny}",
                Some(Order::whole(10_000_000)),
                TierAction::Deny,
            ),
        ] {
            let (tier, issues) = read(&format!("metadata: {{name: {name}}}\nspec: {spec}\n"));
            assert!(issues.is_empty(), "{issues:?}");
            let tier = tier.expect("a tier");
            assert_eq!(
                (tier.order, tier.default_action),
                (order, action),
                "{name} {spec}"
            );
        }
    }

    #[test]
    fn what_is_not_valid() {
        for (spec, message) in [
            (
                "{defaultAction: Allow}",
                "Tier is not valid: defaultAction: action `Allow` is not known, expected Deny or Pass",
            ),
            (
                "{order: first}",
                "Tier is not valid: order: invalid type: string \"first\", expected a number",
            ),
        ] {
            let (tier, issues) = read(&format!("metadata: {{name: a}}\nspec: {spec}\n"));
            assert_eq!((tier, issues), (None, vec![message.to_owned()]));
        }
    }
}
