//! Whatever a report of a scan is, it is read or told.

#![no_main]

use libfuzzer_sys::fuzz_target;
use posture_core::issue::Issues;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(report) = std::str::from_utf8(rest) else {
        return;
    };
    let text = match first % 3 {
        0 => report.to_owned(),
        1 => format!(r#"{{"SchemaVersion": 2, "ArtifactType": "container_image", "Results": {report}}}"#),
        _ => format!(
            r#"{{"kind": "VulnerabilityReport", "apiVersion": "aquasecurity.github.io/v1alpha1", "metadata": {{"name": "r", "namespace": "a"}}, "report": {report}}}"#
        ),
    };
    posture_formats::read("file", text.as_bytes(), &mut Issues::default());
});
