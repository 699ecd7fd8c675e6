//! Flow logs and scans that are read apart, and joined through their bytes.

use posture::formats::detect::HEAD;
use posture::{Apart, Opened, Opening, Scans, Traffic};

/// How many files were read apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) logs: usize,
    pub(crate) scans: usize,
}

/// What is opened of files of which all that can be are read apart; scans are joined last, as they come.
pub(crate) fn joined(files: Vec<(String, Vec<u8>)>, request: &str) -> (Opened, Counts) {
    let mut opening: Opening<Vec<u8>> = Opening::default();
    let (mut later, mut heard) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        match Apart::of(bytes.get(..HEAD).unwrap_or(&bytes)) {
            Apart::Traffic => {
                let mut told = Vec::new();
                let traffic = Traffic::read(&name, &bytes, &mut |read| told.push(read));
                assert!(told.is_sorted(), "{name}: {told:?}");
                assert_eq!(told.last(), Some(&bytes.len()), "{name}");
                heard.push(traffic.expect("a flow log").to_bytes());
            }
            Apart::Scans => match Scans::read(&name, &bytes) {
                Some(scans) => later.push((bytes.len(), scans.to_bytes())),
                None => {
                    opening.add(name, bytes);
                }
            },
            Apart::Not => {
                opening.add(name, bytes);
            }
        }
    }
    let counts = Counts {
        logs: heard.len(),
        scans: later.len(),
    };
    for (size, scans) in later {
        let scans = Scans::from_bytes(&scans).expect("what was written");
        opening.join(size, scans);
    }
    let mut listening = opening.listen(request).expect("a cluster");
    for traffic in heard {
        listening.hear(Traffic::from_bytes(&traffic).expect("what was written"));
    }
    (listening.finish(&mut |_| {}), counts)
}
