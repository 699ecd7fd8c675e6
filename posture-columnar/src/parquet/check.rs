//! What the header of a Parquet page says of the page, held against its size: no room is made that it
//! cannot fill.

use std::io::{self, Cursor, Read};

use parquet::basic::Compression;

/// What one page may unpack to at most, in bytes; writers begin a new one after some 1 MB, the most
/// generous after 100 MB.
const PAGE: u64 = 128 << 20;

/// How many values one page may have at most: repeated ones take no room.
const VALUES: u64 = 1 << 26;

/// How long a header may be, in bytes: it may hold the least and the greatest value of its page.
const HEADER: u64 = 16 << 20;

/// How many bytes one byte of a compressed page can stand for: in Snappy 3 bytes copy 64 at most, in
/// gzip 2 bits stand for 258, in LZ4 a byte adds 255 to a length, in Zstandard a block of 128 KiB takes
/// 4 bytes at least.
pub(super) fn most(codec: Compression) -> u64 {
    match codec {
        Compression::UNCOMPRESSED => 1,
        Compression::SNAPPY => 22,
        Compression::GZIP(_) => 1032,
        Compression::LZ4 | Compression::LZ4_RAW => 255,
        _ => 32 * 1024,
    }
}

/// A reader at the beginning of a page, of which nothing is handed on before its header is checked.
#[derive(Debug)]
pub(super) struct Checked<R> {
    header: Option<Cursor<Vec<u8>>>,
    most: u64,
    rest: R,
}

impl<R> Checked<R> {
    /// A page of which one byte can stand for so many.
    pub(super) const fn new(page: R, most: u64) -> Self {
        Self {
            header: None,
            most,
            rest: page,
        }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.header.is_none() {
            self.header = Some(Cursor::new(header(&mut self.rest, self.most)?));
        }
        let read = self
            .header
            .as_mut()
            .map_or(Ok(0), |header| header.read(out))?;
        match read {
            0 => self.rest.read(out),
            read => Ok(read),
        }
    }
}

/// The bytes of the header of a page, if it says what can be.
fn header(page: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut header = Header {
        page: page.take(HEADER),
        bytes: Vec::new(),
    };
    let sizes = header.sizes()?;
    let Sizes {
        unpacked,
        packed,
        values,
    } = sizes;
    if unpacked > PAGE || unpacked > packed.saturating_mul(most) {
        return Err(damaged(format!(
            "a page of {packed} bytes would unpack to {unpacked}"
        )));
    }
    match values > VALUES {
        true => Err(damaged(format!(
            "a page of {packed} bytes holds {values} values"
        ))),
        false => Ok(header.bytes),
    }
}

fn damaged(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

/// What a header says. What is no size is the greatest one.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sizes {
    unpacked: u64,
    packed: u64,
    values: u64,
}

/// A header, and what was read of it: fields of Thrift's compact protocol, in order of their numbers, so
/// that none comes twice.
#[derive(Debug)]
struct Header<R> {
    page: io::Take<R>,
    bytes: Vec<u8>,
}

/// The number and the kind of a field.
type Field = (u8, u8);

/// The kinds of fields that headers of pages have.
mod kind {
    pub(super) const TRUE: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const I32: u8 = 5;
    pub(super) const I64: u8 = 6;
    pub(super) const BINARY: u8 = 8;
    pub(super) const STRUCT: u8 = 12;
}

impl<R: Read> Header<R> {
    fn sizes(&mut self) -> io::Result<Sizes> {
        let mut sizes = Sizes::default();
        self.fields(&mut |header, field| {
            match field {
                (2, kind::I32) => sizes.unpacked = header.size()?,
                (3, kind::I32) => sizes.packed = header.size()?,
                // Pages of data, of a dictionary, and of data in the second version.
                (5 | 7 | 8, kind::STRUCT) => header.fields(&mut |header, field| {
                    match field {
                        (1, kind::I32) => sizes.values = header.size()?,
                        (_, kind) => header.skip(kind)?,
                    }
                    Ok(())
                })?,
                (_, kind) => header.skip(kind)?,
            }
            Ok(())
        })?;
        Ok(sizes)
    }

    /// Hands on each field of a struct.
    fn fields(
        &mut self,
        each: &mut dyn FnMut(&mut Self, Field) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut number = 0_u8;
        loop {
            match self.byte()? {
                0 => return Ok(()),
                field if field >> 4 == 0 => {
                    return Err(damaged(
                        "the fields of the header of a page are in no order",
                    ));
                }
                field => {
                    number = number.saturating_add(field >> 4);
                    each(self, (number, field & 0xf))?;
                }
            }
        }
    }

