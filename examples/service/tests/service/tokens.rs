//! Who may do what: every route with every token.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::client::{READ, WRITE};
use super::start::{Service, folder};

/// What a token is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// 401
    Unknown,
    /// 403
    Forbidden,
    /// Anything else: the route itself answers.
    Passed,
}

/// The routes that need no token.
const OPEN: [(&str, &str); 3] = [
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/openapi.json"),
];

/// How many routes need one.
const CLOSED: usize = 19;

#[test]
fn every_route_with_every_token() {
    use Told::{Forbidden, Passed, Unknown};
    let folder = folder();
    let service = Service::start(folder.path());
    let client = &service.client;
    let basic = |password: &str| {
        format!(
            "Basic {}",
            BASE64_STANDARD.encode(format!("ann:{password}"))
        )
    };
    // by token: what reading is answered, and what all else is
    let table = [
        (None, Unknown, Unknown),
        (Some(String::new()), Unknown, Unknown),
        (
            Some("Bearer wrong-and-no-more".to_owned()),
            Unknown,
            Unknown,
        ),
        (Some(format!("Bearer {READ}x")), Unknown, Unknown),
        (Some(READ.to_owned()), Unknown, Unknown),
        (Some(format!("Bearer {READ}")), Passed, Forbidden),
        (Some(format!("Bearer {WRITE}")), Forbidden, Passed),
        (Some(basic(READ)), Passed, Unknown),
        (Some(basic(WRITE)), Forbidden, Unknown),
        (Some(basic("wrong-and-no-more")), Unknown, Unknown),
    ];
    let described = client.get("/openapi.json").expect(200).json();
    let mut closed = 0;
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let is_open = OPEN.contains(&(method.as_str(), path.as_str()));
            assert_eq!(
                operation.get("security").is_none_or(is_none),
                is_open,
                "{method} {path}"
            );
            closed += usize::from(!is_open);
            let path = path
                .replace("{cluster}", "none")
                .replace("{name}", "none")
                .replace("{action}", "none");
            for (token, reading, writing) in &table {
                let headers: Vec<_> = token
                    .iter()
                    .map(|token| ("authorization", token.as_str()))
                    .collect();
                let method = method.to_uppercase();
                let body = (method == "POST").then_some(b"".as_slice());
                let answer = client
                    .ask(&method, &path, &headers, body)
                    .expect("an answer");
                let expected = match (is_open, method.as_str()) {
                    (true, _) => Passed,
                    (false, "GET") => *reading,
                    (false, _) => *writing,
                };
                let told = match answer.status {
                    401 => Unknown,
                    403 => Forbidden,
                    _ => Passed,
                };
                assert_eq!(told, expected, "{method} {path} {token:?}: {answer:?}");
                if told == Unknown {
                    assert!(
                        answer.header("www-authenticate").starts_with("Bearer"),
                        "{answer:?}"
                    );
                }
            }
        }
    }
    assert_eq!(closed, CLOSED);
    // What is not there is not told to whoever has no token.
    assert_eq!(
        client.ask("GET", "/nowhere", &[], None).unwrap().status,
        401
    );
    client.get("/nowhere").expect(404);
    service.stop();
}

/// Whether an operation says that it needs nothing.
fn is_none(security: &Value) -> bool {
    security.as_array().is_some_and(|all| {
        all.iter()
            .all(|one| one.as_object().is_some_and(serde_json::Map::is_empty))
    })
}
