//! `OpenVEX` documents.

use std::collections::BTreeMap;

use posture_core::issue::IssueKind;
use posture_core::model::{VexProduct, VexStatement};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::either::TextOr;
use super::vex::{Product, packages};
use super::{Reading, non_empty, unix_seconds};

#[derive(Deserialize)]
#[serde(expecting = "a document")]
struct Document<'a> {
    timestamp: Option<String>,
    #[serde(borrow)]
    statements: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(expecting = "a statement")]
struct Statement {
    vulnerability: Option<TextOr<Vulnerability>>,
    timestamp: Option<String>,
    products: Option<Vec<TextOr<Component>>>,
    subcomponents: Option<Vec<TextOr<Component>>>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(rename = "@id")]
    id: Option<String>,
    name: Option<String>,
    aliases: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "@id")]
    id: Option<String>,
    identifiers: Option<BTreeMap<String, String>>,
    hashes: Option<BTreeMap<String, String>>,
    subcomponents: Option<Vec<TextOr<Component>>>,
}

/// Reads one document.
pub(super) fn read(json: &str, reading: &mut Reading<'_>) {
    let Some(document) = reading.open::<Document>(json) else {
        return;
    };
    let at = document.timestamp.as_deref().and_then(unix_seconds);
    let list = document.statements.unwrap_or_default();
    if list.is_empty() {
        reading.issue(IssueKind::Empty, "the document has no statements");
    }
    for (position, statement) in reading.each("statement", &list, "statements", translate) {
        reading.fragment.vex.push(VexStatement {
            at: statement.at.or(at),
            document: reading.origin.clone(),
            position,
            ..statement
        });
    }
}

fn translate(statement: Statement) -> Result<VexStatement, String> {
    let vulnerabilities = match statement.vulnerability {
        Some(TextOr::Text(name)) => vec![name],
        Some(TextOr::Object(of)) => {
            let ids = of.id.into_iter().chain(of.name);
            ids.chain(of.aliases.unwrap_or_default()).collect()
        }
        None => Vec::new(),
    };
    let named = vulnerabilities.into_iter().filter(|id| !id.is_empty());
    let statuses = [
        ("not_affected", true),
        ("fixed", true),
        ("affected", false),
        ("under_investigation", false),
    ];
    let status = statement.status.unwrap_or_default();
    let known = statuses.iter().find(|(word, _)| *word == status);
    let products = statement.products.unwrap_or_default();
    let of_all = statement.subcomponents.as_deref();
    let statement = VexStatement {
        at: statement.timestamp.as_deref().and_then(unix_seconds),
        vulnerabilities: named.collect(),
        products: products
            .iter()
            .flat_map(|product| translate_product(product, of_all))
            .collect(),
        suppresses: known.is_some_and(|(_, suppresses)| *suppresses),
        ..VexStatement::default()
    };
    match known {
        _ if statement.vulnerabilities.is_empty() => Err("names no vulnerability".to_owned()),
        None => Err(format!(
            "has the status `{status}`, expected not_affected, affected, fixed or \
             under_investigation"
        )),
        Some(_) => Ok(statement),
    }
}

/// A product by all that it is named by.
fn translate_product(
    product: &TextOr<Component>,
    of_all: Option<&[TextOr<Component>]>,
) -> Vec<VexProduct> {
    let own = match product {
        TextOr::Object(component) => component.subcomponents.as_deref(),
        TextOr::Text(_) => None,
    };
    let inside = own.or(of_all).filter(|list| !list.is_empty());
    let inside = inside.map(|list| packages(list.iter().flat_map(names)));
    let mut named = Product::default();
    for name in names(product) {
        named.add_name(name);
    }
    if let TextOr::Object(component) = product {
        for (algorithm, hash) in component.hashes.iter().flatten() {
            named.add_hash(algorithm, hash);
        }
    }
    named.within(inside.as_deref())
}

/// What a component is called: its id and its other identifiers.
fn names(component: &TextOr<Component>) -> Vec<&str> {
    match component {
        TextOr::Text(text) => vec![text.as_str()],
        TextOr::Object(component) => {
            let others = component.identifiers.iter().flat_map(BTreeMap::values);
            let all = component.id.iter().chain(others);
            all.filter_map(|name| non_empty(Some(name))).collect()
        }
    }
}

#[cfg(test)]
mod tests;
