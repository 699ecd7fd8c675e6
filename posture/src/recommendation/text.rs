//! Policies as YAML.

use std::fmt::Write;

use posture_core::yaml;

use super::Recommended;

impl Recommended {
    /// The policies as YAML documents, with what was proved of all of them together in comments before
    /// the first; empty where they are withheld.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        for (place, policy) in self.policies.iter().enumerate() {
            let _ = writeln!(text, "---");
            if place == 0 {
                for line in self.head() {
                    let _ = writeln!(text, "# {line}");
                }
            }
            text.push_str(&yaml::to_text(policy));
        }
        text
    }

    /// What a person must know of the policies, line by line.
    fn head(&self) -> Vec<String> {
        let proof = &self.proof;
        let mut lines = Vec::new();
        if self.policies.len() > 1 {
            lines.push(format!("these {} policies together", self.policies.len()));
        }
        if let Some(status) = self.status {
            lines.push(format!("status: {}", status.name()));
        }
        let seen = proof.allowed + proof.would_deny.len() + proof.unknown;
        lines.push(format!(
            "secures {} of {} at risk",
            proof.covered, proof.targets
        ));
        lines.push(format!(
            "would deny {} of {seen} edges that went through, {} not known",
            proof.would_deny.len(),
            proof.unknown
        ));
        if let (Some(before), Some(after)) = (proof.score_before, proof.score_after) {
            lines.push(format!("score: {before} -> {after}"));
        }
        lines.extend(
            self.warnings
                .iter()
                .map(|warning| format!("note: {warning}")),
        );
        lines
    }
}
