//! `order` of tiers and policies.

use posture_core::model::Order;
use serde::Deserialize;

/// An order, which Calico holds as a floating-point number: rounded to 10⁻⁹, and the greatest or
/// least where it lies beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "f64")]
pub(super) struct OrderNumber(pub(super) Order);

impl From<f64> for OrderNumber {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, as an order does"
    )]
    fn from(number: f64) -> Self {
        Self(Order::from_units((number * 1e9).round() as i128))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders() {
        for (text, units) in [
            ("0", 0),
            ("100", 100_000_000_000),
            ("1000000", 1_000_000_000_000_000),
            ("0.1", 100_000_000),
            ("-1.5", -1_500_000_000),
            ("0.0000000004", 0),
            ("0.0000000006", 1),
            ("1e300", i128::MAX),
            ("-1e300", i128::MIN),
        ] {
            let order: OrderNumber = serde_json::from_str(text).expect("an order");
            assert_eq!(order.0, Order::from_units(units), "{text}");
        }
        assert!(serde_json::from_str::<OrderNumber>("\"first\"").is_err());
    }
}
