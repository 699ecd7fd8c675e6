//! The objects of a cluster, and what was asked for.

use posture_collect::{Kind, List, Pseudonyms, Typed, asked, used_object};
use posture_core::issue::{IssueKind, Issues};
use posture_core::time::Time;
use posture_formats::collection::{Asked, Collection, Outcome};

use super::kubectl::{Kubectl, Refusal};
use crate::exit::Failure;

/// What a cluster has of what a score uses.
#[derive(Debug)]
pub(crate) struct Objects {
    /// What was asked for.
    pub(crate) collection: Collection,
    /// What was listed.
    pub(crate) lists: Vec<List>,
}

/// Asks for every kind that the cluster has, of the versions of one the first.
pub(crate) fn ask(kubectl: &Kubectl, at: Time, issues: &mut Issues) -> Result<Objects, Failure> {
    let there = kubectl.resources()?;
    let mut collection = Collection::new(at);
    let mut lists = Vec::new();
    let mut refused = None;
    for kind in asked() {
        let of_kind = |is: &dyn Fn(&str) -> bool| kind.resources().find(|(name, _)| is(name));
        let known = of_kind(&|name| there.has(name));
        let silent = || of_kind(&|name| there.silent_about(name).is_some());
        let first = || kind.resources().next();
        let Some((resource, version)) = known.or_else(silent).or_else(first) else {
            continue;
        };
        let answer = match there.has(&resource) {
            true => Some(list(kubectl, &kind, &resource, version)?),
            false => there
                .silent_about(&resource)
                .map(|why| Err(Refusal::Failed(why.to_owned()))),
        };
        let outcome = match answer {
            Some(Ok(list)) => {
                let objects = list.items.len() as u64;
                lists.push(list);
                Outcome::Listed { objects }
            }
            Some(Err(refusal)) => {
                let (outcome, why) = match refusal {
                    Refusal::Forbidden(why) => (Outcome::Forbidden, without_resource(&why)),
                    Refusal::Failed(why) => (Outcome::Failed, why),
                };
                issues.push(IssueKind::Unreadable, &resource, "", &why);
                refused.get_or_insert(why);
                outcome
            }
            None => Outcome::Absent,
        };
        collection.asked.push(Asked {
            kind: kind.name.to_owned(),
            resource,
            outcome,
        });
    }
    match (lists.is_empty(), refused) {
        (true, Some(why)) => Err(Failure::Nothing(format!("nothing could be listed: {why}"))),
        (true, None) => Err(Failure::Nothing(
            "the cluster has none of the kinds that a score uses".to_owned(),
        )),
        _ => Ok(Objects { collection, lists }),
    }
}

fn list(
    kubectl: &Kubectl,
    kind: &Kind,
    resource: &str,
    version: &str,
) -> Result<Result<List, Refusal>, Failure> {
    let mut list = List {
        kind: kind.name.to_owned(),
        api_version: version.to_owned(),
        items: Vec::new(),
    };
    let typed = Typed {
        kind: Some(kind.name),
        api_version: Some(version),
    };
    let mut add = |object| list.items.push(used_object(object, typed));
    let listed = kubectl.list(resource, &mut add)?;
    Ok(listed.map(|()| list))
}

/// Why something is forbidden, without what: that is told before it.
fn without_resource(why: &str) -> String {
    match why.split_once(" is forbidden: ") {
        Some((_, why)) => format!("forbidden: {why}"),
        None => why.to_owned(),
    }
}

impl Objects {
    /// Puts all objects in pseudonyms.
    pub(crate) fn put(&mut self, pseudonyms: &Pseudonyms) {
        self.collection.pseudonymised = true;
        for list in &mut self.lists {
            let typed = Typed {
                kind: Some(&list.kind),
                api_version: Some(&list.api_version),
            };
            for item in &mut list.items {
                *item = pseudonyms.object(item.take(), typed);
            }
        }
    }
}
