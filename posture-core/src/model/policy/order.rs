//! The order of tiers and policies.

use std::fmt;

use serde::{Serialize, Serializer, ser};
use serde_json::value::RawValue;

/// How many units of an order make 1.
const ONE: i128 = 1_000_000_000;

/// The `order` of a tier or policy, or a priority: low first. A fixed-point number, so that orders
/// are told apart the same way on every machine; what Calico writes as a float is rounded to 10⁻⁹.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order(i128);

impl Order {
    /// An order in units of 10⁻⁹.
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// A whole order.
    pub const fn whole(number: i64) -> Self {
        Self((number as i128).saturating_mul(ONE))
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / ONE, (self.0 % ONE).unsigned_abs());
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{}", whole.unsigned_abs())?;
        if rest > 0 {
            let digits = format!("{rest:09}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// In JSON a number, without loss.
impl Serialize for Order {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string())
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Order {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Order".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The order of a tier or policy, or a priority: low first.",
            "type": "number"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_as_people_write_them() {
        assert_eq!(Order::whole(1000).to_string(), "1000");
        assert_eq!(Order::from_units(500_000_000).to_string(), "0.5");
        assert_eq!(Order::from_units(-1_250_000_000).to_string(), "-1.25");
        assert!(Order::whole(-1) < Order::from_units(1));
    }
}
