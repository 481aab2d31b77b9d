//! From a record of the national database, as crawled or as a row of a sheet, to a procedure.
//!
//! Nothing is lost: what has no place in a procedure goes along as a remark, and everything that was changed,
//! is doubtful or was left out is a [`Finding`]. Nothing is invented: a time without unit stays without one,
//! and a fee that is left to the council stays unset.

mod column;
mod parts;
mod tray;

use serde_json::Value;

use crate::procedure::{Decision, Procedure};

pub use column::Column;
pub use tray::{Fate, Finding};

pub(crate) use parts::has_no_unit;
use tray::Tray;

/// One record: its fields by their published names.
pub type Fields = serde_json::Map<String, Value>;

/// The field of a procedure whose record names none.
const OTHER_FIELD: &str = "Lĩnh vực khác";

/// What came of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The procedure.
    pub procedure: Procedure,
    /// What was changed, is doubtful or was left out.
    pub findings: Vec<Finding>,
    /// Fields without a place in a procedure, with their text.
    pub remarks: Vec<(String, String)>,
}

/// Why a record becomes no procedure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its code is missing.
    #[error("it has no code; add the code of the national database, such as 1.001193")]
    NoCode,
    /// Its code is none.
    #[error(
        "its code {0:?} is no code of the national database; write it as text, such as 1.001193"
    )]
    NotACode(String),
    /// Its name is missing.
    #[error("it has no name; add the official name")]
    NoName,
}

/// The procedure that a record describes.
///
/// # Errors
/// When it has no code or no name.
pub fn place(fields: &Fields) -> Result<Placed, Refused> {
    let mut tray = Tray::new(fields);
    let code = tray.code()?;
    let name = tray.text(Column::Name).ok_or(Refused::NoName)?;
    let field = tray.text(Column::Field).unwrap_or_else(|| {
        let said = format!("the record names no field; {OTHER_FIELD:?} is written");
        tray.find("linh_vuc", "", Fate::Doubtful, said);
        OTHER_FIELD.to_owned()
    });
    let procedure = Procedure {
        code,
        name,
        short_name: None,
        field,
        level: tray
            .list(Column::Level)
            .iter()
            .map(|level| short_level(level))
            .collect(),
        agency: tray.text(Column::Agency),
        applicants: tray.list(Column::Applicants),
        steps: tray.text(Column::Steps).unwrap_or_default(),
        ways: parts::ways(&mut tray),
        cases: parts::cases(&mut tray),
        forms: Vec::new(),
        result: tray.text(Column::Result),
        conditions: tray.text(Column::Conditions),
        legal_basis: tray.list(Column::LegalBasis),
        decision: tray.text(Column::Decision).map(|number| Decision {
            number,
            date: None,
            agency: None,
        }),
        effective: None,
        repealed: None,
        online: tray.link(),
        receive_at: None,
    };
    let (findings, remarks) = tray.finish();
    Ok(Placed {
        procedure,
        findings,
        remarks,
    })
}

