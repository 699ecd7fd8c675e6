//! What requests say, checked: what is wrong is a problem.

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use utoipa::IntoParams;

use crate::problem::Problem;

/// The longest name of a cluster.
const LONGEST: usize = 63;

/// The longest name of a scan, and the longest key.
const LONGEST_TEXT: usize = 255;

/// How long a decision may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// The cluster of a path.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Cluster {
    /// The name of the cluster: letters, digits, `-`, `_` and `.`, a letter or digit first
    #[param(pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", example = "east")]
    pub(crate) cluster: String,
}

/// The scan of a path.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ScanName {
    /// The name of the scan, by which it is replaced: any text of 1 to 255 characters
    #[param(min_length = 1, max_length = 255, example = "frontend")]
    pub(crate) name: String,
}

/// The query of a request.
#[derive(Clone, Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

/// The body of a request, in JSON.
#[derive(Clone, Debug)]
pub(crate) struct Told<T>(pub(crate) T);

/// What tells a delivery from others, in its header.
#[derive(Clone, Debug)]
pub(crate) struct Key(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Cluster {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let cluster = parameter(parts, state, "cluster").await?;
        if is_cluster(&cluster) {
            return Ok(Self { cluster });
        }
        let detail = format!(
            "`{cluster}` is no name of a cluster, expected at most {LONGEST} letters, digits, `-`, `_` and `.`, a letter or digit first"
        );
        Err(Problem::new(StatusCode::BAD_REQUEST, detail))
    }
}

/// Whether a text may name a cluster.
fn is_cluster(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let first = name.bytes().next();
    name.len() <= LONGEST
        && name.bytes().all(is_plain)
        && first.is_some_and(|byte| byte.is_ascii_alphanumeric())
}

impl<S: Send + Sync> FromRequestParts<S> for ScanName {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name = parameter(parts, state, "name").await?;
        text(&name, "name of a scan")?;
        Ok(Self { name })
    }
}

/// A parameter of the path, decoded.
pub(crate) async fn parameter<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    name: &str,
) -> Result<String, Problem> {
    let parameters = RawPathParams::from_request_parts(parts, state).await;
    let parameters =
        parameters.map_err(|error| Problem::new(StatusCode::BAD_REQUEST, error.to_string()))?;
    let found = parameters.iter().find(|(known, _)| *known == name);
    let (_, value) = found.ok_or_else(|| Problem::fault(&format!("no parameter `{name}`")))?;
    Ok(value.to_owned())
}

/// Checks a text that people choose.
fn text(text: &str, what: &str) -> Result<(), Problem> {
    let length = text.chars().count();
    if (1..=LONGEST_TEXT).contains(&length) && !text.contains(char::is_control) {
        return Ok(());
    }
    let detail = format!(
        "`{}` is no {what}, expected 1 to {LONGEST_TEXT} characters, none of them a control character",
        text.escape_debug()
    );
    Err(Problem::new(StatusCode::BAD_REQUEST, detail))
}

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(key) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        let key = String::from_utf8_lossy(key.as_bytes()).into_owned();
        text(&key, "Idempotency-Key")?;
        Ok(Self(Some(key)))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Problem::new(StatusCode::BAD_REQUEST, error.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Told<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = timeout(PATIENCE, Json::from_request(request, state)).await;
        match read {
            Ok(Ok(Json(told))) => Ok(Self(told)),
            Ok(Err(rejection)) => Err(Problem::new(rejection.status(), rejection.body_text())),
            Err(_) => Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "the body takes too long, expected the rest of it",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_clusters() {
        for name in ["a", "east-1", "prod.eu_2", &"x".repeat(63)] {
            assert!(is_cluster(name), "{name}");
        }
        for name in [
            "",
            "-a",
            ".",
            "..",
            "a/b",
            "a b",
            "ä",
            "a\0",
            &"x".repeat(64),
        ] {
            assert!(!is_cluster(name), "{name}");
        }
    }

    #[test]
    fn texts_that_people_choose() {
        assert!(text("registry.example.com/a@sha256:1", "name").is_ok());
        for wrong in ["", "a\nb", "a\u{7f}", &"x".repeat(256)] {
            assert!(text(wrong, "name").is_err(), "{wrong:?}");
        }
    }
}
