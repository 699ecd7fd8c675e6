//! Archives that break off.

use super::*;

/// Bytes that cannot be packed, none of them zero.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let bytes = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8 | 1
    });
    bytes.take(count).collect()
}

#[test]
fn a_flow_log_that_breaks_off_is_read_up_to_there_and_told() {
    let noise = noise(4 * HEAD);
    let packed = gzip(&noise);
    let (found, issues) = unpack(&packed[..packed.len() / 2], UNPACKED_LIMIT);
    assert!(found[0].1.len() > HEAD && noise.starts_with(&found[0].1));
    assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::Unreadable));
    assert_eq!(issues[0].message, "cannot be unpacked: it ends too early");

    let outer = tar(&[("flows.gz", &packed), ("x", b"1")]);
    let (found, issues) = unpack(&outer[..outer.len() / 2], UNPACKED_LIMIT);
    assert!(noise.starts_with(&found[0].1) && found.len() == 1);
    assert_eq!(
        (issues.len(), issues[0].file.as_str()),
        (1, "dump/flows.gz")
    );
    let outer = tar(&[("flows.gz", &packed[..packed.len() / 2]), ("x", b"1")]);
    let (found, issues) = unpack(&outer, UNPACKED_LIMIT);
    assert_eq!((found.len(), found[1].0.as_str()), (2, "dump/x"));
    assert_eq!(
        (issues.len(), issues[0].file.as_str()),
        (1, "dump/flows.gz")
    );
}

/// However it is packed.
#[test]
fn broken_anywhere_memory_gives_what_a_file_gives() {
    let noise = noise(3 * HEAD);
    let digits: Vec<u8> = noise.iter().map(|byte| b'0' + (byte >> 6)).collect();
    let digits = digits.repeat(3);
    let (packed, denser) = (gzip(&noise), gzip(&digits));
    let members: [(&str, &[u8]); 4] = [
        ("a", &digits),
        ("b.gz", &packed),
        ("c.gz", &denser),
        ("d", &noise),
    ];
    for whole in [
        tar(&members),
        gzip(&tar(&members)),
        zip(&members),
        zstd(&tar(&members)),
    ] {
        for step in 0..60 {
            let cut = &whole[..whole.len() * step / 60 + step * 7 % 13];
            // with this limit, what is read as a stream is not compared: it keeps more of what breaks
            unpack(cut, UNPACKED_LIMIT - 1);
        }
    }
}
