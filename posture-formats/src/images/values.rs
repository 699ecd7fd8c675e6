//! Values that reports of several tools have.

use jiff::Timestamp;
use posture_core::model::CveSeverity;

/// A severity label; none for `UNKNOWN`, an empty text, and words that are no severity. `none` and
/// `info` are of no consequence.
pub(super) fn severity(label: &str) -> Option<CveSeverity> {
    match label.to_ascii_lowercase().as_str() {
        "critical" => Some(CveSeverity::Critical),
        "high" => Some(CveSeverity::High),
        "medium" => Some(CveSeverity::Medium),
        "low" => Some(CveSeverity::Low),
        "negligible" | "none" | "info" => Some(CveSeverity::Negligible),
        _ => None,
    }
}

/// A CVSS base score times ten, to the nearest; none outside 0.0 to 10.0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
pub(super) fn tenths(score: f64) -> Option<u8> {
    (0.0..=10.0)
        .contains(&score)
        .then(|| (score * 10.0).round() as u8)
}

/// The place of a CVSS version among scores: "CVSS v3 (else v2, v4) base score" (scoring, section 5).
pub(super) fn rank(version: &str) -> usize {
    let first = version.chars().find(char::is_ascii_digit);
    match first {
        Some('3') => 0,
        Some('2') => 1,
        _ => 2,
    }
}

/// Unix seconds of an RFC 3339 time; none where it cannot be read.
pub(super) fn unix_seconds(time: &str) -> Option<i64> {
    time.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

/// A text that says something: an empty one is nothing.
pub(super) fn non_empty(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_become_tenths() {
        for (score, expected) in [
            (0.0, Some(0)),
            (6.9, Some(69)),
            (7.0, Some(70)),
            (9.75, Some(98)),
            (10.0, Some(100)),
            (10.1, None),
            (-0.1, None),
        ] {
            assert_eq!(tenths(score), expected, "{score}");
        }
    }

    #[test]
    fn labels_in_any_case() {
        assert_eq!(severity("HIGH"), Some(CveSeverity::High));
        assert_eq!(severity("Critical"), Some(CveSeverity::Critical));
        assert_eq!(severity("info"), Some(CveSeverity::Negligible));
        for nothing in ["UNKNOWN", "", "Important"] {
            assert_eq!(severity(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn versions_of_cvss() {
        let mut versions = ["4.0", "CVSSv2", "CVSSv31", "3.0", "other"];
        versions.sort_by_key(|version| rank(version));
        assert_eq!(versions, ["CVSSv31", "3.0", "CVSSv2", "4.0", "other"]);
    }

    #[test]
    fn times() {
        assert_eq!(unix_seconds("1970-01-01T01:00:01.5+01:00"), Some(1));
        assert_eq!(unix_seconds("yesterday"), None);
    }
}
