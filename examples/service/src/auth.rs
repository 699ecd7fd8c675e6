//! Who may do what: tokens to read with and tokens to write with.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::app::Shared;
use crate::problem::Problem;

/// The shortest token.
const SHORTEST: usize = 16;

/// What a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To see results.
    Read,
    /// To bring input and to decide.
    Write,
}

/// The tokens that are known, as SHA-256 of each: to compare these tells nothing of a token by the time
/// that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    read: Vec<[u8; 32]>,
    write: Vec<[u8; 32]>,
}

/// Tokens that nobody should use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokensError {
    /// There are none.
    #[error("no tokens, expected some in POSTURE_READ_TOKENS, POSTURE_WRITE_TOKENS or both")]
    None,
    /// One is too easy to guess.
    #[error(
        "a token has {0} characters, expected at least {SHORTEST}, such as `openssl rand -hex 32` gives"
    )]
    Short(usize),
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It has no token, or one that is not known.
    Unknown,
    /// Its token is for something else.
    Forbidden,
}

impl Tokens {
    /// Tokens as they are written: one or more, with white space or commas between them. Whoever may read
    /// and write has a token in both.
    ///
    /// # Errors
    /// [`TokensError`] where there are none, or one is too short.
    pub fn new(read: &str, write: &str) -> Result<Self, TokensError> {
        let tokens = Self {
            read: digests(read)?,
            write: digests(write)?,
        };
        match tokens.read.is_empty() && tokens.write.is_empty() {
            true => Err(TokensError::None),
            false => Ok(tokens),
        }
    }

    /// Whether a token is enough for an access.
    ///
    /// # Errors
    /// [`Refused`] says why it is not.
    pub fn check(&self, token: Option<&str>, needed: Access) -> Result<(), Refused> {
        let digest: [u8; 32] = Sha256::digest(token.ok_or(Refused::Unknown)?).into();
        let (enough, other) = match needed {
            Access::Read => (&self.read, &self.write),
            Access::Write => (&self.write, &self.read),
        };
        match (enough.contains(&digest), other.contains(&digest)) {
            (true, _) => Ok(()),
            (false, true) => Err(Refused::Forbidden),
            (false, false) => Err(Refused::Unknown),
        }
    }
}

fn digests(text: &str) -> Result<Vec<[u8; 32]>, TokensError> {
    let tokens = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|token| !token.is_empty());
    let digest = |token: &str| match token.chars().count() {
        length if length < SHORTEST => Err(TokensError::Short(length)),
        _ => Ok(Sha256::digest(token).into()),
    };
    tokens.map(digest).collect()
}

/// What a method needs: all but reading is writing.
pub fn needed(method: &Method) -> Access {
    match *method {
        Method::GET | Method::HEAD => Access::Read,
        _ => Access::Write,
    }
}

/// Lets a request pass that has a token for what it does.
pub async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let needed = needed(request.method());
    let token = token(request.headers(), needed);
    match app.config.tokens.check(token.as_deref(), needed) {
        Ok(()) => next.run(request).await,
        Err(refused) => refusal(refused, needed),
    }
}

/// The token of a request: as a bearer's, or as the password of a browser. A browser sends its password
/// along with what other sites make it ask, so that is enough to read, where they cannot see the answer,
/// and never to write.
fn token(headers: &HeaderMap, needed: Access) -> Option<String> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = given.split_once(' ')?;
    let credentials = credentials.trim();
    match (scheme.to_ascii_lowercase().as_str(), needed) {
        ("bearer", _) => Some(credentials.to_owned()),
        ("basic", Access::Read) => {
            let decoded = String::from_utf8(BASE64_STANDARD.decode(credentials).ok()?).ok()?;
            let (_, password) = decoded.split_once(':')?;
            Some(password.to_owned())
        }
        _ => None,
    }
}

fn refusal(refused: Refused, needed: Access) -> Response {
    let verb = match needed {
        Access::Read => "read",
        Access::Write => "write",
    };
    match refused {
        Refused::Forbidden => {
            let detail = format!("this token is not for it, expected one to {verb} with");
            Problem::new(StatusCode::FORBIDDEN, detail).into_response()
        }
        Refused::Unknown => {
            let detail = format!(
                "no token that is known here, expected `Authorization: Bearer TOKEN` with one to {verb} with"
            );
            let mut response = Problem::new(StatusCode::UNAUTHORIZED, detail).into_response();
            let headers = response.headers_mut();
            let challenge = |text| header::HeaderValue::from_static(text);
            headers.append(
                header::WWW_AUTHENTICATE,
                challenge("Bearer realm=\"posture\""),
            );
            if needed == Access::Read {
                let basic =
                    "Basic realm=\"posture: any name, and a token as password\", charset=\"UTF-8\"";
                headers.append(header::WWW_AUTHENTICATE, challenge(basic));
            }
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: &str = "reads-and-no-more";
    const WRITE: &str = "writes-and-no-more";
    const BOTH: &str = "reads-and-writes-too";

    #[test]
    fn reading_and_writing_are_apart() {
        let tokens = Tokens::new(&format!("{READ} {BOTH}"), &format!("{WRITE},\n{BOTH}")).unwrap();
        for (token, read, write) in [
            (Some(READ), Ok(()), Err(Refused::Forbidden)),
            (Some(WRITE), Err(Refused::Forbidden), Ok(())),
            (Some(BOTH), Ok(()), Ok(())),
            (
                Some("reads-and-no-morE"),
                Err(Refused::Unknown),
                Err(Refused::Unknown),
            ),
            (Some(""), Err(Refused::Unknown), Err(Refused::Unknown)),
            (None, Err(Refused::Unknown), Err(Refused::Unknown)),
        ] {
            assert_eq!(tokens.check(token, Access::Read), read, "{token:?}");
            assert_eq!(tokens.check(token, Access::Write), write, "{token:?}");
        }
    }

    #[test]
    fn no_token_and_short_ones_are_told() {
        assert_eq!(Tokens::new(" ", ","), Err(TokensError::None));
        assert_eq!(
            Tokens::new("fifteen-letters", READ),
            Err(TokensError::Short(15))
        );
        assert!(Tokens::new("sixteen-letters!", "").is_ok());
    }

    #[test]
    fn a_password_reads_and_does_not_write() {
        let basic = format!("bAsIc {}", BASE64_STANDARD.encode(format!("ann:{READ}")));
        for (header, read, write) in [
            (basic.as_str(), Some(READ), None),
            ("Bearer  reads-and-no-more", Some(READ), Some(READ)),
            ("Basic !", None, None),
            ("Digest x", None, None),
            ("reads-and-no-more", None, None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, header.parse().unwrap());
            assert_eq!(token(&headers, Access::Read).as_deref(), read, "{header}");
            assert_eq!(token(&headers, Access::Write).as_deref(), write, "{header}");
        }
    }
}