    fn skip(&mut self, kind: u8) -> io::Result<()> {
        match kind {
            kind::TRUE | kind::FALSE => Ok(()),
            kind::I32 | kind::I64 => self.number().map(drop),
            kind::BINARY => {
                let length = self.number()?;
                let read = (&mut self.page).take(length).read_to_end(&mut self.bytes)?;
                match u64::try_from(read) == Ok(length) {
                    true => Ok(()),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                }
            }
            // Statistics are the only ones inside another: no header is deep.
            kind::STRUCT => self.fields(&mut |header, (_, kind)| match kind {
                kind::STRUCT => Err(damaged("the header of a page is too deep")),
                kind => header.skip(kind),
            }),
            kind => Err(damaged(format!(
                "`{kind}` is no kind of a field of the header of a page"
            ))),
        }
    }

    /// A size; what is none is the greatest one.
    fn size(&mut self) -> io::Result<u64> {
        let zigzag = self.number()?;
        Ok(match zigzag & 1 {
            0 => zigzag >> 1,
            _ => u64::MAX,
        })
    }

    fn number(&mut self) -> io::Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(damaged("a number in the header of a page is too long"))
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.page.read_exact(&mut byte)?;
        self.bytes.extend_from_slice(&byte);
        let [byte] = byte;
        Ok(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number in a field whose place is one behind that of the field before.
    fn field(out: &mut Vec<u8>, number: u64) {
        out.push(0x10 | kind::I32);
        let mut rest = number << 1;
        while rest >= 0x80 {
            out.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
            rest >>= 7;
        }
        out.push(u8::try_from(rest).unwrap());
    }

    /// The header of a page of a dictionary.
    fn page(unpacked: u64, packed: u64, values: u64) -> Vec<u8> {
        let mut header = Vec::new();
        for number in [2, unpacked, packed] {
            field(&mut header, number);
        }
        header.push(0x40 | kind::STRUCT);
        field(&mut header, values);
        field(&mut header, 0);
        header.extend([0, 0]);
        header
    }

    fn said(header: &[u8], most: u64) -> String {
        let mut page = Checked::new(header, most);
        match page.read_to_end(&mut Vec::new()) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_page_says_what_can_be() {
        assert_eq!(said(&page(2_200, 100, 7), 22), "");
        assert_eq!(
            said(&page(2_201, 100, 7), 22),
            "a page of 100 bytes would unpack to 2201"
        );
        assert_eq!(said(&page(PAGE, PAGE, VALUES), 1), "");
        assert_eq!(
            said(&page(PAGE + 1, PAGE + 1, 7), 1),
            "a page of 134217729 bytes would unpack to 134217729"
        );
        assert_eq!(
            said(&page(10, 10, VALUES + 1), 1),
            "a page of 10 bytes holds 67108865 values"
        );
    }

    /// What is checked is what is read: every byte, once.
    #[test]
    fn a_page_is_handed_on_as_it_is() {
        let mut bytes = page(20, 10, 7);
        bytes.extend(b"and what follows");
        let mut read = Vec::new();
        Checked::new(&*bytes, 22).read_to_end(&mut read).unwrap();
        assert_eq!(read, bytes);
    }

    /// A field that comes twice would be read in its second form.
    #[test]
    fn a_size_is_said_once() {
        let mut header = page(20, 10, 7);
        header.truncate(header.len() - 1);
        // The kind, then 2 as the number of the field.
        header.extend([kind::I32, 4, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0]);
        assert_eq!(
            said(&header, 22),
            "the fields of the header of a page are in no order"
        );
    }

    #[test]
    fn other_fields_are_passed_over() {
        let mut header = Vec::new();
        for number in [0, 20, 10, 99] {
            field(&mut header, number);
        }
        header.push(0x10 | kind::STRUCT);
        field(&mut header, 7);
        // Statistics behind three encodings: a greatest and a least value, and how many are null.
        for _ in 0..3 {
            field(&mut header, 0);
        }
        header.extend([0x10 | kind::STRUCT, 0x10 | kind::BINARY, 2, b'z', b'y']);
        header.extend([
            0x10 | kind::BINARY,
            1,
            b'a',
            0x10 | kind::I64,
            2,
            0x40 | kind::TRUE,
            0,
        ]);
        header.extend([0, 0]);
        assert_eq!(said(&header, 22), "");
        let cut = header.len() - 1;
        assert_ne!(said(&header[..cut], 22), "");
    }
}
