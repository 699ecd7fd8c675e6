//! The points of a series.

use std::fmt::Write;

use posture_core::history::Point;
use posture_core::points::Points;
use posture_core::report::{TypeReport, TypeStatus};
use posture_core::risk::RiskType;
use posture_history::{Moment, Timeline};
use unicode_width::UnicodeWidthStr;

use super::layout::{Column, Grid};
use super::numbers::{counted, decimal, signed};
use super::table::{bold, colour, heads, section, short};
use super::{GOOD, PLAIN, POOR, QUIET, STRONG, delta, times, words};

/// Heights of a score in a line.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The place of the highest of them.
const TOP: i64 = 7;

/// Where there is no score.
const GAP: char = '·';

/// The points of a series in lines of at most `width` columns.
pub(crate) fn history(timeline: &Timeline, width: usize) -> String {
    let mut out = String::new();
    headline(timeline, width, &mut out);
    let mut grid = Grid::new([
        Column::Left,
        Column::Right,
        Column::Right,
        Column::SpareRight,
        Column::SpareRight,
        Column::SpareRight,
        Column::SpareRight,
        Column::Spare,
    ]);
    let [high_risk, unscanned, egress, isolation] = RiskType::ALL.map(short);
    grid.row(heads([
        "Time", "Score", "Change", high_risk, unscanned, egress, isolation, "",
    ]));
    for moment in &timeline.points {
        let Moment { delta, point, .. } = moment;
        let at = point.at.map(times::instant).unwrap_or_default();
        let score = point.score.map_or(QUIET, |score| bold(colour(score)));
        let mut row = vec![
            PLAIN.text(at),
            score.text(words::score(point.score)),
            change(*delta),
        ];
        row.extend(RiskType::ALL.map(|of| PLAIN.text(lost(point, of))));
        row.push(QUIET.text(remark(moment)));
        grid.row(row);
    }
    section(&grid, width, &mut out);
    out
}

fn headline(timeline: &Timeline, width: usize, out: &mut String) {
    let scores = || timeline.points.iter().map(|moment| moment.point.score);
    let (lowest, highest) = (scores().flatten().min(), scores().flatten().max());
    let number = counted(timeline.points.len() as u64, "point");
    let text = match lowest.zip(highest) {
        Some((lowest, highest)) if lowest != highest => {
            format!(
                "{number} between {} and {}",
                lowest.shown(),
                highest.shown()
            )
        }
        _ => number,
    };
    let room = width.saturating_sub(timeline.series.width() + text.width() + 4);
    let line = spark(scores(), room);
    let _ = writeln!(
        out,
        "{}  {}  {line}",
        STRONG.text(&timeline.series),
        QUIET.text(text)
    );
}

/// The last scores as a line, from the lowest to the highest of them.
fn spark(scores: impl DoubleEndedIterator<Item = Option<Points>>, room: usize) -> String {
    let mut shown: Vec<Option<i64>> = scores
        .rev()
        .take(room)
        .map(|of| of.map(Points::units))
        .collect();
    shown.reverse();
    let known = || shown.iter().flatten();
    let lowest = known().min().copied().unwrap_or_default();
    let span = known().max().map_or(0, |highest| highest - lowest);
    let height = |units: i64| {
        let step = ((units - lowest) * TOP + span / 2).checked_div(span);
        usize::try_from(step.unwrap_or(TOP / 2)).unwrap_or_default()
    };
    let sign = |score: &Option<i64>| {
        let height = score.and_then(|units| HEIGHTS.get(height(units)).copied());
        height.unwrap_or(GAP)
    };
    shown.iter().map(sign).collect()
}

fn change(delta: Option<Points>) -> super::layout::Text {
    match delta {
        None => QUIET.text(""),
        Some(Points::ZERO) => QUIET.text("0"),
        Some(delta) if delta < Points::ZERO => POOR.text(signed(delta)),
        Some(delta) => GOOD.text(signed(delta)),
    }
}

fn lost(point: &Point, risk_type: RiskType) -> String {
    match of_type(point, risk_type) {
        Some(of) if of.status != TypeStatus::NotAssessed => decimal(of.contribution),
        _ => "-".to_owned(),
    }
}

fn remark(moment: &Moment) -> String {
    let dismissed = match moment.point.dismissed() {
        Points::ZERO => None,
        points => Some(format!("{} dismissed", decimal(points))),
    };
    let remarks = [dismissed, delta::method_changes(&moment.method_changes)];
    remarks.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn of_type(point: &Point, risk_type: RiskType) -> Option<&TypeReport> {
    point.types.iter().find(|of| of.risk_type == risk_type)
}

/// The points of a series as comma-separated values: exact numbers, empty where there is none. None
/// of them needs quotes.
pub(crate) fn history_csv(timeline: &Timeline) -> String {
    let types = RiskType::ALL.map(RiskType::name).join(",");
    let mut out = format!("at,score,delta,{types},dismissed,namespaces,scoring_version\n");
    let exact =
        |points: Option<Points>| points.as_ref().map(ToString::to_string).unwrap_or_default();
    for Moment { delta, point, .. } in &timeline.points {
        let at = point
            .at
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let scores = RiskType::ALL.map(|of| exact(of_type(point, of).and_then(|of| of.score)));
        let _ = writeln!(
            out,
            "{at},{},{},{},{},{},{}",
            exact(point.score),
            exact(*delta),
            scores.join(","),
            point.dismissed(),
            point.namespaces.len(),
            point.scoring_version
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_from_the_lowest_to_the_highest() {
        let line = |scores: &[Option<i64>], room| {
            spark(scores.iter().map(|of| of.map(Points::from_units)), room)
        };
        assert_eq!(line(&[Some(0), Some(50), Some(100), None], 9), "▁▅█·");
        assert_eq!(line(&[Some(0), Some(50), Some(100), None], 2), "▄·");
        assert_eq!(line(&[Some(7), Some(7)], 9), "▄▄");
        assert_eq!(line(&[None], 9), "·");
        assert_eq!(line(&[], 9), "");
    }
}
