//! Image scans that are read apart.

use borsh::{BorshDeserialize, BorshSerialize};
use posture_core::issue::Issues;
use posture_core::model::{Fragment, Scan, Sources, VexStatement};

use super::NotApart;
use crate::{Intake, Opening};

/// The image scans of a file and what VEX says of them, and what must be told about it.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Scans {
    scans: Vec<Scan>,
    vex: Vec<VexStatement>,
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
            scans,
            vex,
            are_known: sources.scans,
            issues,
        })
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

impl Opening {
    /// Takes a file of scans that was read apart, as [`Opening::add`] does.
    pub fn join(&mut self, name: String, bytes: Vec<u8>, scans: Scans) -> usize {
        let Scans {
            scans,
            vex,
            are_known,
            issues,
        } = scans;
        self.intake.fragment.extend(Fragment {
            scans,
            vex,
            sources: Sources {
                scans: are_known,
                ..Sources::default()
            },
            ..Fragment::default()
        });
        self.intake.issues.extend(issues);
        self.keep(name, bytes)
    }
}
