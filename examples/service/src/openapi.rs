//! The description of the service: `OpenAPI` 3.1.

use posture::Recommendations;
use posture::core::dismissal::Dismissal;
use posture::core::history::Delta;
use posture::core::issue::Issue;
use posture::core::report::{ActionReport, Dismissals, Report};
use posture_history::Timeline;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa::openapi::schema::{Array, Ref, Schema};
use utoipa::openapi::{OpenApi as Description, RefOr};

/// What the description says before its routes.
#[derive(OpenApi)]
#[openapi(info(
    title = "posture",
    description = "The open, exact, explainable Kubernetes security-posture score, as a service."
))]
struct Outline;

/// The description without its routes.
pub(crate) fn outline() -> Description {
    Outline::openapi()
}

/// A list of issues, in schemas of answers.
pub(crate) fn issues() -> RefOr<Schema> {
    list("Issue")
}

/// A list of actions, in schemas of answers.
pub(crate) fn actions() -> RefOr<Schema> {
    list("ActionReport")
}

fn list(of: &str) -> RefOr<Schema> {
    Schema::Array(Array::new(Ref::from_schema_name(of))).into()
}

/// The description in JSON: of the routes that need a token and of those that need none, with the schemas of
/// results, and with what every route may answer.
pub(crate) fn complete(mut closed: Description, open: &Description) -> String {
    let open_paths: Vec<String> = open.paths.paths.keys().cloned().collect();
    closed.merge(open.clone());
    let mut described = serde_json::to_value(&closed).unwrap_or_default();
    if let Some(paths) = described.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            let Some(operations) = item.as_object_mut() else {
                continue;
            };
            for (method, operation) in operations {
                answers(operation, method, open_paths.contains(path));
            }
        }
    }
    let mut components = described
        .get("components")
        .cloned()
        .unwrap_or_else(|| json!({}));
    if let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) {
        schemas.extend(schemas_of_results());
        schemas.insert("Problem".to_owned(), problem());
    }
    if let Some(components) = components.as_object_mut() {
        components.insert("securitySchemes".to_owned(), json!({
            "token": {"type": "http", "scheme": "bearer", "description": "A token to read with, for GET; one to write with, for all else"},
            "password": {"type": "http", "scheme": "basic", "description": "For browsers, GET alone: any name, and a token to read with"}
        }));
    }
    if let Some(described) = described.as_object_mut() {
        described.insert("components".to_owned(), components);
    }
    described.to_string()
}

/// Adds what a route may answer beside what it says itself, and what token it needs.
fn answers(operation: &mut Value, method: &str, is_open: bool) {
    let Some(operation) = operation.as_object_mut() else {
        return;
    };
    let has = |name: &str| operation.contains_key(name);
    let mut more = vec![
        (500, "A fault of the service"),
        (503, "Not now: try it again"),
    ];
    if !is_open {
        more.extend([
            (401, "No token that is known"),
            (
                403,
                "A token for something else, or more clusters than there may be",
            ),
        ]);
    }
    if has("parameters") {
        more.extend([
            (400, "A name or a parameter that cannot be"),
            (404, "Nothing of this name"),
            (409, "Not in this state"),
        ]);
    }
    if has("requestBody") {
        more.extend([
            (408, "The body stopped coming"),
            (413, "The body is too large"),
            (415, "Another type was expected"),
            (422, "Nothing can be made of the body"),
            (507, "No more is kept of this cluster"),
        ]);
    }
    if method == "post" {
        more.push((422, "Nothing can be made of it"));
    }
    if !is_open {
        let mut security = vec![json!({"token": []})];
        if method == "get" {
            security.push(json!({"password": []}));
        }
        operation.insert("security".to_owned(), Value::from(security));
    }
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for (status, description) in more {
        let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
        let response = json!({"description": description, "content": content});
        responses.entry(status.to_string()).or_insert(response);
    }
}

/// The schemas of what the library says.
fn schemas_of_results() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.contract = schemars::generate::Contract::Serialize;
    });
    let mut generator = settings.into_generator();
    generator.subschema_for::<Report>();
    generator.subschema_for::<Timeline>();
    generator.subschema_for::<Delta>();
    generator.subschema_for::<Dismissals>();
    generator.subschema_for::<Dismissal>();
    generator.subschema_for::<Recommendations>();
    generator.subschema_for::<ActionReport>();
    generator.subschema_for::<Issue>();
    generator.take_definitions(true)
}

/// RFC 9457, as this service writes it.
fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["status", "title", "detail"],
        "properties": {
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "title": {"type": "string"},
            "detail": {"type": "string", "description": "What is wrong, and what was expected."},
            "issues": {"type": "array", "items": {"$ref": "#/components/schemas/Issue"}}
        }
    })
}
