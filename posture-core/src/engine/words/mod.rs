//! Policies in words: the one place that says what rules and selectors mean.

mod end;
mod selector;
mod traffic;

pub use end::{end, entity};
pub use selector::selector;
pub use traffic::{icmp, ports, protocol, protocols};

use crate::model::{Beyond, EndMatch, Family, Part, PolicyKind, Rule};

/// What a rule applies to: `tcp 443 from app == "web" in namespace shop to 10.0.0.0/8`.
pub fn rule(rule: &Rule) -> String {
    let mut parts = Vec::new();
    parts.extend(rule.family.map(|family| self::family(family).to_owned()));
    parts.push(match rule.traffic.is_empty() {
        true => "all traffic".to_owned(),
        false => protocols(&rule.traffic),
    });
    if !rule.except.is_empty() {
        parts.push(format!("but {}", protocols(&rule.except)));
    }
    if !rule.source_ports.is_empty() {
        parts.push(format!("from port {}", ports(&rule.source_ports)));
    }
    if !rule.not_source_ports.is_empty() {
        parts.push(format!("not from port {}", ports(&rule.not_source_ports)));
    }
    let ends = |ends: &[EndMatch]| list(ends.iter().map(end));
    if !rule.source.is_empty() {
        parts.push(format!("from {}", ends(&rule.source)));
    }
    if !rule.destination.is_empty() {
        parts.push(format!("to {}", ends(&rule.destination)));
    }
    parts.extend(rule.beyond.map(|beyond| {
        let what = match beyond {
            Beyond::Http => "with some HTTP requests",
            Beyond::NotUnderstood => "with something that is not understood",
        };
        what.to_owned()
    }));
    parts.join(" ")
}

/// A policy by its kind and name: `NetworkPolicy shop/web`, `CiliumNetworkPolicy shop/web [deny]`.
pub fn policy(kind: PolicyKind, namespace: &str, name: &str, part: Option<Part>) -> String {
    let slash = if namespace.is_empty() { "" } else { "/" };
    match part {
        None => format!("{kind} {namespace}{slash}{name}"),
        Some(part) => format!("{kind} {namespace}{slash}{name} [{part}]"),
    }
}

/// The name of an address family.
pub const fn family(family: Family) -> &'static str {
    match family {
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        None => "nothing".to_owned(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} or {last}", items.join(", ")),
    }
}

#[cfg(test)]
mod tests;
