//! The image of a report of trivy-operator, whose name is told in three parts.

use serde_json::{Value, json};

/// The image of a report, in one piece.
pub(super) fn image_of(object: &Value) -> Option<String> {
    let part = |pointer: &str| {
        let part = object.pointer(pointer)?.as_str()?;
        Some(part).filter(|part| !part.is_empty())
    };
    let repository = part("/report/artifact/repository")?;
    let tag = part("/report/artifact/tag")?;
    Some(match part("/report/registry/server") {
        Some(server) => format!("{server}/{repository}:{tag}"),
        None => format!("{repository}:{tag}"),
    })
}

/// Gives a report another image, or none.
pub(super) fn set_image(object: &mut Value, image: Option<&str>) {
    let Some(Value::Object(report)) = object.get_mut("report") else {
        return;
    };
    let parts = image.and_then(|image| {
        let (name, tag) = image.rsplit_once(':')?;
        let (server, repository) = name.split_once('/')?;
        Some((server, repository, tag))
    });
    report.remove("registry");
    let Some(Value::Object(artifact)) = report.get_mut("artifact") else {
        return;
    };
    artifact.remove("repository");
    artifact.remove("tag");
    if let Some((server, repository, tag)) = parts {
        artifact.insert("repository".to_owned(), json!(repository));
        artifact.insert("tag".to_owned(), json!(tag));
        report.insert("registry".to_owned(), json!({ "server": server }));
    }
}
