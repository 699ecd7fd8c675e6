//! From the key of an item to what is at risk.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Focus, Owed, attributed, counts};
use crate::ask::near::{near, told};
use crate::assessment::Assessment;
use crate::edge::EdgeKey;
use crate::risk::{Item, Subject};
use crate::score::Caps;

/// Why something is not found, or is not just one thing; says what there is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotThere(pub(super) String);

/// An item, and the points that it loses.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// Its namespace.
    pub namespace: Arc<str>,
    /// What it is.
    pub subject: Subject<'a>,
    /// What it loses, by type.
    pub owed: Vec<Owed>,
}

impl<'a> Found<'a> {
    /// Finds the item of a key; images go by any of their names, too.
    ///
    /// # Errors
    /// [`NotThere`] where nothing at risk has this key, or several things have.
    pub fn find(assessment: &Assessment<'a>, focus: &Focus, key: &str) -> Result<Self, NotThere> {
        counts(assessment, focus.namespace.as_deref())?;
        let mut found = named(assessment, focus, key);
        // what is a key of one may be a name of others
        if found.iter().any(|of| of.subject.key() == key) {
            found.retain(|of| of.subject.key() == key);
        }
        match (found.pop(), found.as_slice()) {
            (Some(one), []) => Ok(one),
            (None, _) => Err(nothing(assessment, focus, key)),
            (Some(last), others) => {
                let all: Vec<&Self> = others.iter().chain([&last]).collect();
                Err(several(&all, key))
            }
        }
    }

    /// The unsecured edges that it is or has.
    pub fn edges(&self) -> BTreeSet<EdgeKey> {
        match &self.subject {
            Subject::Workload(_, edges) => edges.iter().map(|(key, _)| (*key).clone()).collect(),
            Subject::Edge(key, _) => BTreeSet::from([(*key).clone()]),
            Subject::Image(_) | Subject::Ungoverned(..) => BTreeSet::new(),
        }
    }

    fn id(&self) -> (&Arc<str>, String) {
        (&self.namespace, self.subject.key())
    }
}

/// All items that go by a name, with what each of them loses.
fn named<'a>(assessment: &Assessment<'a>, focus: &Focus, key: &str) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = Vec::new();
    let caps = Caps::of(&assessment.risks, &assessment.request.method);
    let all = assessment.risks.namespaces.iter().zip(caps.iter());
    for (risk, caps) in all.filter(|(risk, _)| focus.has(&risk.namespace)) {
        for risk_type in focus.types() {
            let exposure = &risk.exposures[risk_type];
            if !exposure.items.iter().any(|item| goes_by(item, key)) {
                continue;
            }
            let items = attributed(risk, caps, risk_type).into_iter();
            for (item, points) in items.filter(|(item, _)| goes_by(item, key)) {
                let owed = Owed {
                    risk_type,
                    units: item.units,
                    of_units: exposure.share.part,
                    of_points: caps.contribution(risk_type, exposure.share),
                    points,
                };
                let id = (&risk.namespace, item.subject.key());
                match found.iter_mut().find(|known| known.id() == id) {
                    Some(known) => known.owed.push(owed),
                    None => found.push(Found {
                        namespace: risk.namespace.clone(),
                        subject: item.subject.clone(),
                        owed: vec![owed],
                    }),
                }
            }
        }
    }
    found
}

fn goes_by(item: &Item<'_>, key: &str) -> bool {
    match &item.subject {
        Subject::Image(image) => {
            image.key == key || image.names().iter().any(|name| name.to_string() == key)
        }
        subject => subject.key() == key,
    }
}

fn nothing(assessment: &Assessment<'_>, focus: &Focus, key: &str) -> NotThere {
    let namespaces = assessment.risks.namespaces.iter();
    let items = namespaces
        .filter(|risk| focus.has(&risk.namespace))
        .flat_map(|risk| focus.types().flat_map(|of| &risk.exposures[of].items));
    let names: BTreeSet<String> = items.flat_map(names).collect();
    let known = names.iter().map(String::as_str);
    let near = near(key, known, "did you mean", "there are", "");
    let place = match (&focus.namespace, focus.risk_type) {
        (None, None) => String::new(),
        (Some(namespace), None) => format!(" in `{namespace}`"),
        (None, Some(of)) => format!(" of type `{}`", of.name()),
        (Some(namespace), Some(of)) => format!(" in `{namespace}` of type `{}`", of.name()),
    };
    NotThere(format!("`{key}` is no item at risk{place}{near}"))
}

/// What an item may be called.
fn names(item: &Item<'_>) -> Vec<String> {
    match &item.subject {
        Subject::Image(image) if !image.names().is_empty() => {
            image.names().iter().map(ToString::to_string).collect()
        }
        subject => vec![subject.key()],
    }
}

fn several(found: &[&Found<'_>], key: &str) -> NotThere {
    let namespaces: BTreeSet<&str> = found.iter().map(|of| of.namespace.as_ref()).collect();
    let namespaces: Vec<&str> = namespaces.into_iter().collect();
    if let [namespace] = namespaces.as_slice() {
        let keys: BTreeSet<String> = found.iter().map(|of| of.subject.key()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        return NotThere(format!(
            "`{key}` is {} items in `{namespace}`, expected one of the keys {}",
            keys.len(),
            told(&keys, "and", "")
        ));
    }
    NotThere(format!(
        "`{key}` is an item in {} namespaces, expected `--namespace` with {}",
        namespaces.len(),
        told(&namespaces, "or", "")
    ))
}
