//! Files, sorted by what they are.

use std::borrow::Cow;

use posture_core::issue::Issues;
use posture_core::model::Fragment;
use posture_formats::archive;
use posture_formats::detect::{Content, detect};

/// Gathers files. All but flow logs are read at once; flow logs wait until the cluster that they
/// speak of is known.
#[derive(Clone, Debug, Default)]
pub struct Intake<'a> {
    /// Objects and scans.
    pub fragment: Fragment,
    /// What a person must be told about the files.
    pub issues: Issues,
    /// Flow logs, by name.
    pub flow_logs: Vec<(String, Cow<'a, [u8]>)>,
}

impl<'a> Intake<'a> {
    /// Adds a file, or every file of an archive.
    pub fn add(&mut self, name: &str, bytes: Cow<'a, [u8]>) {
        match detect(&bytes) {
            Content::FlowLog => self.flow_logs.push((name.to_owned(), bytes)),
            Content::Archive(_) => {
                let mut members = Vec::new();
                archive::members(name, &bytes, &mut self.issues, &mut |name, bytes| {
                    members.push((name.to_owned(), bytes));
                });
                for (name, bytes) in members {
                    self.add(&name, Cow::Owned(bytes));
                }
            }
            Content::Documents | Content::Empty | Content::Binary => {
                let fragment = posture_formats::read(name, &bytes, &mut self.issues);
                self.fragment.extend(fragment);
            }
        }
    }
}
