//! A list of procedures becomes the files of a show, and nothing of it is lost.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::io::Read as _;
use std::path::Path;

use motcua_show::procedure::Fee;
use motcua_show::{Procedure, read_procedure};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use support::{Said, motcua, root};
use tempfile::TempDir;

/// A record of the national database in small.
fn record(code: &str, name: &str) -> Value {
    json!({
        "ma": code, "ten": name, "linh_vuc": "Hộ tịch", "cap_thuc_hien": ["Cấp xã"], "trinh_tu": "Bước 1\nBước 2",
        "cach_thuc": [{ "hinh_thuc": "Trực tiếp", "thoi_gian": "3 Ngày làm việc", "phi_le_phi_mo_ta": "Miễn phí" }],
        "thanh_phan_ho_so": [{ "nhom": "--", "giay_to": [{ "ten": "Tờ khai", "mau": "", "ban_chinh": 1, "ban_sao": 0 }] }],
    })
}

/// Imports `records` into the folder `out` of `folder`.
fn import(folder: &TempDir, records: &Value, more: &[&str]) -> Said {
    let list = folder.path().join("list.json");
    std::fs::write(&list, records.to_string()).unwrap();
    import_file(folder, &list, more)
}

fn import_file(folder: &TempDir, list: &Path, more: &[&str]) -> Said {
    let output = motcua()
        .args(["import", "procedures"])
        .arg(list)
        .arg("--out")
        .arg(folder.path().join("out"))
        .args(more)
        .output();
    Said::of(&output.unwrap())
}

fn written(folder: &TempDir, code: &str) -> Procedure {
    let file = folder.path().join(format!("out/{code}.toml"));
    let reading = read_procedure(&file, &std::fs::read_to_string(&file).unwrap());
    assert_eq!(reading.problems, []);
    reading.value.unwrap()
}

#[test]
fn what_cannot_be_placed_is_listed_and_the_rest_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut odd = record("1.000001", "Mô\u{323}t");
    odd["ngoai_le"] = json!("một cột lạ");
    odd["cach_thuc"][0]["thoi_gian"] = json!("15");
    odd["cach_thuc"][0]["phi_le_phi_mo_ta"] =
        json!("Miễn phí(do Hội đồng nhân dân cấp tỉnh quyết định)");
    let list = json!([
        odd,
        record("1.000001.H51", "Hai"),
        record("", "Không mã"),
        record("1.000002", ""),
        "chữ",
        record("1.000003", "Ba"),
    ]);
    let said = import(&folder, &list, &[]);
    assert_eq!((said.status, said.err.as_str()), (1, ""));
    for expected in [
        "record 1: 1.000001: cach_thuc.thoi_gian: a time without a unit",
        "record 1: 1.000001: cach_thuc.phi_le_phi_mo_ta: the fee is left to the provincial council",
        "ngoai_le: 1 times kept as a remark",
        "record 2: left out: record 1 has the code 1.000001 already",
        "record 3: left out: it has no code",
        "record 4: left out: it has no name",
        "record 5: left out: it is no record: \"chữ\"",
        "procedures: 2 written, 4 left out",
    ] {
        assert!(
            said.out.contains(expected),
            "{expected} is not in\n{}",
            said.out
        );
    }
    let report = std::fs::read_to_string(folder.path().join("out/import-report.txt")).unwrap();
    assert!(
        report.contains("một cột lạ") && report.contains("\"Không mã\""),
        "{report}"
    );
    let file = std::fs::read_to_string(folder.path().join("out/1.000001.toml")).unwrap();
    assert!(file.contains("# ngoai_le: một cột lạ\n"), "{file}");
    let procedure = written(&folder, "1.000001");
    assert_eq!(procedure.name, "Một");
    assert_eq!(procedure.ways[0].time_limit.as_deref(), Some("15"));
    assert!(matches!(procedure.ways[0].fee(), Fee::SetBy(_)));
    assert_eq!(written(&folder, "1.000003").steps, "Bước 1\nBước 2");
}

#[test]
fn files_that_say_something_else_are_replaced_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let list = json!([record("1.000001", "Một"), record("1.000002", "Hai")]);
    assert_eq!(import(&folder, &list, &[]).status, 0);
    let file = folder.path().join("out/1.000001.toml");
    let own = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        format!("# của phường\nshort_name = \"Một gọn\"\n{own}"),
    )
    .unwrap();
    let again = import(&folder, &list, &[]);
    assert!(
        again.out.contains("procedures: 2 unchanged, 0 left out"),
        "{}",
        again.out
    );

    let changed = json!([record("1.000001", "Một mới"), record("1.000002", "Hai")]);
    let said = import(&folder, &changed, &[]);
    assert_eq!(said.status, 0);
    assert!(
        said.out.contains("says something else and was left alone"),
        "{}",
        said.out
    );
    assert_eq!(written(&folder, "1.000001").name, "Một");
    let said = import(&folder, &changed, &["--replace"]);
    assert!(said.out.contains("1 unchanged, 1 replaced"), "{}", said.out);
    let replaced = written(&folder, "1.000001");
    assert_eq!(
        (replaced.name.as_str(), replaced.short_name.as_deref()),
        ("Một mới", Some("Một gọn"))
    );
    let left: Vec<_> = std::fs::read_dir(folder.path().join("out"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 3, "a temporary file was left");
}

