//! The routes: each says what it needs, and hands on to what does it.

mod clusters;
mod dismissals;
mod health;
mod html;
mod ingest;
mod page;
mod recommendations;
mod results;
mod runs;

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Gates, Shared};
use crate::auth;
use crate::openapi;
use crate::problem::Problem;

/// All routes, with all that stands before them.
pub fn router(app: Shared) -> Router {
    let (closed, api) = OpenApiRouter::with_openapi(openapi::outline())
        .routes(routes!(html::fleet))
        .routes(routes!(clusters::all))
        .routes(routes!(clusters::one, clusters::remove))
        .routes(routes!(ingest::objects))
        .routes(routes!(ingest::scan, ingest::remove_scan))
        .routes(routes!(ingest::flows))
        .routes(routes!(runs::run))
        .routes(routes!(results::result))
        .routes(routes!(results::actions))
        .routes(routes!(results::history))
        .routes(routes!(results::why))
        .routes(routes!(recommendations::recommendations))
        .routes(routes!(dismissals::all, dismissals::dismiss))
        .routes(routes!(dismissals::revert))
        .routes(routes!(page::page))
        .routes(routes!(health::metrics))
        .split_for_parts();
    let closed = closed
        .method_not_allowed_fallback(not_allowed)
        .fallback(nowhere)
        .layer(from_fn_with_state(app.clone(), patience))
        .layer(from_fn_with_state(app.clone(), auth::guard));
    let open = OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::description))
        .split_for_parts();
    let (open, more) = open;
    let description = openapi::complete(api, &more);
    let open = open.method_not_allowed_fallback(not_allowed);
    let all = closed
        .merge(open)
        .layer(axum::Extension(health::Description(description)));
    all.layer(from_fn_with_state(app.clone(), observe))
        .layer(from_fn(headers))
        .with_state(app)
}

async fn nowhere() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "there is nothing here, expected a path of `/openapi.json`",
    )
}

async fn not_allowed(method: Method) -> Problem {
    let detail = format!("`{method}` is not done here, expected a method of `Allow`");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}

/// Answers in time, whatever happens. Bodies have their own patience: a long one may take long.
async fn patience(State(app): State<Shared>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let answer = tokio::time::timeout(app.config.limits.patience, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        Problem::later("the answer takes too long, expected to be tried again").into_response()
    })
}

/// Counts and logs an answer.
async fn observe(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => {
            known.to_owned()
        }
        _ => "other".to_owned(),
    };
    let route = request.extensions().get::<MatchedPath>();
    let route = route
        .map(|route| route.as_str().to_owned())
        .unwrap_or_default();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    app.metrics.answered(&method, &route, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(method, path, status, milliseconds, "answered");
    } else {
        tracing::debug!(method, path, status, milliseconds, "answered");
    }
    response
}

/// Lets nobody keep or frame an answer, or take it for something else.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    let policy = "default-src 'none'; frame-ancestors 'none'";
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(policy));
    response
}

/// Does something on a thread that may wait.
async fn apart<T: Send + 'static>(
    app: &Shared,
    work: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let app = app.clone();
    let done = spawn_blocking(move || work(&app)).await;
    done.map_err(|error| Problem::fault(&error))?
}

/// Does something that takes all of a core, one after the other.
async fn computed<T: Send + 'static>(
    app: &Shared,
    work: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    in_turn(app, |gates| &gates.computing, work).await
}

/// Does something when a gate lets it. The turn ends with the work: who no longer waits for the answer does
/// not end that.
async fn in_turn<T: Send + 'static>(
    app: &Shared,
    gate: fn(&Gates) -> &Semaphore,
    work: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let app = app.clone();
    let done = tokio::spawn(async move {
        let _turn = app.turn(gate(&app.gates)).await?;
        apart(&app, work).await
    });
    done.await.map_err(|error| Problem::fault(&error))?
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use super::*;
    use crate::clock;
    use crate::config::Config;

    /// Who goes away does not give its turn to the next while its work goes on: each holds memory.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_turn_ends_with_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let variable = |name: &str| match name {
            "POSTURE_DATA" => Some(folder.path().display().to_string()),
            "POSTURE_READ_TOKENS" => Some("reads-and-no-more".to_owned()),
            _ => None,
        };
        let (app, _closing) = App::open(Config::read(&variable).unwrap(), clock::system()).unwrap();
        let app = Arc::new(app);
        let (begun, begins) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let asked = tokio::spawn({
            let app = app.clone();
            async move {
                let work = move |_: &App| {
                    begun.send(()).unwrap();
                    let _ = released.recv();
                    Ok(())
                };
                in_turn(&app, |gates| &gates.computing, work).await
            }
        });
        begins.recv().unwrap();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert_eq!(app.gates.computing.available_permits(), 0);
        drop(release);
        let free = tokio::time::timeout(Duration::from_secs(10), app.gates.computing.acquire());
        assert!(free.await.is_ok());
    }
}
