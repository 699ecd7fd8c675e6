//! Flow logs and scans that are read apart, and joined through their bytes.

use posture::formats::detect::{Content, HEAD, detect};
use posture::{Opened, Opening, Scans, Traffic};

/// How many files were read apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Apart {
    pub(crate) logs: usize,
    pub(crate) scans: usize,
}

/// What is opened of files of which all that can be are read apart.
pub(crate) fn joined(files: Vec<(String, Vec<u8>)>, request: &str) -> (Opened, Apart) {
    let (mut opening, mut heard) = (Opening::default(), Vec::new());
    let mut scans = 0;
    for (name, bytes) in files {
        let head = bytes.get(..HEAD).unwrap_or(&bytes);
        if matches!(detect(head), Content::FlowLog(_)) {
            let mut told = Vec::new();
            let traffic = Traffic::read(&name, &bytes, &mut |read| told.push(read));
            assert!(told.is_sorted(), "{name}: {told:?}");
            assert_eq!(told.last(), Some(&bytes.len()), "{name}");
            heard.push(traffic.to_bytes());
        } else if let Some(read) = Scans::read(&name, &bytes) {
            let read = Scans::from_bytes(&read.to_bytes()).expect("what was written");
            opening.join(name, bytes, read);
            scans += 1;
        } else {
            opening.add(name, bytes);
        }
    }
    let logs = heard.len();
    let mut listening = opening.listen(request.to_owned()).expect("a cluster");
    for traffic in heard {
        listening.hear(Traffic::from_bytes(&traffic).expect("what was written"));
    }
    (listening.finish(&mut |_| {}), Apart { logs, scans })
}