#[test]
fn a_sheet_is_read_by_its_headings() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "Danh mục thủ tục của phường").unwrap();
    let headings = [
        "Mã thủ tục",
        "Tên thủ tục",
        "Lĩnh vực",
        "Cấp thực hiện",
        "cach_thuc",
        "thanh_phan_ho_so",
        "Ghi chú",
    ];
    for (column, heading) in (0..).zip(headings) {
        sheet.write(2, column, heading).unwrap();
    }
    let ways = "Trực tiếp | 3 Ngày làm việc | 8.000 đồng\nTrực tuyến | 3 Ngày làm việc";
    for (column, cell) in (0..).zip([
        "1.000001",
        "Một",
        "Hộ tịch",
        "Cấp tỉnh, Cấp xã",
        ways,
        "Tờ khai\nCăn cước",
        "gấp",
    ]) {
        sheet.write(3, column, cell).unwrap();
    }
    sheet.write(4, 0, 2.000_25).unwrap();
    sheet.write(4, 1, "Hai").unwrap();
    sheet.write(4, 2, "Hộ tịch").unwrap();
    let list = folder.path().join("list.xlsx");
    book.save(&list).unwrap();

    let said = import_file(&folder, &list, &[]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert!(
        said.out
            .contains("row 1 of Sheet1: above the headings, not imported: Danh mục"),
        "{}",
        said.out
    );
    assert!(
        said.out.contains("Ghi chú: 1 times kept as a remark"),
        "{}",
        said.out
    );
    let procedure = written(&folder, "1.000001");
    assert_eq!(procedure.level, ["tỉnh", "xã"]);
    assert_eq!(
        (procedure.ways.len(), procedure.cases[0].papers.len()),
        (2, 2)
    );
    assert_eq!(written(&folder, "2.000250").name, "Hai");

    let output = motcua()
        .args(["lookup", "--data"])
        .arg(&list)
        .arg("hai")
        .output()
        .unwrap();
    assert!(Said::of(&output).out.starts_with("2.000250  Hai"));
}

#[test]
fn what_is_no_list_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for bytes in [b"PK\x03\x04 and nothing".as_slice(), b"{}", b""] {
        let list = folder.path().join("list");
        std::fs::write(&list, bytes).unwrap();
        let said = import_file(&folder, &list, &[]);
        assert_eq!(said.status, 1);
        assert!(
            said.err.contains("is no list of procedures"),
            "{}",
            said.err
        );
    }
}

/// Every record of the crawl becomes a file that is read without a problem and says the same.
#[test]
fn the_real_procedures_are_imported_whole() {
    let path = root().join("../shared/data/procedures.json.gz");
    let Ok(packed) = std::fs::read(&path) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is needed in continuous integration",
            path.display()
        );
        println!("skipped: there is no {}", path.display());
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let said = import_file(&folder, &path, &[]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    let records: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(records.len(), 2_642);
    for record in &records {
        let code = record["ma"].as_str().unwrap();
        let procedure = written(&folder, code);
        assert_eq!(
            letters(&procedure.name),
            letters(record["ten"].as_str().unwrap()),
            "{code}"
        );
        assert_eq!(
            letters(&procedure.steps),
            letters(record["trinh_tu"].as_str().unwrap()),
            "{code}"
        );
        let papers: usize = procedure.cases.iter().map(|case| case.papers.len()).sum();
        let cases = record["thanh_phan_ho_so"].as_array().unwrap();
        let published: usize = cases
            .iter()
            .map(|case| case["giay_to"].as_array().unwrap().len())
            .sum();
        assert_eq!(papers, published, "{code}");
        assert_eq!(
            procedure.ways.len(),
            record["cach_thuc"].as_array().unwrap().len(),
            "{code}"
        );
    }
}

/// A text in canonical form, with the signs and spaces that a reader sees.
fn letters(text: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization as _;
    let composed: String = text.nfc().filter(|&c| c != '\u{ad}').collect();
    composed.split_whitespace().map(str::to_owned).collect()
}
