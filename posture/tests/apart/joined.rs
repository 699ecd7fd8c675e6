//! Flow logs that are read apart, and joined through their bytes.

use posture::formats::detect::{Content, HEAD, detect};
use posture::{Opened, Opening, Traffic};

/// What is opened of files whose flow logs are read apart, and how many are.
pub(crate) fn joined(files: Vec<(String, Vec<u8>)>, request: &str) -> (Opened, usize) {
    let (mut opening, mut heard) = (Opening::default(), Vec::new());
    for (name, bytes) in files {
        let head = bytes.get(..HEAD).unwrap_or(&bytes);
        if matches!(detect(head), Content::FlowLog(_)) {
            let mut told = Vec::new();
            let traffic = Traffic::read(&name, &bytes, &mut |read| told.push(read));
            assert!(told.is_sorted(), "{name}: {told:?}");
            assert_eq!(told.last(), Some(&bytes.len()), "{name}");
            heard.push(traffic.to_bytes());
        } else {
            opening.add(name, bytes);
        }
    }
    let mut listening = opening.listen(request.to_owned()).expect("a cluster");
    let apart = heard.len();
    for traffic in heard {
        listening.hear(Traffic::from_bytes(&traffic).expect("what was written"));
    }
    (listening.finish(&mut |_| {}), apart)
}
