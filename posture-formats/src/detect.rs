//! What a file is, by its first bytes.

use crate::document::prose;
use crate::flows::{self, FlowLog};
use crate::text;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A flow log.
    FlowLog(FlowLog),
    /// Columns, which are read elsewhere: a flow log, or nothing that is known here.
    Columnar(Columnar),
    /// An archive, or a compressed file.
    Archive(ArchiveKind),
    /// Packed in a way that is not read here.
    Packed(Packing),
    /// Text: Kubernetes objects, scans, or something unknown.
    Documents,
    /// Nothing.
    Empty,
    /// No text and no archive that is known here.
    Binary,
}

/// How the files in an archive are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// gzip: one file, often a tar archive.
    Gzip,
    /// Zstandard: one file, often a tar archive.
    Zstd,
    /// zip.
    Zip,
    /// tar (ustar, pax or GNU).
    Tar,
}

/// Ways of packing that are recognised, so that a person is told what to do, and not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// bzip2
    Bzip2,
    /// LZ4
    Lz4,
    /// 7-Zip
    SevenZip,
    /// xz
    Xz,
}

/// How columns are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columnar {
    /// Parquet.
    Parquet,
    /// An Arrow file.
    ArrowFile,
    /// An Arrow stream.
    ArrowStream,
}

impl Content {
    /// Whether it is a flow log.
    pub const fn is_log(self) -> bool {
        matches!(self, Self::FlowLog(_) | Self::Columnar(_))
    }
}

impl Columnar {
    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parquet => "Parquet file",
            Self::ArrowFile => "Arrow file",
            Self::ArrowStream => "Arrow stream",
        }
    }
}

/// How many bytes of a file are worth handing to [`detect`].
pub const HEAD: usize = 64 * 1024;

const TAR_MAGIC_AT: usize = 257;

/// What archives start with, but for tar.
const ARCHIVES: [(&[u8], ArchiveKind); 4] = [
    (b"\x1F\x8B", ArchiveKind::Gzip),
    (b"\x28\xB5\x2F\xFD", ArchiveKind::Zstd),
    (b"PK\x03\x04", ArchiveKind::Zip),
    (b"PK\x05\x06", ArchiveKind::Zip),
];

/// What files that are not unpacked here start with; of bzip2 the digit is left out.
const PACKINGS: [(&[u8], Packing); 4] = [
    (b"\x04\x22\x4D\x18", Packing::Lz4),
    (b"\x02\x21\x4C\x18", Packing::Lz4),
    (b"7z\xBC\xAF\x27\x1C", Packing::SevenZip),
    (b"\xFD7zXZ\0", Packing::Xz),
];

/// What the blocks of a bzip2 file start with: pi, or where there is none, its root.
const BZIP2_BLOCKS: [&[u8]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];

/// What a file is, by its first bytes: [`HEAD`] of them, or all.
pub fn detect(head: &[u8]) -> Content {
    if let Some(kind) = archive_kind(head) {
        Content::Archive(kind)
    } else if let Some(columnar) = detect_columnar(head) {
        Content::Columnar(columnar)
    } else if let Some(packing) = packing(head) {
        Content::Packed(packing)
    } else if text::starts_as_utf16(head) {
        Content::Documents
    } else if memchr::memchr(0, head).is_some() {
        Content::Binary
    } else {
        detect_text(text::without_mark(head))
    }
}

/// See [`Member::enough`](crate::archive::Member::enough).
pub(crate) fn enough(content: Content, head: &[u8]) -> Option<&[u8]> {
    if head.len() < HEAD {
        return None;
    }
    let is_told_of = match content {
        Content::Binary => true,
        Content::Documents if !text::starts_as_utf16(head) => {
            let text = String::from_utf8_lossy(text::without_mark(head));
            !prose::begins_as_yaml(&text)
        }
        _ => false,
    };
    let lines = memchr::memrchr(b'\n', head).and_then(|end| head.get(..end));
    is_told_of.then_some(lines.unwrap_or(head))
}

/// What kind of archive a file is, if it is one.
pub(crate) fn archive_kind(head: &[u8]) -> Option<ArchiveKind> {
    let tar_magic = head.get(TAR_MAGIC_AT..TAR_MAGIC_AT + 5);
    starting(&ARCHIVES, head).or((tar_magic == Some(b"ustar")).then_some(ArchiveKind::Tar))
}

/// How a file is packed that is not read here.
pub(crate) fn packing(head: &[u8]) -> Option<Packing> {
    let bzip2 = head.starts_with(b"BZh")
        && head
            .get(4..)
            .is_some_and(|blocks| BZIP2_BLOCKS.iter().any(|start| blocks.starts_with(start)));
    starting(&PACKINGS, head).or(bzip2.then_some(Packing::Bzip2))
}

fn starting<T: Copy>(table: &[(&[u8], T)], head: &[u8]) -> Option<T> {
    let (_, found) = table.iter().find(|(magic, _)| head.starts_with(magic))?;
    Some(*found)
}

