//! Names of units as people write them, and the ids made of them.

use motcua_show::units::{Unit, UnitId, Units};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::UnitError;

/// The unit that `text` names by its id or its name.
///
/// # Errors
/// When no unit or several are called that.
pub fn find<'a>(units: &'a Units, text: &str) -> Result<&'a Unit, UnitError> {
    if let Some(unit) = units.units.iter().find(|unit| unit.id.as_str() == text) {
        return Ok(unit);
    }
    let wanted = folded(text);
    let named: Vec<&Unit> = units
        .units
        .iter()
        .filter(|unit| folded(&unit.name) == wanted)
        .collect();
    match named.as_slice() {
        [] => Err(UnitError::Unknown(text.to_owned())),
        [unit] => Ok(unit),
        several => Err(UnitError::Ambiguous {
            name: text.to_owned(),
            ids: several.iter().map(|unit| unit.id.to_string()).collect(),
        }),
    }
}

/// An id made of a name: "Phường Phú Lợi" becomes `phuong-phu-loi`, a second one `phuong-phu-loi-2`.
pub(super) fn new_id(units: &Units, name: &str) -> Result<UnitId, UnitError> {
    let wrong = || UnitError::Name(name.to_owned());
    let base = slug(name);
    let taken = |id: &str| units.units.iter().any(|unit| unit.id.as_str() == id);
    let mut id = base.clone();
    let mut count = 1_u32;
    while taken(&id) {
        count += 1;
        id = format!("{base}-{count}");
    }
    id.parse().map_err(|_| wrong())
}

/// Letters without their accents, everything else a single hyphen; short enough to take a number behind it.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in folded(name).chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 56 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The name as people compare it: without case and accents. `đ` is a letter of its own, which no
/// normalisation takes apart.
fn folded(name: &str) -> String {
    name.trim()
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == 'đ' { 'd' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use motcua_show::units::FORMAT;

    use super::*;

    fn unit(id: &str) -> Unit {
        Unit {
            id: id.parse().unwrap(),
            name: id.to_owned(),
            kind: String::new(),
            parent: None,
            first_day: None,
            last_day: None,
            successor: None,
        }
    }

    fn tree(units: Vec<Unit>) -> Units {
        Units {
            format: FORMAT,
            units,
        }
    }

    #[test]
    fn ids_are_made_of_vietnamese_names() {
        let mut units = tree(vec![]);
        for (name, id) in [
            ("Phường Phú Lợi", "phuong-phu-loi"),
            ("Phường Phú Lợi", "phuong-phu-loi-2"),
            ("Đặc khu Côn Đảo", "dac-khu-con-dao"),
            ("  UBND xã Mỹ Xuyên (cơ sở 2) ", "ubnd-xa-my-xuyen-co-so-2"),
        ] {
            let made = new_id(&units, name).unwrap();
            assert_eq!(made.as_str(), id, "{name}");
            units.units.push(unit(made.as_str()));
        }
        assert!(new_id(&units, "---").is_err());
        assert!(new_id(&units, &"ắ".repeat(300)).unwrap().as_str().len() <= 64);
    }

    #[test]
    fn names_are_found_as_people_write_them() {
        let mut one = unit("a");
        one.name = "Phường Phú Lợi".into();
        let mut two = one.clone();
        two.id = "b".parse().unwrap();
        assert_eq!(
            find(&tree(vec![one.clone()]), "phường phú lợi")
                .unwrap()
                .id
                .as_str(),
            "a"
        );
        let both = tree(vec![one, two]);
        assert_eq!(find(&both, "b").unwrap().id.as_str(), "b");
        let error = find(&both, "Phường Phú Lợi").unwrap_err();
        assert!(error.to_string().contains("a, b"), "{error}");
        assert!(matches!(find(&both, "x"), Err(UnitError::Unknown(_))));
    }
}
