//! Flows of Whisker, the console of Calico open source.

use std::collections::BTreeSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufWriter, Seek, Write};
use std::time::Duration;

use posture_collect::read_list;
use serde_json::{Map, Value};

use crate::exit::Failure;

/// "One hour of them is kept" (formats, section 3), in seconds before now.
const SINCE: &str = "startTimeGte=-3600";

/// Where Whisker answers for flows.
const PATH: &str = "/whisker-backend/flows";

/// What is waited for and taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How long it may be silent.
    pub(crate) silence: Duration,
    /// How many flows are taken: of one hour, with those alike put together, no cluster has more.
    pub(crate) flows: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(30),
            flows: 4_000_000,
        }
    }
}

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

/// Asks Whisker for all flows that it has, page after page where it gives them so. A page that it gave before
/// counts once, and is the last: it does not know of pages then.
pub(crate) fn fetch(Address(address): &Address, bounds: Bounds) -> Result<Fetched, Failure> {
    let failed = |why: String| Failure::Nothing(format!("`--whisker {address}`: {why}"));
    let mut lines = tempfile::tempfile()?;
    let (mut given, mut total, mut pages) = (0_u64, None, BTreeSet::new());
    for page in 0_u64.. {
        let page = match page {
            0 => String::new(),
            page => format!("&page={page}"),
        };
        let end = lines.stream_position()?;
        let mut written = Page::new(&mut lines, bounds.flows.saturating_sub(given));
        let url = format!("{address}?{SINCE}{page}");
        let fields = get(&url, bounds.silence, &mut |flow| written.add(&flow)).map_err(failed)?;
        let Written { digest, flows } = written.finish()?;
        // of the first page: a total that grows meanwhile would never be reached
        total = total.or_else(|| total_of(&fields));
        if !pages.insert(digest) {
            lines.set_len(end)?;
            break;
        }
        given = given.saturating_add(flows);
        let is_all = total.is_none_or(|total| given >= total);
        if flows == 0 || is_all || given >= bounds.flows {
            break;
        }
    }
    Ok(Fetched {
        lines,
        given,
        total,
    })
}

/// A page of flows on its way to a file.
struct Page<'f> {
    lines: BufWriter<&'f mut File>,
    hash: DefaultHasher,
    flows: u64,
    /// How many may be written.
    most: u64,
    failed: Option<io::Error>,
}

/// A page that is written.
struct Written {
    /// What tells it from other pages.
    digest: u64,
    flows: u64,
}

impl<'f> Page<'f> {
    fn new(lines: &'f mut File, most: u64) -> Self {
        Self {
            lines: BufWriter::new(lines),
            hash: DefaultHasher::new(),
            flows: 0,
            most,
            failed: None,
        }
    }

    fn add(&mut self, flow: &Value) {
        if self.flows == self.most || self.failed.is_some() {
            return;
        }
        let mut line = flow.to_string();
        line.push('\n');
        line.hash(&mut self.hash);
        self.flows = self.flows.saturating_add(1);
        self.failed = self.lines.write_all(line.as_bytes()).err();
    }

    fn finish(mut self) -> io::Result<Written> {
        self.lines.flush()?;
        match self.failed {
            Some(error) => Err(error),
            None => Ok(Written {
                digest: self.hash.finish(),
                flows: self.flows,
            }),
        }
    }
}

fn get(
    url: &str,
    silence: Duration,
    each: &mut dyn FnMut(Value),
) -> Result<Map<String, Value>, String> {
    let agent = ureq::Agent::config_builder()
        .proxy(None)
        .timeout_resolve(Some(silence))
        .timeout_connect(Some(silence))
        .timeout_recv_response(Some(silence))
        .timeout_per_read(Some(silence))
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
    use std::io::{BufRead, BufReader, Read};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A Whisker that gives these answers, and the last one again and again.
    fn whisker(answers: &[&str]) -> Address {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answers: Vec<String> = answers.iter().map(|text| (*text).to_owned()).collect();
        thread::spawn(move || {
            for number in 0.. {
                let (mut stream, _) = listener.accept().unwrap();
                let head = BufReader::new(&stream).lines().map(Result::unwrap);
                head.take_while(|line| !line.is_empty()).for_each(drop);
                let body = &answers[number.min(answers.len() - 1)];
                let length = body.len();
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
            }
        });
        address.parse().unwrap()
    }

    /// What was given, of how many, and the lines.
    fn fetched(address: &Address, bounds: Bounds) -> (u64, Option<u64>, String) {
        let mut fetched = fetch(address, bounds).unwrap();
        fetched.lines.rewind().unwrap();
        let mut lines = String::new();
        fetched.lines.read_to_string(&mut lines).unwrap();
        (fetched.given, fetched.total, lines)
    }

    #[test]
    fn pages_that_are_given_again_count_once() {
        let page = r#"{"total": 5, "items": [{"a": 1}, {"a": 2}, {"a": 2}]}"#;
        let lines = "{\"a\":1}\n{\"a\":2}\n{\"a\":2}\n";
        let expected = (3, Some(5), lines.to_owned());
        assert_eq!(fetched(&whisker(&[page]), Bounds::default()), expected);
        // in turns
        let other = r#"{"items": [{"a": 3}]}"#;
        let expected = (4, Some(5), format!("{lines}{{\"a\":3}}\n"));
        assert_eq!(
            fetched(&whisker(&[page, other, page]), Bounds::default()),
            expected
        );
    }

    #[test]
    fn no_more_is_taken_than_may_be() {
        let bounds = Bounds {
            flows: 4,
            ..Bounds::default()
        };
        let pages = [
            r#"{"total": 1000000000, "items": [{"a": 1}, {"a": 2}, {"a": 3}]}"#,
            r#"{"items": [{"a": 4}, {"a": 5}, {"a": 6}]}"#,
            r#"{"items": [{"a": 7}]}"#,
        ];
        let lines = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n".to_owned();
        assert_eq!(
            fetched(&whisker(&pages), bounds),
            (4, Some(1_000_000_000), lines)
        );
    }

    #[test]
    fn who_is_silent_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let bounds = Bounds {
            silence: Duration::from_millis(200),
            ..Bounds::default()
        };
        // the connection is made, and nobody answers; then the answer stops in the middle
        let silent = fetch(&address.parse().unwrap(), bounds).unwrap_err();
        thread::spawn(move || {
            let (_silent, _) = listener.accept().unwrap();
            let (mut stream, _) = listener.accept().unwrap();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{{\"items\": ["
            )
            .unwrap();
            thread::sleep(Duration::from_mins(1));
        });
        let stopped = fetch(&address.parse().unwrap(), bounds).unwrap_err();
        for failure in [silent, stopped] {
            assert!(
                matches!(&failure, Failure::Nothing(why) if why.contains("timeout")),
                "{failure:?}"
            );
        }
    }

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
