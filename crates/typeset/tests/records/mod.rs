//! Real procedures as a crawl of the national portal has them, for the tests alone.
//!
//! The data is not part of the project: where it is absent the tests that need it are skipped.

use std::io::Read as _;
use std::path::PathBuf;

use motcua_show::Procedure;
use motcua_show::procedure::{Case, Decision, How, Paper, Way};
use serde::Deserialize;

#[derive(Deserialize)]
struct Record {
    ma: String,
    ten: String,
    linh_vuc: String,
    cap_thuc_hien: Vec<String>,
    so_quyet_dinh: String,
    doi_tuong: Vec<String>,
    co_quan_thuc_hien: String,
    trinh_tu: String,
    cach_thuc: Vec<RecordWay>,
    thanh_phan_ho_so: Vec<RecordCase>,
    can_cu: Vec<String>,
    yeu_cau_dieu_kien: String,
    ket_qua: String,
    url: String,
}

#[derive(Deserialize)]
struct RecordWay {
    hinh_thuc: String,
    thoi_gian: String,
    phi_le_phi_mo_ta: String,
}

#[derive(Deserialize)]
struct RecordCase {
    nhom: String,
    giay_to: Vec<RecordPaper>,
}

#[derive(Deserialize)]
struct RecordPaper {
    ten: String,
    mau: String,
    ban_chinh: Option<f64>,
    ban_sao: Option<f64>,
}

/// All records; none where the data is absent.
///
/// Panics in continuous integration, where a test must not be skipped unseen.
pub fn procedures() -> Option<Vec<Procedure>> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/procedures.json.gz");
    let Ok(packed) = std::fs::read(&path) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is needed in continuous integration",
            path.display()
        );
        println!("skipped: there is no {}", path.display());
        return None;
    };
    let mut json = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut json)
        .expect("the data unpacks");
    let records: Vec<Record> =
        serde_json::from_str(&json).expect("the data has the fields that it is described with");
    Some(records.into_iter().map(Procedure::from).collect())
}

impl From<Record> for Procedure {
    fn from(record: Record) -> Self {
        Self {
            code: record.ma,
            name: record.ten,
            short_name: None,
            field: record.linh_vuc,
            level: record.cap_thuc_hien,
            agency: stated(record.co_quan_thuc_hien),
            applicants: record.doi_tuong,
            steps: record.trinh_tu,
            ways: record.cach_thuc.into_iter().map(Way::from).collect(),
            cases: record
                .thanh_phan_ho_so
                .into_iter()
                .map(Case::from)
                .collect(),
            forms: Vec::new(),
            result: stated(record.ket_qua),
            conditions: stated(record.yeu_cau_dieu_kien),
            legal_basis: record.can_cu,
            decision: stated(record.so_quyet_dinh).map(|number| Decision {
                number,
                date: None,
                agency: None,
            }),
            effective: None,
            repealed: None,
            online: stated(record.url),
            receive_at: None,
        }
    }
}

impl From<RecordWay> for Way {
    fn from(way: RecordWay) -> Self {
        // The portal puts "no information" before a remark where there is no fee.
        let fee = way.phi_le_phi_mo_ta.trim();
        let remark = fee.trim_start_matches("Không có thông tin");
        let is_remark = remark.len() < fee.len();
        Self {
            how: match way.hinh_thuc.as_str() {
                "Trực tuyến" => How::Online,
                "Dịch vụ bưu chính" => How::Post,
                _ => How::InPerson,
            },
            time_limit: stated(way.thoi_gian),
            fee: stated(if is_remark {
                String::new()
            } else {
                fee.to_owned()
            }),
            fee_set_by: None,
            note: stated(if is_remark {
                remark.to_owned()
            } else {
                String::new()
            }),
        }
    }
}

impl From<RecordCase> for Case {
    fn from(case: RecordCase) -> Self {
        Self {
            title: stated(case.nhom).filter(|title| title != "--"),
            sets: None,
            papers: case.giay_to.into_iter().map(Paper::from).collect(),
        }
    }
}

impl From<RecordPaper> for Paper {
    fn from(paper: RecordPaper) -> Self {
        let count = |number: Option<f64>| number.map(|number| number as u32);
        Self {
            name: paper.ten,
            form: stated(paper.mau),
            originals: count(paper.ban_chinh),
            copies: count(paper.ban_sao),
            note: None,
        }
    }
}

fn stated(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}
