//! Selectors in words.

use super::list;
use crate::selector::{Selector, keys};

/// Whom a selector selects: its canonical text, but for what stands for pods, namespaces and
/// service accounts: `pods with app == "web" in namespace shop`.
pub fn selector(selector: &Selector) -> String {
    let parts = match selector {
        Selector::And(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut pods = false;
    let (mut own, mut whose) = (Vec::new(), Vec::new());
    for part in parts {
        match special(part) {
            Some(Special::Pods) => pods = true,
            Some(Special::Whose(text)) => whose.push(text),
            None => own.push(part.clone()),
        }
    }
    let own = match <[Selector; 1]>::try_from(own) {
        Ok([Selector::All]) => String::new(),
        Ok([one]) => one.to_string(),
        Err(none) if none.is_empty() => String::new(),
        Err(several) => several
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" && "),
    };
    let who = match (pods, own.as_str(), whose.is_empty()) {
        (true, "", true) => "all pods".to_owned(),
        (true, "", false) => "pods".to_owned(),
        (true, own, _) => format!("pods with {own}"),
        (false, "", true) => "all()".to_owned(),
        (false, "", false) => "everything".to_owned(),
        (false, own, _) => own.to_owned(),
    };
    std::iter::once(who)
        .chain(whose)
        .collect::<Vec<_>>()
        .join(" ")
}

enum Special {
    Pods,
    Whose(String),
}

fn special(part: &Selector) -> Option<Special> {
    let whose = |text: String| Some(Special::Whose(text));
    match part {
        Selector::Equals(key, value) => match (key.as_str(), namespace_label(key)) {
            (keys::ORCHESTRATOR, _) if value == keys::KUBERNETES => Some(Special::Pods),
            (keys::NAMESPACE, _) | (_, Some(keys::NAME | keys::METADATA_NAME)) => {
                whose(format!("in namespace {value}"))
            }
            (keys::SERVICE_ACCOUNT, _) => whose(format!("of service account {value}")),
            _ => inherited(part),
        },
        Selector::In(key, values) if key == keys::SERVICE_ACCOUNT => {
            whose(format!("of service account {}", list(values.clone())))
        }
        Selector::Has(key) if key == keys::NAMESPACE => whose("in any namespace".to_owned()),
        Selector::Not(inner) if **inner == Selector::Has(keys::NAMESPACE.to_owned()) => {
            whose("outside namespaces".to_owned())
        }
        _ => inherited(part),
    }
}

fn namespace_label(key: &str) -> Option<&str> {
    key.strip_prefix(keys::NAMESPACE_PREFIX)
}

/// A part that speaks of labels of namespaces only, or of service accounts only.
fn inherited(part: &Selector) -> Option<Special> {
    for (prefix, whose) in [
        (keys::NAMESPACE_PREFIX, "in namespaces"),
        (keys::SERVICE_ACCOUNT_PREFIX, "of service accounts"),
    ] {
        if let Some(plain) = part.without_prefix(prefix) {
            return Some(Special::Whose(format!("{whose} with {plain}")));
        }
    }
    None
}
