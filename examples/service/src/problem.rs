//! What is wrong with a request, as RFC 9457 writes it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use posture::core::issue::Issue;
use serde::Serialize;

use crate::config::MIB;
use crate::store::StoreError;

/// Why a request was not met: `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Problem {
    /// The status of the answer.
    #[serde(skip)]
    pub(crate) code: StatusCode,
    /// The same as a number.
    pub(crate) status: u16,
    /// The status in words.
    pub(crate) title: &'static str,
    /// What is wrong, and what was expected.
    pub(crate) detail: String,
    /// What is wrong with the input, place by place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) issues: Vec<Issue>,
    /// After how many seconds it may be tried again.
    #[serde(skip)]
    pub(crate) retry_after: Option<u16>,
}

impl Problem {
    /// A problem of a status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            code: status,
            status: status.as_u16(),
            title: status.canonical_reason().unwrap_or_default(),
            detail: detail.into(),
            issues: Vec::new(),
            retry_after: None,
        }
    }

    /// One that is gone in a moment.
    pub(crate) fn later(detail: impl Into<String>) -> Self {
        Self {
            retry_after: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    }

    /// A fault of the service. What it is about is logged and not told.
    pub(crate) fn fault(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "fault");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the service failed: its log says why",
        )
    }

    /// Input that goes beyond what is kept of a cluster: there may be room for it later.
    pub(crate) fn full(what: &str, limit: u64, variable: &str) -> Self {
        let mib = limit.div_ceil(MIB);
        let detail = format!(
            "{what} would have more than {mib} MiB, expected fewer, or a larger `{variable}`"
        );
        Self::new(StatusCode::INSUFFICIENT_STORAGE, detail)
    }

    /// Input of which nothing can be read.
    pub(crate) fn unreadable(expected: &str, issues: Vec<Issue>) -> Self {
        let detail = format!("nothing can be read of it, expected {expected}");
        Self {
            issues,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
    }

    /// A request that says what cannot be.
    pub(crate) fn bad(error: &dyn std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.to_string())
    }

    /// That there is no such thing.
    pub(crate) fn missing(what: &str, name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!("there is no {what} `{name}`"),
        )
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Closed => Self::later(error.to_string()),
            StoreError::Failed(_) => Self::fault(&error),
        }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::fault(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let json = HeaderValue::from_static("application/problem+json");
        let mut response = (self.code, [(header::CONTENT_TYPE, json)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
