//! From flow logs to the rows behind some edges, on one thread.

use std::io::{self, Read, Seek};
use std::sync::Arc;

use posture_core::engine::Engine;
use posture_core::explain::{RowFinder, Rows};
use posture_core::issue::Issues;
use posture_core::judge::Judge;
use posture_core::model::{Cluster, Evidence};
use posture_formats::archive;
use posture_formats::detect::Content;
use posture_formats::flows::{Chunks, FlowLog, FlowReader};

/// Reads flow logs again, for the rows behind some edges. What is wrong with a log was told when it was
/// tallied.
#[derive(Debug)]
pub struct RowReader<'c> {
    pub(crate) judge: Judge<'c>,
    pub(crate) finder: RowFinder,
    left_out: Vec<String>,
}

impl<'c> RowReader<'c> {
    /// Reads for a cluster and the engine of its policies.
    pub fn new(
        cluster: &'c Cluster,
        engine: &'c Engine,
        evidence: Evidence,
        finder: RowFinder,
    ) -> Self {
        Self {
            judge: Judge::new(cluster, engine, evidence),
            finder,
            left_out: Vec::new(),
        }
    }

    /// Reads every flow log of a file or archive.
    pub fn read_file<R: Read + Seek>(&mut self, name: &str, content: R) {
        archive::walk(name, content, &mut Issues::default(), &mut |member, _| {
            let name = member.name().to_owned();
            match member.content() {
                // A log that breaks off was read as far.
                Content::FlowLog(log) => drop(self.read_log(&name, log, member)),
                #[cfg(feature = "columnar")]
                Content::Columnar(kind) => {
                    if let Some(bytes) = member.bytes() {
                        self.read_columnar(&name, kind, bytes.into_owned());
                    }
                }
                _ => {}
            }
        });
    }

    /// Reads a flow log.
    ///
    /// # Errors
    /// What the stream says, after all records that came before it broke.
    pub fn read_log<R: Read>(&mut self, name: &str, log: FlowLog, stream: R) -> io::Result<()> {
        let Self { judge, finder, .. } = self;
        let file: Arc<str> = name.into();
        let mut chunks = Chunks::new(stream, log);
        let mut reader = FlowReader::new(name, log);
        let mut buffer = Vec::new();
        while let Some(chunk) = chunks.next(buffer)? {
            reader.read_placed(&chunk, &mut Issues::default(), &mut |record, at| {
                finder.add(record, judge, &file, at);
            });
            buffer = chunk.into_buffer();
        }
        Ok(())
    }

    /// Notes a log whose rows are not looked at.
    pub fn leave_out(&mut self, name: &str) {
        self.left_out.push(name.to_owned());
    }

    /// What was found.
    pub fn finish(self) -> Rows {
        self.finder.finish(self.left_out)
    }
}
