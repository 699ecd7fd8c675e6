//! Policies in words: the one place that says what rules and selectors mean.

mod end;
mod selector;
mod traffic;

pub use end::end;
pub use selector::selector;
pub use traffic::{icmp, ports, protocol, protocols};

use crate::model::{EndMatch, Family, PolicyKind, Rule};

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
    if rule.http {
        parts.push("with some HTTP requests".to_owned());
    }
    parts.join(" ")
}

/// A policy by its kind and name: `NetworkPolicy shop/web`.
pub fn policy(kind: PolicyKind, namespace: &str, name: &str) -> String {
    match namespace {
        "" => format!("{kind} {name}"),
        namespace => format!("{kind} {namespace}/{name}"),
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
