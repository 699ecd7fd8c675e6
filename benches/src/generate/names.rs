//! Words and characters that names are made of.

/// Stems of workload and image names.
pub(super) const STEMS: [&str; 16] = [
    "accounts",
    "billing",
    "cart",
    "catalog",
    "checkout",
    "events",
    "gateway",
    "inventory",
    "ledger",
    "mailer",
    "orders",
    "pricing",
    "reports",
    "search",
    "sessions",
    "shipping",
];

/// Stems of namespace names.
pub(super) const TEAMS: [&str; 8] = [
    "analytics",
    "core",
    "finance",
    "logistics",
    "payments",
    "platform",
    "shop",
    "support",
];

/// The characters of a `pod-template-hash`: `rand.SafeEncodeString` of Kubernetes maps each digit of a
/// decimal number to one of them.
pub(super) const HASH: &[u8] = b"456789bcdf";

/// The characters of a Kubernetes name suffix: no vowels, so no words.
pub(super) const SUFFIX: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// The name of number `index`, different for every index: `cart-018`.
pub(super) fn numbered(stems: &[&str], index: usize) -> String {
    format!("{}-{index:03}", stems[index % stems.len()])
}
