//! Time, as a value that is passed in.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use posture::core::time::Time;

/// Tells the present.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// The clock of the machine.
pub fn system() -> Clock {
    Arc::new(|| Time(Timestamp::now().as_second()))
}

/// The time that was so long before another.
pub fn before(time: Time, span: Duration) -> Time {
    Time(time.0.saturating_sub(seconds(span)))
}

/// The time that is so long after another.
pub fn after(time: Time, span: Duration) -> Time {
    Time(time.0.saturating_add(seconds(span)))
}

fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}
