//! Which target names a delegated role may speak for.

use ring::digest::{SHA256, digest};

use super::metadata::DelegatedRole;

impl DelegatedRole {
    /// Whether this role may name the target.
    #[must_use]
    pub fn covers(&self, target: &str) -> bool {
        if let Some(prefixes) = &self.path_hash_prefixes {
            let hash = hex::encode(digest(&SHA256, target.as_bytes()));
            return prefixes
                .iter()
                .any(|prefix| hash.starts_with(&prefix.to_ascii_lowercase()));
        }
        self.paths
            .iter()
            .flatten()
            .any(|pattern| path_matches(pattern, target))
    }
}

/// Shell patterns part by part, so that nothing in a pattern ever matches a `/`.
fn path_matches(pattern: &str, target: &str) -> bool {
    let (mut patterns, mut parts) = (pattern.split('/'), target.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(part)) => {
                let pattern: Vec<char> = pattern.chars().collect();
                let part: Vec<char> = part.chars().collect();
                if !part_matches(&pattern, &part) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Goes back to the last `*` alone, so that no pattern takes more than pattern times text.
fn part_matches(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        if pattern.get(at) == Some(&'*') {
            star = Some((at, read));
            at += 1;
            continue;
        }
        match pattern.get(at..).and_then(|rest| one(rest, text[read])) {
            Some(length) => {
                at += length;
                read += 1;
            }
            None => {
                let Some((star_at, from)) = star else {
                    return false;
                };
                star = Some((star_at, from + 1));
                at = star_at + 1;
                read = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|&char| char == '*')
}

/// How long the first element of the pattern is, if it matches the character.
fn one(pattern: &[char], char: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '[' => match class(pattern) {
            Some((members, length)) => in_class(members, char).then_some(length),
            None => (char == '[').then_some(1),
        },
        &literal => (literal == char).then_some(1),
    }
}

/// The inside of `[…]` and its whole length; a `]` in first place is a member.
fn class(pattern: &[char]) -> Option<(&[char], usize)> {
    let first = if pattern.get(1) == Some(&'!') { 3 } else { 2 };
    let end = first + pattern.get(first..)?.iter().position(|&char| char == ']')?;
    Some((&pattern[1..end], end + 1))
}

fn in_class(members: &[char], char: char) -> bool {
    let (negated, mut members) = match members.split_first() {
        Some(('!', rest)) => (true, rest),
        _ => (false, members),
    };
    let mut found = false;
    while let Some((&low, rest)) = members.split_first() {
        if let ['-', high, after @ ..] = rest {
            found |= (low..=*high).contains(&char);
            members = after;
        } else {
            found |= low == char;
            members = rest;
        }
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, matching: &[&str], other: &[&str]) {
        for target in matching {
            assert!(
                path_matches(pattern, target),
                "{pattern} must match {target}"
            );
        }
        for target in other {
            assert!(
                !path_matches(pattern, target),
                "{pattern} must not match {target}"
            );
        }
    }

    #[test]
    fn stars_and_questions_stay_within_one_part() {
        check("*", &["a", "release.json"], &["a/b", "/a"]);
        check(
            "units/a/*",
            &["units/a/x", "units/a/"],
            &["units/ab/x", "units/a/b/c", "units/a"],
        );
        check("*/*", &["a/b"], &["a", "a/b/c"]);
        check(
            "releases/y/*.zip",
            &["releases/y/y_v1.zip"],
            &["releases/z/z_v1.zip"],
        );
        check(
            "foo-?.tgz",
            &["foo-2.tgz", "foo-ờ.tgz"],
            &["foo-.tgz", "foo-22.tgz"],
        );
        check("a*b*c", &["abc", "axxbyybzzc"], &["abcd", "acb"]);
        check("**", &["a", ""], &["a/b"]);
    }

    #[test]
    fn classes_are_those_of_the_shell() {
        check("[a-c]x", &["ax", "cx"], &["dx", "x"]);
        check("[!a-c]x", &["dx"], &["ax"]);
        check("[]]x", &["]x"], &["[x"]);
        check("[ax", &["[ax"], &["ax"]);
    }

    #[test]
    fn a_pattern_of_many_stars_ends() {
        check(&"*a".repeat(60), &[], &[&"a".repeat(59)]);
    }
}
