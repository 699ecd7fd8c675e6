//! Image scans that are read apart.

use borsh::{BorshDeserialize, BorshSerialize};
use posture_core::issue::Issues;
use posture_core::model::{Fragment, Scan, Sources, VexStatement};

use super::NotApart;
use crate::Intake;

/// The image scans of a file and what VEX says of them, and what must be told about it.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Scans {
    found: Vec<Scan>,
    statements: Vec<VexStatement>,
    /// See [`Sources::scans`].
    are_known: bool,
    issues: Issues,
}

impl Scans {
    /// Reads a file or archive; none where there is anything else in it.
    pub fn read(name: &str, bytes: &[u8]) -> Option<Self> {
        let mut intake = Intake::default();
        let has_logs = intake.add_bytes(name, bytes);
        let Intake {
            fragment, issues, ..
        } = intake;
        let facts = fragment.counts().into_values().sum::<usize>();
        let Fragment {
            scans,
            vex,
            sources,
            ..
        } = fragment;
        let others = Sources {
            scans: false,
            ..sources
        };
        let alone = facts == scans.len().saturating_add(vex.len()) && others == Sources::default();
        (alone && !has_logs).then_some(Self {
            found: scans,
            statements: vex,
            are_known: sources.scans,
            issues,
        })
    }

    /// The same as a fragment of an input.
    pub(crate) fn into_fragment(self) -> (Fragment, Issues) {
        let Self {
            found,
            statements,
            are_known,
            issues,
        } = self;
        let sources = Sources {
            scans: are_known,
            ..Sources::default()
        };
        let fragment = Fragment {
            scans: found,
            vex: statements,
            sources,
            ..Fragment::default()
        };
        (fragment, issues)
    }

    /// The scans as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        super::written(self)
    }

    /// The scans that [`Scans::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NotApart`] for other bytes, or those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotApart> {
        super::read(bytes)
    }
}
