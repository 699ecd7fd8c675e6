//! A client of a service.

use std::time::Duration;

use serde_json::Value;
use ureq::http::Request;
use ureq::{Agent, SendBody};

/// A token to read with.
pub(crate) const READ: &str = "reads-and-no-more";

/// A token to write with.
pub(crate) const WRITE: &str = "writes-and-no-more";

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Its body, which must be JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same answer, which must have a status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// A header; empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// A client.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    address: String,
    agent: Agent,
}

impl Client {
    pub(crate) fn new(address: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .proxy(None)
            // a connection may be closed when a body is refused that was not read
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_mins(2)));
        Self {
            address: address.to_owned(),
            agent: config.build().into(),
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(
            "GET",
            path,
            &[("authorization", &format!("Bearer {READ}"))],
            None,
        )
        .expect("an answer")
    }

    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Answer {
        self.send(path, &[], body).expect("an answer")
    }

    /// Posts with more headers; none where the connection breaks.
    pub(crate) fn send(&self, path: &str, more: &[(&str, &str)], body: &[u8]) -> Option<Answer> {
        let token = format!("Bearer {WRITE}");
        let mut headers = vec![("authorization", token.as_str())];
        headers.extend(more);
        self.ask("POST", path, &headers, Some(body))
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.ask(
            "DELETE",
            path,
            &[("authorization", &format!("Bearer {WRITE}"))],
            None,
        )
        .expect("an answer")
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Option<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(SendBody::none, |bytes| {
            SendBody::from_owned_reader(std::io::Cursor::new(bytes.to_vec()))
        });
        let mut response = self
            .agent
            .run(request.body(body).expect("a request"))
            .ok()?;
        let headers = response.headers().clone();
        let status = response.status().as_u16();
        let body = response
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_to_string()
            .ok()?;
        Some(Answer {
            status,
            headers,
            body,
        })
    }
}
