//! Domain names and patterns of them.

/// What `*` stands for in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Star {
    /// Any text.
    Any,
    /// Any text without a dot; "`*` alone matches all names", and "`**.` in front" one label or more
    /// (policy semantics, section 11).
    WithinLabel,
}

/// Whether a domain name is as a pattern says; upper and lower case are the same, and a dot at the
/// end says nothing.
pub(super) fn is_like(pattern: &str, name: &str, star: Star) -> bool {
    let (pattern, name) = (bytes(pattern), bytes(name));
    if star == Star::Any || pattern == b"*" {
        return fits(pattern, name);
    }
    let labels = |text| <[u8]>::split(text, |letter| *letter == b'.');
    let (whole, pattern) = match pattern.strip_prefix(b"**.") {
        Some(rest) => (false, rest),
        None => (true, pattern),
    };
    let (wanted, given) = (labels(pattern).count(), labels(name).count());
    let Some(more) = given.checked_sub(wanted) else {
        return false;
    };
    let behind = labels(name).skip(more);
    (more == 0) == whole
        && labels(pattern)
            .zip(behind)
            .all(|(one, other)| fits(one, other))
}

/// Whether a text is as a pattern says, in which `*` stands for any text.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // behind the last `*`, and how much of the name it stood for
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(seen) {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                star = Some((at, seen));
            }
            Some(wanted) if wanted.eq_ignore_ascii_case(letter) => {
                at += 1;
                seen += 1;
            }
            _ => match &mut star {
                None => return false,
                Some((behind, taken)) => {
                    *taken += 1;
                    (at, seen) = (*behind, *taken);
                }
            },
        }
    }
    let rest = pattern.get(at..).unwrap_or_default();
    rest.iter().all(|left| *left == b'*')
}

fn bytes(name: &str) -> &[u8] {
    name.trim_end_matches('.').as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_stars_are_quick() {
        assert!(!is_like(
            &format!("{}b", "*a".repeat(1000)),
            &"a".repeat(10_000),
            Star::Any
        ));
    }

    #[test]
    fn domain_patterns() {
        for (pattern, name, expected) in [
            ("example.com", "Example.com.", true),
            ("example.com", "www.example.com", false),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "example.com", false),
            ("api.*.com", "api.eu.com", true),
            ("*.eu.*", "a.eu.b", true),
            ("*.eu.*", "eu.b", false),
            ("*", "anything", true),
            ("a*a", "a", false),
            ("a*a", "aba", true),
            ("*a*b*c", "xxaxxbxbxc", true),
            ("*a*b*c", "xxaxxbxbxcx", false),
            ("**", "", true),
        ] {
            let found = is_like(pattern, name, Star::Any);
            assert_eq!(found, expected, "{pattern} {name}");
        }
    }

    #[test]
    fn stars_that_stay_in_their_label() {
        for (pattern, name, expected) in [
            ("cilium.io", "Cilium.io.", true),
            ("*.cilium.io", "sub.cilium.io", true),
            ("*.cilium.io", "cilium.io", false),
            ("*.cilium.io", "sub.sub.cilium.io", false),
            ("part*ial.com", "partial.com", true),
            ("part*ial.com", "part-extra-ial.com", true),
            ("part*ial.com", "part.ial.com", false),
            ("*cilium.io", "cilium.io", true),
            ("*", "a.b.c", true),
            ("**.cilium.io", "app.cilium.io", true),
            ("**.cilium.io", "test.app.cilium.io", true),
            ("**.cilium.io", "cilium.io", false),
            ("**.*.io", "a.b.io", true),
            ("**.*.io", "b.io", false),
        ] {
            let found = is_like(pattern, name, Star::WithinLabel);
            assert_eq!(found, expected, "{pattern} {name}");
        }
    }
}
