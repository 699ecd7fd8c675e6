//! Names like one that is not there.

/// How many names are told.
const TOLD: usize = 4;

/// The names that somebody may have meant, behind the words `like`; where there are none, the first
/// of all names behind the words `else_some`, unless these are empty.
pub(crate) fn near<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str>,
    like: &str,
    else_some: &str,
    namespace: &str,
) -> String {
    let known: Vec<&str> = known.collect();
    let mut ranked: Vec<(usize, &str)> = known
        .iter()
        .map(|other| (distance(name, other), *other))
        .filter(|(distance, other)| {
            let length = name.chars().count().max(other.chars().count());
            *distance <= (length / 3).min(2) || other.contains(name) || name.contains(other)
        })
        .collect();
    ranked.sort_unstable();
    let meant: Vec<&str> = ranked.into_iter().map(|(_, name)| name).collect();
    match (meant.is_empty(), else_some) {
        (false, _) => format!(", {like} {}?", told(&meant, "or", namespace)),
        (true, "") => String::new(),
        (true, _) if known.is_empty() => String::new(),
        (true, words) => format!(", {words} {}", told(&known, "and", namespace)),
    }
}

/// Some names, and how many more there are: `a`, `b` or `c`; with their namespace where it is given.
pub(crate) fn told(names: &[&str], and: &str, namespace: &str) -> String {
    let slash = if namespace.is_empty() { "" } else { "/" };
    let more = names.len().saturating_sub(TOLD);
    let told = names
        .iter()
        .take(TOLD)
        .map(|name| format!("`{namespace}{slash}{name}`"));
    let more = (more > 0).then(|| format!("{more} more"));
    let mut told: Vec<String> = told.chain(more).collect();
    match told.pop() {
        Some(last) if told.is_empty() => last,
        Some(last) => format!("{} {and} {last}", told.join(", ")),
        None => String::new(),
    }
}

/// How many letters must be changed, put in, left out, or swapped with the next.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
    let (mut last_but_one, mut last): (Vec<usize>, Vec<usize>) =
        (Vec::new(), (0..=b.len()).collect());
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let changed = at(&last, j) + usize::from(from != to);
            let moved = (at(&row, j) + 1).min(at(&last, j + 1).saturating_add(1));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            let swapped = match swapped {
                true => at(&last_but_one, j - 1).saturating_add(1),
                false => usize::MAX,
            };
            row.push(changed.min(moved).min(swapped));
        }
        last_but_one = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("web", "web", 0),
            ("wbe", "web", 1),
            ("wb", "web", 1),
            ("web", "webs", 1),
            ("", "web", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn names() {
        let of = |name: &str, known: &[&str]| {
            near(name, known.iter().copied(), "did you mean", "there are", "")
        };
        assert_eq!(of("wbe", &["db", "web"]), ", did you mean `web`?");
        assert_eq!(
            of("front", &["backend", "frontend", "frontline"]),
            ", did you mean `frontend` or `frontline`?"
        );
        assert_eq!(
            of("xxxxx", &["a1", "b1", "c1", "d1", "e1", "f1"]),
            ", there are `a1`, `b1`, `c1`, `d1` and 2 more"
        );
        assert_eq!(of("x", &[]), "");
    }
}
