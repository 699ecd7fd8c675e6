//! Domain names and patterns of them.

/// Whether a domain name is as a pattern says, in which `*` stands for any text; upper and lower
/// case are the same, and a dot at the end says nothing.
pub(super) fn is_like(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (bytes(pattern), bytes(name));
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
            &"a".repeat(10_000)
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
            assert_eq!(is_like(pattern, name), expected, "{pattern} {name}");
        }
    }
}
