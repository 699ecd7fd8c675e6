//! Columns of texts and of lists of texts, turned into numbers.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, DictionaryArray};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::DataType;
use posture_formats::flows::calico;

use crate::columns::Read;
use crate::known::{Known, Lists, NOTHING, Texts};
use crate::short::ShortTexts;

/// The number of each text of a column; 0 where there is none.
pub(crate) fn texts(array: &dyn Array, read: Read, known: &mut Known, out: &mut Vec<u32>) {
    let Known {
        texts,
        short,
        dictionary,
        ..
    } = known;
    let DataType::Dictionary(keys, _) = array.data_type() else {
        return plain(array, read, texts, short, out);
    };
    let values = array.as_any_dictionary().values();
    let numbers = dictionary.numbers(values, |out| plain(values, read, texts, short, out));
    match **keys {
        DataType::Int8 => keyed::<Int8Type>(array, numbers, out),
        DataType::Int16 => keyed::<Int16Type>(array, numbers, out),
        DataType::Int32 => keyed::<Int32Type>(array, numbers, out),
        DataType::Int64 => keyed::<Int64Type>(array, numbers, out),
        DataType::UInt8 => keyed::<UInt8Type>(array, numbers, out),
        DataType::UInt16 => keyed::<UInt16Type>(array, numbers, out),
        DataType::UInt32 => keyed::<UInt32Type>(array, numbers, out),
        DataType::UInt64 => keyed::<UInt64Type>(array, numbers, out),
        _ => out.resize(array.len(), NOTHING),
    }
}

fn keyed<K: ArrowDictionaryKeyType>(array: &dyn Array, numbers: &[u32], out: &mut Vec<u32>) {
    let Some(array) = array.as_any().downcast_ref::<DictionaryArray<K>>() else {
        return;
    };
    let keys = array.keys();
    let number = |key: &K::Native| numbers.get(key.as_usize()).copied().unwrap_or(NOTHING);
    unless_null(keys.nulls(), out, |out| {
        out.extend(keys.values().iter().map(number));
    });
}

fn plain(
    array: &dyn Array,
    read: Read,
    texts: &mut Texts,
    short: &mut ShortTexts,
    out: &mut Vec<u32>,
) {
    let learn = |text: &str| match read {
        Read::Known => calico::known_text(text).map_or(NOTHING, |text| texts.number(text)),
        _ => texts.number(text),
    };
    let nulls = array.nulls();
    match array.data_type() {
        DataType::Utf8 => unless_null(nulls, out, |out| {
            short.number(array.as_string::<i32>(), learn, out);
        }),
        DataType::LargeUtf8 => unless_null(nulls, out, |out| {
            short.number(array.as_string::<i64>(), learn, out);
        }),
        DataType::Utf8View => numbered(array.as_string_view(), learn, out),
        _ => out.resize(array.len(), NOTHING),
    }
}

/// Adds the numbers of a column; where it is null there is none.
fn unless_null(nulls: Option<&NullBuffer>, out: &mut Vec<u32>, add: impl FnOnce(&mut Vec<u32>)) {
    let Some(nulls) = nulls.filter(|nulls| nulls.null_count() > 0) else {
        return add(out);
    };
    let before = out.len();
    if nulls.null_count() == nulls.len() {
        return out.resize(before.saturating_add(nulls.len()), NOTHING);
    }
    add(out);
    for row in (!nulls.inner()).set_indices() {
        if let Some(slot) = out.get_mut(before.saturating_add(row)) {
            *slot = NOTHING;
        }
    }
}

fn numbered<'a>(
    array: impl IntoIterator<Item = Option<&'a str>>,
    mut learn: impl FnMut(&str) -> u32,
    out: &mut Vec<u32>,
) {
    let mut before = None;
    out.extend(array.into_iter().map(|text| match (text, before) {
        (None, _) => NOTHING,
        (Some(text), Some((again, number))) if text == again => number,
        (Some(text), _) => {
            let number = learn(text);
            before = Some((text, number));
            number
        }
    }));
}

/// The number of each list of a column; 0 where there is none.
pub(crate) fn lists(
    array: &dyn Array,
    outer: Option<&NullBuffer>,
    known: &mut Known,
    (items, out): (&mut Vec<u32>, &mut Vec<u32>),
) {
    // Of items that are all null, of which any number takes no room, none is kept.
    items.clear();
    let rows = array.len();
    macro_rules! list {
        ($array:expr) => {{
            let array = $array;
            let offsets = array.offsets();
            let at = |row: usize| offsets.get(row).map_or(0, |at| at.as_usize());
            let values = array.values();
            let (first, last) = (at(0).min(values.len()), at(rows).min(values.len()));
            if !values.data_type().is_null() {
                let used = values.slice(first, last.saturating_sub(first));
                texts(&used, Read::Text, known, items);
            }
            let nulls = NullBuffer::union(array.nulls(), outer);
            add(rows, nulls, items, &mut known.lists, out, |row| {
                (
                    at(row).wrapping_sub(first),
                    at(row.saturating_add(1)).wrapping_sub(first),
                )
            });
        }};
    }
    macro_rules! view {
        ($array:expr) => {{
            let array = $array;
            if !array.values().data_type().is_null() {
                texts(array.values(), Read::Text, known, items);
            }
            let (offsets, sizes) = (array.offsets(), array.sizes());
            let nulls = NullBuffer::union(array.nulls(), outer);
            add(rows, nulls, items, &mut known.lists, out, |row| {
                let start = offsets.get(row).map_or(0, |at| at.as_usize());
                let size = sizes.get(row).map_or(0, |size| size.as_usize());
                (start, start.saturating_add(size))
            });
        }};
    }
    match array.data_type() {
        DataType::List(_) => list!(array.as_list::<i32>()),
        DataType::LargeList(_) => list!(array.as_list::<i64>()),
        DataType::ListView(_) => view!(array.as_list_view::<i32>()),
        DataType::LargeListView(_) => view!(array.as_list_view::<i64>()),
        _ => out.resize(rows, NOTHING),
    }
}

/// Adds the number of the list of each row; a list has the items of a range.
fn add(
    rows: usize,
    nulls: Option<NullBuffer>,
    items: &[u32],
    lists: &mut Lists,
    out: &mut Vec<u32>,
    range: impl Fn(usize) -> (usize, usize),
) {
    let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
    if nulls
        .as_ref()
        .is_some_and(|nulls| nulls.null_count() == rows)
    {
        return out.resize(rows, NOTHING);
    }
    out.extend((0..rows).map(|row| {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return NOTHING;
        }
        let (start, end) = range(row);
        lists.number(items.get(start..end).unwrap_or_default())
    }));
}
