//! A test for each type and namespace, in the form of `JUnit`: one fails where points are lost.

use std::fmt::Write;

use posture_core::points::Points;
use posture_core::report::{NamespaceReport, Report, TypeReport, TypeStatus};
use posture_core::risk::RiskType;

use super::numbers::{count, counted};
use super::{explain, missing, words};

/// The tests of one type.
struct Suite {
    tests: usize,
    failures: usize,
    skipped: usize,
    cases: String,
}

/// The reports of some clusters; of one alone without a name.
pub(crate) fn junit<'r>(
    reports: impl IntoIterator<Item = (Option<&'r str>, &'r Report)>,
) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<testsuites name=\"posture\">\n");
    for (name, report) in reports {
        if report.score.is_none() {
            out.push_str(&without_score(name, report));
        }
        for of in &report.types {
            let title = of.risk_type.title();
            let title = name.map_or_else(|| title.to_owned(), |name| format!("{name}: {title}"));
            let suite = suite(name, report, of);
            let _ = writeln!(
                out,
                "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
                escaped(&title),
                suite.tests,
                suite.failures,
                suite.skipped
            );
            out.push_str(&suite.cases);
            out.push_str("  </testsuite>\n");
        }
    }
    out.push_str("</testsuites>\n");
    out
}

/// That there is no score must not look as if all were well.
fn without_score(name: Option<&str>, report: &Report) -> String {
    let title = "Cluster Security Score";
    let title = name.map_or_else(|| title.to_owned(), |name| format!("{name}: {title}"));
    let (title, why) = (escaped(&title), escaped(missing::no_score(report.status)));
    format!(
        "  <testsuite name=\"{title}\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\">\n    \
         <testcase classname=\"score\" name=\"score\">\n      <skipped message=\"no score: {why}\"/>\n    \
         </testcase>\n  </testsuite>\n"
    )
}

fn suite(name: Option<&str>, report: &Report, of: &TypeReport) -> Suite {
    let mut suite = Suite {
        tests: report.namespaces.len(),
        failures: 0,
        skipped: 0,
        cases: String::new(),
    };
    let class = of.risk_type.name();
    let class = name.map_or_else(|| class.to_owned(), |name| format!("{name}.{class}"));
    let mut namespaces: Vec<&NamespaceReport> = report.namespaces.iter().collect();
    namespaces.sort_by(|a, b| a.namespace.cmp(&b.namespace));
    for namespace in namespaces {
        let (class, name) = (escaped(&class), escaped(&namespace.namespace));
        let head = format!("    <testcase classname=\"{class}\" name=\"{name}\"");
        let Some(cell) = namespace.types.get(&of.risk_type) else {
            continue;
        };
        let body = if cell.status == TypeStatus::NotAssessed {
            suite.skipped += 1;
            "      <skipped message=\"not assessed\"/>\n".to_owned()
        } else if cell.contribution > Points::ZERO {
            suite.failures += 1;
            let noun = words::noun(of, report.method.traffic_unit);
            let message = format!(
                "{} of {} at risk: {} points lost",
                count(cell.part),
                counted(cell.whole, noun),
                cell.contribution
            );
            let text = advice(report, namespace, of.risk_type);
            format!(
                "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                of.risk_type.name(),
                escaped(&message),
                escaped(&text)
            )
        } else {
            let _ = writeln!(suite.cases, "{head}/>");
            continue;
        };
        let _ = writeln!(suite.cases, "{head}>\n{body}    </testcase>");
    }
    suite
}

/// What to do in a namespace, and what it is about. An unscanned image is at risk in both image
/// types.
fn advice(report: &Report, namespace: &NamespaceReport, risk_type: RiskType) -> String {
    let also = match risk_type {
        RiskType::HighRiskImages => RiskType::UnscannedImages,
        other => other,
    };
    let mut text = String::new();
    for action in &report.actions {
        let is_of_type = action.risk_type == risk_type || action.risk_type == also;
        if action.namespace == namespace.namespace && is_of_type {
            let _ = writeln!(text, "{}", action.title);
            for item in &action.items {
                let _ = writeln!(text, "  {}", explain::name(item));
            }
        }
    }
    text
}

/// Text in XML. What XML cannot have is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            character if character.is_control() => out.push('\u{FFFD}'),
            character => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escaped("a<b & \"c\">\u{1B}[2J\u{FFFF}"),
            "a&lt;b &amp; &quot;c&quot;&gt;\u{FFFD}[2J\u{FFFD}"
        );
    }
}
