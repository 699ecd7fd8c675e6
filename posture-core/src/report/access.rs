//! What can be made of a result.

use super::{Evidence, Report, TypeReport};
use crate::json;
use crate::request::MaxItems;
use crate::risk::RiskType;

impl Report {
    /// The canonical JSON text: keys in this order, two spaces of indentation, a newline at the
    /// end.
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }

    /// Reads a result back from its JSON.
    ///
    /// # Errors
    /// The text is no result of this version of the program; the error names the place.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        json::from_str(json)
    }

    /// The result with no more items than these, as if it had been asked for them.
    #[must_use]
    pub fn listing(mut self, max_items: MaxItems) -> Self {
        let limit = max_items.limit();
        let of_actions = self.actions.iter_mut().map(|of| &mut of.items);
        let of_dismissals = self.dismissals.active.iter_mut().map(|of| &mut of.items);
        for items in of_actions.chain(of_dismissals) {
            items.truncate(limit);
            for item in items {
                if let Evidence::Workload { edges, .. } = &mut item.evidence {
                    edges.truncate(limit);
                }
            }
        }
        self
    }

    /// The type's part of the result.
    pub fn risk_type(&self, risk_type: RiskType) -> Option<&TypeReport> {
        self.types
            .iter()
            .find(|report| report.risk_type == risk_type)
    }
}
