//! Times, for people.

use posture_core::report::Window;
use posture_core::time::Time;

use super::numbers::count;

/// `2026-11-20 10:00 UTC`.
pub(super) fn date_and_time(time: Time) -> String {
    let (date, clock) = split(time);
    format!("{date} {clock} UTC")
}

/// To the second: `2026-11-20 10:00:00 UTC`.
pub(super) fn instant(time: Time) -> String {
    time.to_string().replace('T', " ").replace('Z', " UTC")
}

/// The time that records cover.
pub(super) fn window(window: Window) -> String {
    let ((from_date, from), (to_date, to)) = (split(window.start), split(window.end));
    let until = if from_date == to_date {
        to
    } else {
        format!("{to_date} {to}")
    };
    format!("{from_date} {from} to {until} UTC")
}

/// From one time to another, to the second: `2026-11-20 10:00:00 to 10:05:00`.
pub(super) fn span(start: Time, end: Time) -> String {
    let parts = |time: Time| {
        let text = time.to_string().replace('Z', "");
        let (date, clock) = text.split_once('T').unwrap_or((&text, ""));
        (date.to_owned(), clock.to_owned())
    };
    let ((from_date, from), (to_date, to)) = (parts(start), parts(end));
    match from_date == to_date {
        true => format!("{from_date} {from} to {to}"),
        false => format!("{from_date} {from} to {to_date} {to}"),
    }
}

/// A span of time in its largest unit.
pub(super) fn duration(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days", count(seconds.unsigned_abs() / 86_400)),
        7_200.. => format!("{} hours", seconds / 3_600),
        _ => format!("{} minutes", seconds / 60),
    }
}

/// Date and time of day, to the minute.
fn split(time: Time) -> (String, String) {
    let text = time.to_string();
    match text.split_once('T') {
        Some((date, clock)) => (date.to_owned(), clock.chars().take(5).collect()),
        None => (text, String::new()),
    }
}
