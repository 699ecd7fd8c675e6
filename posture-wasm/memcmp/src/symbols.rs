//! The symbols, as C has them.

#![expect(unsafe_code, reason = "symbols and pointers of C")]

use core::slice;

/// Compares as `memcmp` of C.
///
/// # Safety
/// There are so many bytes behind each pointer; where that is none, the pointer may be any.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    if count == 0 {
        return 0;
    }
    // SAFETY: as the caller has promised
    let (one, other) = unsafe {
        (
            slice::from_raw_parts(one, count),
            slice::from_raw_parts(other, count),
        )
    };
    crate::compare(one, other)
}

/// Compares as `bcmp` of C: zero tells that there is no difference.
///
/// # Safety
/// As of `memcmp`.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    // SAFETY: as the caller has promised
    unsafe { memcmp(one, other, count) }
}