/// "Cấp xã" as shows write it: "xã".
fn short_level(published: &str) -> String {
    let lower = published.to_lowercase();
    lower.strip_prefix("cấp ").unwrap_or(&lower).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::procedure::{Fee, How};

    fn placed(record: Value) -> Placed {
        place(record.as_object().unwrap()).unwrap()
    }

    fn of_ways(ways: Value) -> Placed {
        placed(json!({ "ma": "1.000001", "ten": "Một", "linh_vuc": "Hộ tịch", "cach_thuc": ways }))
    }

    #[test]
    fn a_record_without_code_or_name_is_refused() {
        let refused = |record: Value| place(record.as_object().unwrap()).unwrap_err();
        assert_eq!(refused(json!({ "ten": "x" })), Refused::NoCode);
        assert_eq!(
            refused(json!({ "ma": "1.000001", "ten": " " })),
            Refused::NoName
        );
        assert_eq!(
            refused(json!({ "ma": "../x", "ten": "x" })),
            Refused::NotACode("../x".into())
        );
        assert_eq!(
            refused(json!({ "ma": 1_000_001, "ten": "x" })),
            Refused::NotACode("1000001".into())
        );
    }

    #[test]
    fn a_code_that_a_sheet_took_for_a_number_gets_its_noughts_back() {
        let placed = placed(json!({ "Mã thủ tục": 2.000_25, "Tên thủ tục": "x", "Lĩnh vực": "y" }));
        assert_eq!(placed.procedure.code, "2.000250");
        assert_eq!(placed.findings[0].fate, Fate::Changed);
    }

    #[test]
    fn a_time_without_unit_stays_so_and_is_said() {
        let placed = of_ways(
            json!([{ "hinh_thuc": "Trực tuyến", "thoi_gian": "5", "phi_le_phi_mo_ta": "" }]),
        );
        let way = &placed.procedure.ways[0];
        assert_eq!(
            (way.how, way.time_limit.as_deref()),
            (How::Online, Some("5"))
        );
        assert_eq!(placed.findings[0].fate, Fate::Doubtful);
    }

    #[test]
    fn a_fee_left_to_the_council_is_unset() {
        let fee = "Miễn phí(Mức lệ phí do Hội đồng nhân dân cấp tỉnh quyết định)";
        let placed = of_ways(
            json!([{ "hinh_thuc": "Trực tiếp", "thoi_gian": "3 Ngày", "phi_le_phi_mo_ta": fee }]),
        );
        let way = &placed.procedure.ways[0];
        assert_eq!(way.fee(), Fee::SetBy("Hội đồng nhân dân cấp tỉnh"));
        assert_eq!(way.fee.as_deref(), Some(fee));
        assert!(
            placed.findings[0].what.contains("council"),
            "{:?}",
            placed.findings
        );
    }

    #[test]
    fn what_the_portal_glues_to_no_information_is_told_apart() {
        let fees = |text: &str| {
            let placed = of_ways(json!([{ "hinh_thuc": "Trực tiếp", "phi_le_phi_mo_ta": text }]));
            let way = placed.procedure.ways[0].clone();
            (way.fee, way.note)
        };
        assert_eq!(fees("Không có thông tin"), (None, None));
        assert_eq!(
            fees("Không có thông tinNộp tại quầy"),
            (None, Some("Nộp tại quầy".into()))
        );
        assert_eq!(
            fees("Không có thông tin50,000 VNĐ(x)"),
            (Some("50,000 VNĐ(x)".into()), None)
        );
        assert_eq!(
            fees("Không có thông tinMiễn phí"),
            (Some("Miễn phí".into()), None)
        );
        assert_eq!(fees("VNĐ"), (None, None));
    }

    #[test]
    fn what_has_no_place_goes_along() {
        let placed = placed(json!({
            "ma": "1.000001", "ten": "Một", "linh_vuc": "Hộ tịch", "bo": "bo-tu-phap", "url": "dichvucong",
            "cach_thuc": [{ "hinh_thuc": "Bồ câu", "thoi_gian": "1 Ngày" }],
            "thanh_phan_ho_so": [{ "nhom": "--", "giay_to": [{ "ten": "", "ban_chinh": 20241 }, "Đơn"], "x": 1 }],
        }));
        let procedure = &placed.procedure;
        assert_eq!(
            (procedure.ways.len(), procedure.cases[0].papers.len()),
            (0, 2)
        );
        assert_eq!(procedure.cases[0].papers[0].originals, None);
        let remarks: Vec<&str> = placed
            .remarks
            .iter()
            .map(|(field, _)| field.as_str())
            .collect();
        assert_eq!(
            remarks,
            [
                "cach_thuc",
                "thanh_phan_ho_so.giay_to.ban_chinh",
                "thanh_phan_ho_so.x",
                "url",
                "bo"
            ]
        );
    }

    #[test]
    fn cells_of_a_sheet_hold_lists_as_lines_or_as_json() {
        let placed = placed(json!({
            "ma": "1.000001", "ten": "Mô\u{323}t", "linh_vuc": "Hộ tịch", "cap_thuc_hien": "Cấp tỉnh, Cấp xã",
            "doi_tuong": "Tổ chức (không bao gồm doanh nghiệp, HTX), Công dân Việt Nam",
            "cach_thuc": "Trực tiếp | 3 Ngày làm việc | 8.000 đồng\nTrực tuyến | 3 Ngày làm việc",
            "thanh_phan_ho_so": "[{\"nhom\": \"A\", \"giay_to\": [{\"ten\": \"Tờ khai\", \"ban_chinh\": 1}]}]",
        }));
        let procedure = &placed.procedure;
        assert_eq!(
            (procedure.name.as_str(), procedure.level.as_slice()),
            ("Một", ["tỉnh".to_owned(), "xã".to_owned()].as_slice())
        );
        assert_eq!(procedure.applicants.len(), 2);
        assert_eq!(
            (procedure.ways.len(), procedure.ways[0].fee.as_deref()),
            (2, Some("8.000 đồng"))
        );
        assert_eq!(procedure.cases[0].papers[0].originals, Some(1));
        assert!(placed.findings.iter().any(|finding| finding.field == "ten"));
    }
}
