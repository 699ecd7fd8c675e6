//! Flow logs in files to a tally.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use posture::Tallying;
use posture_core::issue::Issues;
use posture_formats::detect::Columnar;

use crate::columnar;

/// Reads the flow logs of a file, or of an archive, through a reader that the caller wraps, to count
/// what is read, say.
///
/// # Errors
/// Those of opening the file.
pub fn tally<R: Read + Seek>(
    name: &str,
    path: &Path,
    wrap: impl FnOnce(BufReader<File>) -> R,
    tallying: &mut Tallying<'_>,
    issues: &mut Issues,
) -> io::Result<()> {
    let open = || File::open(path).map(BufReader::new);
    match columnar(path)? {
        Some(Columnar::Parquet) => tallying.read_parquet(name, || File::open(path), issues)?,
        Some(Columnar::ArrowFile) => tallying.read_arrow_file(name, wrap(open()?), issues),
        Some(Columnar::ArrowStream) => tallying.read_arrow_stream(name, wrap(open()?), issues),
        None => tallying.read_file(name, wrap(open()?), issues),
    }
    Ok(())
}
