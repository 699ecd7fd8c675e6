//! Flows of Whisker, the console of Calico open source.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::time::Duration;

use posture_collect::read_list;
use serde_json::{Map, Value};

use crate::exit::Failure;

/// "One hour of them is kept" (formats, section 3), in seconds before now.
const SINCE: &str = "startTimeGte=-3600";

/// Where Whisker answers for flows.
const PATH: &str = "/whisker-backend/flows";

/// How long it may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where flows are asked for.
#[derive(Clone, Debug)]
pub(crate) struct Address(String);

/// What Whisker gave.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// Its flows, one a line.
    pub(crate) lines: File,
    /// How many there are.
    pub(crate) given: u64,
    /// How many it says that there are, where it says so.
    pub(crate) total: Option<u64>,
}

impl std::str::FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("https://") {
            return Err(
                "TLS is not spoken here, expected plain HTTP, as through `kubectl \
                        port-forward`"
                    .to_owned(),
            );
        }
        let rest = text.strip_prefix("http://");
        let rest = rest.filter(|rest| !rest.is_empty() && !rest.contains(['?', '#']));
        let rest = rest.ok_or("expected an address, such as http://localhost:8081")?;
        let rest = rest.trim_end_matches('/');
        let path = if rest.contains('/') { "" } else { PATH };
        Ok(Self(format!("http://{rest}{path}")))
    }
}

/// Asks Whisker for all flows that it has, page after page where it gives them so.
pub(crate) fn fetch(Address(address): &Address) -> Result<Fetched, Failure> {
    let failed = |why: String| Failure::Nothing(format!("`--whisker {address}`: {why}"));
    let mut lines = BufWriter::new(tempfile::tempfile()?);
    let (mut given, mut total) = (0_u64, None);
    for page in 0_u64.. {
        let page = match page {
            0 => String::new(),
            page => format!("&page={page}"),
        };
        let before = given;
        let mut written = Ok(());
        let fields = get(&format!("{address}?{SINCE}{page}"), &mut |flow| {
            given = given.saturating_add(1);
            if written.is_ok() {
                written = write_line(&mut lines, &flow);
            }
        })
        .map_err(failed)?;
        written?;
        // of the first page: a total that grows meanwhile would never be reached
        total = total.or_else(|| total_of(&fields));
        if given == before || total.is_none_or(|total| given >= total) {
            break;
        }
    }
    Ok(Fetched {
        lines: lines.into_inner().map_err(io::IntoInnerError::into_error)?,
        given,
        total,
    })
}

fn write_line(lines: &mut impl Write, flow: &Value) -> io::Result<()> {
    serde_json::to_writer(&mut *lines, flow)?;
    lines.write_all(b"\n")
}

fn get(url: &str, each: &mut dyn FnMut(Value)) -> Result<Map<String, Value>, String> {
    let agent = ureq::Agent::config_builder()
        .proxy(None)
        .timeout_resolve(Some(PATIENCE))
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .timeout_per_read(Some(PATIENCE))
        .http_status_as_error(false)
        .build()
        .new_agent();
    let answer = agent.get(url).call().map_err(|error| error.to_string())?;
    match answer.status().as_u16() {
        200 => {}
        status => return Err(format!("the answer has status {status}, expected 200")),
    }
    read_list(answer.into_body().into_reader(), each)
        .map_err(|error| format!("the answer is no list of flows: {error}"))
}

/// How many flows there are, as the versions of Whisker say it.
fn total_of(answer: &Map<String, Value>) -> Option<u64> {
    let total = answer.get("total").and_then(Value::as_u64);
    total.or_else(|| answer.get("meta")?.get("totalResults")?.as_u64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let address = |text: &str| text.parse::<Address>().map(|Address(address)| address);
        let expected = "http://localhost:8081/whisker-backend/flows";
        assert_eq!(address("http://localhost:8081").as_deref(), Ok(expected));
        assert_eq!(address("http://localhost:8081/").as_deref(), Ok(expected));
        assert_eq!(
            address("http://whisker/console/flows").as_deref(),
            Ok("http://whisker/console/flows")
        );
        for text in ["localhost:8081", "http://", "http://a?b", "ftp://a"] {
            assert!(
                address(text)
                    .unwrap_err()
                    .starts_with("expected an address"),
                "{text}"
            );
        }
        assert!(
            address("https://a")
                .unwrap_err()
                .starts_with("TLS is not spoken")
        );
    }
}
