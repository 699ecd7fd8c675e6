//! The fleet, for people.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use posture::core::points::Points;
use posture::core::time::Time;
use sha2::{Digest, Sha256};

use super::clusters::{Member, fleet as members};
use crate::app::Shared;
use crate::problem::Problem;

const STYLE: &str = include_str!("fleet.css");

/// The clusters, by risk, each with a link to its dashboard
#[utoipa::path(get, path = "/", tag = "pages", responses((status = OK, description = "The page", body = String, content_type = "text/html")))]
pub(crate) async fn fleet(State(app): State<Shared>) -> Result<Response, Problem> {
    let page = written(&members(&app).await?);
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    );
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response())
}

/// The page. Names of clusters need no escape: they have letters, digits, `-`, `_` and `.` alone.
fn written(members: &[Member]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Clusters</title><style>{STYLE}</style></head><body><main>\n\
         <h1>Clusters</h1>\n"
    );
    if members.is_empty() {
        page.push_str("<p>There are no clusters yet: <code>POST /clusters/NAME/objects</code> makes one.</p>\n");
    } else {
        page.push_str("<table>\n<thead><tr><th>Cluster</th><th>Score</th><th>Change</th><th>Actions</th><th>Issues</th><th>Read</th></tr></thead>\n<tbody>\n");
        for member in members {
            row(&mut page, member);
        }
        page.push_str("</tbody>\n</table>\n");
    }
    page.push_str("</main></body></html>\n");
    page
}

fn row(page: &mut String, member: &Member) {
    let Member {
        cluster,
        ran,
        result,
    } = member;
    let Some((result, ran)) = result.as_ref().zip(*ran) else {
        let _ = writeln!(
            page,
            "<tr><td>{cluster}</td><td colspan=\"5\">not scored yet</td></tr>"
        );
        return;
    };
    let score = result.score.map_or_else(|| "none".to_owned(), short);
    let change = match result.delta {
        Some(delta) if delta > Points::ZERO => format!("+{}", short(delta)),
        Some(delta) if delta < Points::ZERO => short(delta),
        Some(_) => "0".to_owned(),
        None => String::new(),
    };
    let _ = writeln!(
        page,
        "<tr><td><a href=\"/clusters/{cluster}/page\">{cluster}</a></td><td>{score}</td><td>{change}</td><td>{}</td><td>{}</td><td><time datetime=\"{ran}\">{}</time></td></tr>",
        result.actions,
        result.issues,
        minute(ran)
    );
}

/// A time as other views write it: `2026-11-20 10:00 UTC`.
fn minute(time: Time) -> String {
    let text = time.to_string();
    let (day, hours) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} {} UTC", hours.get(..5).unwrap_or_default())
}

/// Points with one digit, cut and not rounded: nobody reads a score that was not reached.
fn short(points: Points) -> String {
    let text = points.to_string();
    match text.split_once('.') {
        Some((whole, rest)) => format!("{whole}.{}", rest.get(..1).unwrap_or_default()),
        None => text,
    }
}
