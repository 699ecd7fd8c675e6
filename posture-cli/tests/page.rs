//! The page of a result, and what is said where there is none.

mod common;

#[cfg(feature = "page")]
mod built {
    use std::io::Read;

    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use posture::Saved;
    use posture::core::history::Point;

    use super::common::{folder_of, said, stdout};

    #[test]
    fn the_page_holds_what_the_result_is_made_of() {
        let path = folder_of("page").join("report.html");
        let path = path.to_str().expect("a name in UTF-8");
        assert_eq!(said(&["demo", "--format", "html", "-o", path], 0), "");
        let page = std::fs::read_to_string(path).expect("the page");
        let saved = Saved::from_bytes(&placed(&page, "posture-input")).expect("an input");
        let result = stdout(&["demo", "--format", "json"], 0);
        assert_eq!(saved.opened.report().to_json(), result);
        assert!(page.contains("id=\"posture-history\"></script>"));
    }

    #[test]
    fn the_page_holds_the_history_that_came_before() {
        let folder = folder_of("page-history");
        let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
        let (input, history, report) = (path("pods.json"), path("history.db"), path("report.html"));
        let pod = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "shop", "name": "web"},
            "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]}, "status": {"phase": "Running"}}"#;
        std::fs::write(&input, pod).expect("a file");
        let always = [
            "score",
            &input,
            "--policies-complete",
            "--history",
            &history,
        ];
        let score = |more: &[&str]| said(&[&always[..], more].concat(), 0);
        score(&["--record", "--now", "2025-11-20T10:00:00Z"]);
        score(&["--record", "--now", "2025-11-21T10:00:00Z"]);
        let page = ["--format", "html", "-o", &report];
        for (more, expected) in [(&["--record"][..], 1), (&[][..], 2)] {
            let now = ["--now", "2025-11-21T10:00:00Z"];
            let now = if expected == 1 { &now[..] } else { &[] };
            score(&[more, now, &page].concat());
            let text = std::fs::read_to_string(&report).expect("the page");
            let points: Vec<Point> =
                serde_json::from_slice(&placed(&text, "posture-history")).expect("points");
            let days = points
                .iter()
                .map(|point| point.at.expect("a time").to_string());
            let all = ["2025-11-20T10:00:00Z", "2025-11-21T10:00:00Z"];
            assert!(days.eq(all[..expected].iter().map(ToString::to_string)));
        }
    }

    /// What lies in a place of the page, unpacked.
    fn placed(page: &str, id: &str) -> Vec<u8> {
        let place = format!("id=\"{id}\">");
        let (_, rest) = page.split_once(&place).expect("a place");
        let (packed, _) = rest.split_once("</script>").expect("its end");
        let packed = BASE64_STANDARD.decode(packed).expect("base64");
        let mut bytes = Vec::new();
        let mut unpacked = flate2::read::GzDecoder::new(packed.as_slice());
        unpacked.read_to_end(&mut bytes).expect("gzip");
        bytes
    }

    #[test]
    fn a_page_is_made_of_files() {
        let message = super::common::stderr(&["score", "-", "--format", "html"], 2);
        assert!(
            message.contains("`--format html` reads files twice"),
            "{message}"
        );
    }

    #[test]
    fn a_page_is_of_one_cluster() {
        let several = ["score", "--cluster", "a=tiny", "--format", "html"];
        let message = super::common::stderr(&several, 2);
        assert!(
            message.contains("`--format html` is of one cluster"),
            "{message}"
        );
    }
}

#[cfg(not(feature = "page"))]
#[test]
fn without_the_page_it_says_how_to_get_it() {
    let message = common::stderr(&["demo", "--format", "html"], 2);
    assert!(message.contains("built without the page"), "{message}");
}