impl Packing {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
            Self::SevenZip => "7z",
            Self::Xz => "xz",
        }
    }

    /// The command that unpacks such a file.
    pub const fn unpacked_by(self) -> &'static str {
        match self {
            Self::Bzip2 => "bzip2 -d",
            Self::Lz4 => "lz4 -d",
            Self::SevenZip => "7z x",
            Self::Xz => "xz -d",
        }
    }
}

/// A stream begins with a mark and the length of its schema.
fn detect_columnar(head: &[u8]) -> Option<Columnar> {
    if head.starts_with(b"PAR1") {
        Some(Columnar::Parquet)
    } else if head.starts_with(b"ARROW1") {
        Some(Columnar::ArrowFile)
    } else {
        let length = head.strip_prefix(b"\xFF\xFF\xFF\xFF")?.first_chunk()?;
        let length = i32::from_le_bytes(*length);
        (length > 0).then_some(Columnar::ArrowStream)
    }
}

fn detect_text(head: &[u8]) -> Content {
    if head.trim_ascii().is_empty() {
        return Content::Empty;
    }
    flows::recognise(head).map_or(Content::Documents, Content::FlowLog)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives() {
        assert_eq!(detect(b"\x1F\x8B\x08"), Content::Archive(ArchiveKind::Gzip));
        assert_eq!(detect(b"PK\x03\x04"), Content::Archive(ArchiveKind::Zip));
        let mut tar = vec![0; 512];
        tar.splice(257..262, *b"ustar");
        assert_eq!(detect(&tar), Content::Archive(ArchiveKind::Tar));
        tar.truncate(260);
        assert_eq!(detect(&tar), Content::Binary);
        assert_eq!(
            detect(b"\x28\xB5\x2F\xFD\x04"),
            Content::Archive(ArchiveKind::Zstd)
        );
    }

    #[test]
    fn what_is_only_told_of_is_not_read_whole() {
        let repeated = |line: &str| line.repeat(HEAD / line.len() + 1);
        let log = repeated("I0101 00:00:00.000000 1 main.go:1] \u{e9}\n");
        let enough = |text: &[u8]| enough(detect(text), text).map(<[u8]>::len);
        let head = &log.as_bytes()[..HEAD];
        let lines = enough(head).expect("a log");
        assert!(lines > HEAD - 100 && std::str::from_utf8(&head[..lines]).is_ok());
        assert_eq!(enough(repeated("\0").as_bytes()), Some(HEAD + 1));
        for text in [
            "- kind: Pod\n",
            "a: 1\n",
            "{\"a\": 1}\n",
            "# comment\n",
            "{\"reporter\": \"src\", \"source_type\": \"wep\"}\n",
        ] {
            assert_eq!(enough(repeated(text).as_bytes()), None, "{text}");
        }
        assert_eq!(enough(b"I0101 a short log\n"), None);
    }

    #[test]
    fn packings_that_are_not_read() {
        for (head, packing) in [
            (b"BZh91AY&SY\0".as_slice(), Packing::Bzip2),
            (b"BZh9\x17\x72\x45\x38\x50\x90", Packing::Bzip2),
            (b"\x04\x22\x4D\x18\x60", Packing::Lz4),
            (b"\x02\x21\x4C\x18", Packing::Lz4),
            (b"7z\xBC\xAF\x27\x1C\0", Packing::SevenZip),
            (b"\xFD7zXZ\0", Packing::Xz),
        ] {
            assert_eq!(detect(head), Content::Packed(packing));
        }
        assert_eq!(detect(b"BZh9: a name\n"), Content::Documents);
        assert_eq!(detect(b"7zip is a program\n"), Content::Documents);
    }

    #[test]
    fn columns() {
        assert_eq!(detect(b"PAR1\x15\0"), Content::Columnar(Columnar::Parquet));
        assert_eq!(
            detect(b"ARROW1\0\0"),
            Content::Columnar(Columnar::ArrowFile)
        );
        let stream = b"\xFF\xFF\xFF\xFF\x10\x01\0\0\x10\0";
        assert_eq!(detect(stream), Content::Columnar(Columnar::ArrowStream));
        assert_eq!(detect(b"\xFF\xFF\xFF\xFF\0\0\0\0"), Content::Binary);
        assert_eq!(detect(b"PAR"), Content::Documents);
    }

    #[test]
    fn texts_and_others() {
        assert_eq!(detect(b""), Content::Empty);
        assert_eq!(detect(b"\xEF\xBB\xBF \n\t\n"), Content::Empty);
        assert_eq!(detect(b"kind: Pod\n"), Content::Documents);
        assert_eq!(detect(b"\xFF\xFEk\0"), Content::Documents);
        assert_eq!(detect(b"\x7FELF\0\0"), Content::Binary);
        assert_eq!(detect(b"\xC3\x28 no UTF-8"), Content::Documents);
    }
}
