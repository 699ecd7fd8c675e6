//! Files and archives, sorted by what is in them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{Cluster, Fragment, ModelError};
use posture_core::request::{Policies, Request};
use posture_formats::archive::{self, Member};
use posture_formats::detect::Content;

/// What is done with each file that is found.
type Each<'e> = &'e mut dyn FnMut(Member<'_>, &mut Issues);

/// Gathers files. All but flow logs are read at once; flow logs may be larger than memory, and wait
/// until the cluster that they speak of is known.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// Objects and scans.
    pub fragment: Fragment,
    /// What a person must be told about the files.
    pub issues: Issues,
    /// Every file, those in archives too, in the order of reading.
    pub found: Vec<Found>,
}

/// What a file is, and what was read of it.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name; of a file in an archive that of the archive, `/` and its path there.
    pub name: String,
    /// What it is.
    pub content: Content,
    /// How many facts of each kind were read: `pods`, `policies`, `scans`.
    pub facts: BTreeMap<&'static str, usize>,
}

impl Intake {
    /// Adds a file, or every file of an archive. Says whether there are flow logs in it, which are
    /// to be read by [`Tallying::read_file`](crate::Tallying::read_file).
    pub fn add<R: Read + Seek>(&mut self, name: &str, content: R) -> bool {
        self.walk(|issues, each| archive::walk(name, content, issues, each))
    }

    /// [`Intake::add`] for a file in memory, of which no copy is made.
    pub fn add_bytes(&mut self, name: &str, bytes: &[u8]) -> bool {
        self.walk(|issues, each| archive::walk_bytes(name, bytes, issues, each))
    }

    fn walk(&mut self, walk: impl FnOnce(&mut Issues, Each<'_>)) -> bool {
        let Self {
            fragment,
            issues,
            found,
        } = self;
        let mut has_log = false;
        walk(issues, &mut |member, issues| {
            let file = read(member, issues, fragment);
            has_log |= file.content.is_log();
            found.push(file);
        });
        has_log
    }

    /// The cluster of all that was read.
    ///
    /// # Errors
    /// [`ModelError`] names an object without which nothing can be told apart.
    pub fn cluster(self, request: &Request) -> Result<(Cluster, Issues), ModelError> {
        let mut issues = self.issues;
        let complete = request.policies == Policies::Complete;
        let cluster = Cluster::build(self.fragment, &request.cluster_cidrs, complete, &mut issues)?;
        Ok((cluster, issues))
    }
}

impl Found {
    /// A file of which nothing was read yet.
    pub fn new(name: &str, content: Content) -> Self {
        Self {
            name: name.to_owned(),
            content,
            facts: BTreeMap::new(),
        }
    }
}

/// Reads a file, unless it is a flow log.
fn read(member: Member<'_>, issues: &mut Issues, fragment: &mut Fragment) -> Found {
    let (name, content) = (member.name().to_owned(), member.content());
    let mut file = Found::new(&name, content);
    match content {
        Content::FlowLog(_) => return file,
        Content::Columnar(_) if cfg!(feature = "columnar") => return file,
        Content::Columnar(kind) => {
            let message = format!("the content is a {}, which is not read here", kind.name());
            issues.push(IssueKind::UnknownFormat, name, "", message);
            return file;
        }
        _ => {}
    }
    let bytes = match member.enough() {
        Some(lines) => Some(Cow::Owned(lines.to_vec())),
        None => member.bytes(),
    };
    if let Some(bytes) = bytes {
        let read = posture_formats::read(&name, &bytes, issues);
        file.facts = read.counts();
        fragment.extend(read);
    }
    file
}
