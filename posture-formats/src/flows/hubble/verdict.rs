//! What happened to a packet.

use posture_core::model::Action;

use super::flow::{Flow, known};

/// What happened to a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It went on.
    Forwarded,
    /// It went on, to the proxy.
    Redirected,
    /// It was stopped.
    Dropped,
    /// It went on, and would have been stopped if policies were enforced.
    Audit,
    /// It could not be handled.
    Error,
    /// It was seen on its way; nothing was decided there.
    Seen,
}

impl Verdict {
    /// The verdict of a flow.
    pub(super) fn of(flow: &Flow<'_>) -> Result<Self, String> {
        Ok(match known(flow.verdict.as_ref()) {
            Some("FORWARDED") => Self::Forwarded,
            Some("REDIRECTED") => Self::Redirected,
            Some("DROPPED") => Self::Dropped,
            Some("AUDIT") => Self::Audit,
            Some("ERROR") => Self::Error,
            Some("TRACED" | "TRANSLATED" | "VERDICT_UNKNOWN") | None => Self::Seen,
            Some(other) => {
                return Err(format!(
                    "`verdict` is `{other}`, expected one such as `FORWARDED` or `DROPPED`"
                ));
            }
        })
    }

    /// Whether the traffic went through.
    pub(super) const fn action(self) -> Action {
        match self {
            Self::Forwarded | Self::Redirected | Self::Audit | Self::Seen => Action::Allow,
            Self::Dropped | Self::Error => Action::Deny,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let of = |line: &str| Verdict::of(&serde_json::from_str(line).unwrap());
        for (text, verdict, action) in [
            ("FORWARDED", Verdict::Forwarded, Action::Allow),
            ("REDIRECTED", Verdict::Redirected, Action::Allow),
            ("DROPPED", Verdict::Dropped, Action::Deny),
            ("AUDIT", Verdict::Audit, Action::Allow),
            ("ERROR", Verdict::Error, Action::Deny),
            ("TRACED", Verdict::Seen, Action::Allow),
            ("TRANSLATED", Verdict::Seen, Action::Allow),
        ] {
            let found = of(&format!(r#"{{"verdict": "{text}"}}"#)).unwrap();
            assert_eq!((found, found.action()), (verdict, action), "{text}");
        }
        assert_eq!(of("{}"), Ok(Verdict::Seen));
        assert_eq!(
            of(r#"{"verdict": "MAYBE"}"#).unwrap_err(),
            "`verdict` is `MAYBE`, expected one such as `FORWARDED` or `DROPPED`"
        );
    }
}
