//! `memcmp` and `bcmp` for WebAssembly, eight bytes at a time.
//!
//! Names are compared all the time, by these two. What the compiler brings along for WebAssembly compares byte by
//! byte; it gives way to what is defined here. The module exports both, as it does all symbols of C.

// looked at where nothing is linked, too
#[cfg(any(target_family = "wasm", clippy))]
mod symbols;

/// So many bytes are compared at once.
const WORD: usize = size_of::<u64>();

/// Below zero where the first byte that differs is less in the one, above where it is less in the other, zero where
/// none differs. Both are of one length.
pub fn compare(one: &[u8], other: &[u8]) -> i32 {
    let words = one.as_chunks().0.iter().zip(other.as_chunks().0);
    for (one, other) in words {
        let found = differ(*one, *other);
        if found != 0 {
            return found;
        }
    }
    // the last word again begins with what was found to be the same
    if let (Some(one), Some(other)) = (one.last_chunk(), other.last_chunk()) {
        return differ(*one, *other);
    }
    let bytes = one.iter().zip(other);
    let mut differences = bytes.map(|(one, other)| i32::from(*one) - i32::from(*other));
    differences.find(|found| *found != 0).unwrap_or(0)
}

const fn differ(one: [u8; WORD], other: [u8; WORD]) -> i32 {
    if u64::from_ne_bytes(one) == u64::from_ne_bytes(other) {
        return 0;
    }
    // the first byte is the one that weighs most
    if u64::from_be_bytes(one) < u64::from_be_bytes(other) {
        -1
    } else {
        1
    }
}

#[cfg(test)]
mod tests;
