//! A procedure (thủ tục hành chính) as the national database publishes it.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One procedure with every field that the posting rules ask for.
///
/// The order in which fields are posted is that of Decree 63/2010/NĐ-CP, Article 8(2), as amended by
/// Decree 92/2017/NĐ-CP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// The code (mã), such as "1.001193"; a suffix such as ".H51" may follow.
    pub code: String,
    /// The official name.
    pub name: String,
    /// A short plain name for headlines and boards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// The field (lĩnh vực), such as "Hộ tịch".
    pub field: String,
    /// The levels that carry it out (cấp thực hiện), such as "xã".
    #[serde(default)]
    pub level: Vec<String>,
    /// The agency that carries it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Who may apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applicants: Vec<String>,
    /// The steps (trình tự thực hiện); a new line starts a paragraph.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub steps: String,
    /// The ways to file, each with its time limit and fee.
    #[serde(default, rename = "way")]
    pub ways: Vec<Way>,
    /// The papers, grouped by case.
    #[serde(default, rename = "case")]
    pub cases: Vec<Case>,
    /// The forms to fill in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Form>,
    /// What the applicant receives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Conditions, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<String>,
    /// The legal texts that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal_basis: Vec<String>,
    /// The decision that announced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The first day on which it may be posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub effective: Option<Date>,
    /// The day on which it is repealed; it is not shown on that day any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub repealed: Option<Date>,
    /// The page where it is filed online.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<String>,
    /// Where this office receives it, such as "quầy số 2".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receive_at: Option<String>,
}

impl Procedure {
    /// The name for headlines: the short one where there is one.
    #[must_use]
    pub fn headline(&self) -> &str {
        self.short_name.as_deref().unwrap_or(&self.name)
    }

    /// The part of the code that identifies the procedure across provinces, such as "1.001193".
    #[must_use]
    pub fn base_code(&self) -> &str {
        base_code(&self.code)
    }

    /// Whether it may be posted on `day`.
    #[must_use]
    pub fn is_posted_on(&self, day: Date) -> bool {
        self.effective.is_none_or(|effective| effective <= day)
            && self.repealed.is_none_or(|repealed| day < repealed)
    }
}

/// The first two parts of a code: "1.012753.H19" and "1.012753" are one procedure.
#[must_use]
pub fn base_code(code: &str) -> &str {
    match code.match_indices('.').nth(1) {
        Some((end, _)) => &code[..end],
        None => code,
    }
}

/// How an application is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// At the counter (trực tiếp).
    #[default]
    InPerson,
    /// Online (trực tuyến).
    Online,
    /// By public post (bưu chính công ích).
    Post,
}

/// One way to file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// At the counter, online or by post.
    pub how: How,
    /// The time limit as published, such as "3 ngày làm việc".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_limit: Option<String>,
    /// The fee as published, such as "8.000 đồng" or "Miễn lệ phí".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
    /// Who sets the fee, while the office has not entered it: such a fee is not set, never free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_set_by: Option<String>,
    /// A remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a way to file costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fee<'a> {
    /// As published.
    Published(&'a str),
    /// Left to this body, and the office has not entered what it decided.
    SetBy(&'a str),
    /// Nothing is said.
    Unknown,
}

impl Way {
    /// What this way costs. A text that leaves the amount to the council is not set, even where it
    /// begins with "Miễn phí".
    #[must_use]
    pub fn fee(&self) -> Fee<'_> {
        if let Some(body) = self.fee_set_by.as_deref() {
            return match self.fee.as_deref() {
                Some(fee) if !fee.trim().is_empty() && !leaves_fee_to_council(fee) => {
                    Fee::Published(fee)
                }
                _ => Fee::SetBy(body),
            };
        }
        match self.fee.as_deref().map(str::trim) {
            None | Some("") => Fee::Unknown,
            Some(fee) if leaves_fee_to_council(fee) => Fee::SetBy("Hội đồng nhân dân"),
            Some(fee) => Fee::Published(fee),
        }
    }
}

/// Whether a published fee only says that the provincial council decides it.
#[must_use]
pub fn leaves_fee_to_council(fee: &str) -> bool {
    let fee = fee.to_lowercase();
    let names_council = fee.contains("hội đồng nhân dân") || fee.contains("hđnd");
    // An amount in đồng beside the council's name is what the council decided.
    let names_amount = fee.contains("đồng/") || fee.contains("000 đồng") || fee.contains(".000đ");
    names_council && !names_amount
}

/// The papers of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// When this case applies; none where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The number of sets (số bộ hồ sơ).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<u32>,
    /// The papers.
    #[serde(default, rename = "paper")]
    pub papers: Vec<Paper>,
}

/// One paper to bring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// What it is.
    pub name: String,
    /// The form to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// Number of originals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub originals: Option<u32>,
    /// Number of copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copies: Option<u32>,
    /// A remark, such as "xuất trình".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A form to fill in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// What it is called.
    pub name: String,
    /// The file, relative to the procedure's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub source: Option<PathBuf>,
}

impl Form {
    /// The file as a show would name it, from its own folder.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        Some(Path::new(FOLDER).join(self.source.as_ref()?))
    }
}

/// The folder beside `show.toml` in which procedures lie.
pub const FOLDER: &str = "procedures";

/// The decision that announced a procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Its number, such as "163/QĐ-BTP".
    pub number: String,
    /// Its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub date: Option<Date>,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(fee: Option<&str>, fee_set_by: Option<&str>) -> Way {
        Way {
            how: How::InPerson,
            time_limit: None,
            fee: fee.map(str::to_owned),
            fee_set_by: fee_set_by.map(str::to_owned),
            note: None,
        }
    }

    #[test]
    fn a_fee_left_to_the_council_is_not_set_and_not_free() {
        let left = way(
            Some("Miễn phí. Lệ phí do Hội đồng nhân dân cấp tỉnh quyết định"),
            None,
        );
        assert_eq!(left.fee(), Fee::SetBy("Hội đồng nhân dân"));
        assert_eq!(
            way(None, Some("HĐND thành phố")).fee(),
            Fee::SetBy("HĐND thành phố")
        );
        assert_eq!(
            way(Some("8.000 đồng"), Some("HĐND thành phố")).fee(),
            Fee::Published("8.000 đồng")
        );
        assert_eq!(way(Some(" "), None).fee(), Fee::Unknown);
    }

    #[test]
    fn codes_match_on_their_base() {
        assert_eq!(base_code("1.012753.H19"), "1.012753");
        assert_eq!(base_code("2.000205.000.00.00.H17"), "2.000205");
        assert_eq!(base_code("1.001193"), "1.001193");
    }
}
