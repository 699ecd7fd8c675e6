//! The page of a result, and what is said where there is none.

mod common;

#[cfg(feature = "page")]
mod built {
    use std::io::Read;

    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use posture::Opened;

    use super::common::{folder_of, said, stdout};

    #[test]
    fn the_page_holds_what_the_result_is_made_of() {
        let path = folder_of("page").join("report.html");
        let path = path.to_str().expect("a name in UTF-8");
        assert_eq!(said(&["demo", "--format", "html", "-o", path], 0), "");
        let page = std::fs::read_to_string(path).expect("the page");
        let (_, input) = page.split_once("id=\"posture-input\">").expect("a place");
        let (packed, _) = input.split_once("</script>").expect("its end");
        let packed = BASE64_STANDARD.decode(packed).expect("base64");
        let mut bytes = Vec::new();
        let mut unpacked = flate2::read::GzDecoder::new(packed.as_slice());
        unpacked.read_to_end(&mut bytes).expect("gzip");
        let opened = Opened::from_bytes(&bytes).expect("an input");
        let result = stdout(&["demo", "--format", "json"], 0);
        assert_eq!(opened.report().to_json(), result);
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
