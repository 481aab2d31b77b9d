//! What the fields of a record are called.

use crate::lookup::fold;

/// A field of a record that has a place in a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The code (mã).
    Code,
    /// The official name.
    Name,
    /// The field (lĩnh vực).
    Field,
    /// The levels that carry it out.
    Level,
    /// Who may apply.
    Applicants,
    /// The agency that carries it out.
    Agency,
    /// The steps.
    Steps,
    /// The ways to file, with time limit and fee.
    Ways,
    /// The papers, by case.
    Cases,
    /// The legal texts.
    LegalBasis,
    /// Conditions.
    Conditions,
    /// What the applicant receives.
    Result,
    /// The decision that announced it.
    Decision,
    /// The page where it is filed online.
    Online,
}

/// The names in the crawl of the national portal first, then those of the short list and of sheets, folded.
const NAMES: [(Column, &[&str]); 14] = [
    (
        Column::Code,
        &[
            "ma",
            "code",
            "ma so",
            "ma tthc",
            "ma so tthc",
            "ma thu tuc",
            "ma thu tuc hanh chinh",
        ],
    ),
    (
        Column::Name,
        &[
            "ten",
            "name",
            "ten tthc",
            "ten thu tuc",
            "ten thu tuc hanh chinh",
        ],
    ),
    (Column::Field, &["linh vuc", "field"]),
    (Column::Level, &["cap thuc hien", "cap", "levels", "level"]),
    (Column::Applicants, &["doi tuong", "doi tuong thuc hien"]),
    (Column::Agency, &["co quan thuc hien"]),
    (Column::Steps, &["trinh tu", "trinh tu thuc hien"]),
    (Column::Ways, &["cach thuc", "cach thuc thuc hien"]),
    (Column::Cases, &["thanh phan ho so"]),
    (Column::LegalBasis, &["can cu", "can cu phap ly"]),
    (
        Column::Conditions,
        &["yeu cau dieu kien", "yeu cau dieu kien thuc hien"],
    ),
    (Column::Result, &["ket qua", "ket qua thuc hien"]),
    (Column::Decision, &["so quyet dinh", "quyet dinh cong bo"]),
    (Column::Online, &["url", "lien ket", "duong dan"]),
];

impl Column {
    /// The column that a heading names, whatever its accents, capitals and signs.
    #[must_use]
    pub fn of(heading: &str) -> Option<Self> {
        let folded = fold(heading);
        let words: Vec<&str> = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let name = words.join(" ");
        NAMES
            .iter()
            .find(|(_, names)| names.contains(&name.as_str()))
            .map(|(column, _)| *column)
    }
}
