//! Fields that hold one of a few words.

use super::Invalid;

/// What a word stands for.
pub(crate) fn one_of<T: Copy>(what: &str, word: &str, known: &[(&str, T)]) -> Result<T, Invalid> {
    let found = known.iter().find(|(known, _)| *known == word);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let mut expected = String::new();
        for (left, (word, _)) in (0..known.len()).rev().zip(known) {
            expected.push_str(word);
            expected.push_str(match left {
                0 => "",
                1 => " or ",
                _ => ", ",
            });
        }
        Invalid::new(format!("{what} `{word}` is not known, expected {expected}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let known = [("One", 1), ("Two", 2), ("Three", 3)];
        assert_eq!(one_of("number", "Two", &known).expect("a number"), 2);
        let error = one_of("number", "two", &known).expect_err("no number");
        let expected = "number `two` is not known, expected One, Two or Three";
        assert_eq!(error.to_string(), expected);
    }
}
