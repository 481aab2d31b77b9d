//! How lines are broken: no wider than the column, numbers with their units, headlines in balance.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use motcua_typeset::{Block, Style, Typesetter, Weight};
use unicode_normalization::UnicodeNormalization as _;

fn lines(block: &Block) -> Vec<String> {
    block
        .lines
        .iter()
        .map(|line| {
            line.runs
                .iter()
                .map(|run| run.text.as_str())
                .collect::<String>()
        })
        .collect()
}

const TEXT: &str = "Đăng ký thường trú trực tuyến **10.000 đồng**, tại quầy 20.000 đồng. Cán bộ ở **quầy số 2** hướng dẫn ông \
                    bà làm ngay trên điện thoại, trong 3 ngày làm việc theo Điều 8.";

#[test]
fn no_line_is_wider_than_the_column_and_no_number_is_left_alone() {
    let mut typesetter = Typesetter::new();
    for width in (260..1800).step_by(7) {
        let block = typesetter.block(TEXT, Style::body(), width as f32);
        assert!(
            block.width <= width as f32 + 0.5,
            "{} in {width}",
            block.width
        );
        for line in lines(&block) {
            assert!(
                !line.starts_with([',', '.', ' ', '\u{a0}']),
                "{line:?} in {width}"
            );
            if width > 460 {
                for end in ["10.000", "20.000", " 3", "số", "Điều"] {
                    assert!(!line.trim_end().ends_with(end), "{line:?} in {width}");
                }
            }
        }
    }
}

#[test]
fn what_is_longer_than_the_column_breaks_anywhere() {
    let mut typesetter = Typesetter::new();
    let link = "https://dichvucong.gov.vn/p/home/dvc-tra-cuu-ho-so.html?ma=0000000000000000000000000000000000";
    for text in [
        link,
        &"W".repeat(200),
        "10.000\u{a0}đồng\u{a0}mỗi\u{a0}bản\u{a0}sao\u{a0}và\u{a0}mỗi\u{a0}trang",
    ] {
        for width in [120.0, 420.0, 900.0] {
            let block = typesetter.block(text, Style::body(), width);
            assert!(
                block.width <= width + 0.5,
                "{text:?} takes {} of {width}",
                block.width
            );
            assert_eq!(
                lines(&block).concat().replace(['\u{a0}', ' '], ""),
                text.replace('\u{a0}', "")
            );
        }
    }
}

#[test]
fn headlines_are_balanced() {
    let mut typesetter = Typesetter::new();
    let text = "Nộp hồ sơ trực tuyến, lệ phí chỉ còn một nửa";
    let block = typesetter.block(text, Style::headline(116.0), 1292.0);
    let widths: Vec<f32> = block
        .lines
        .iter()
        .map(motcua_typeset::Line::width)
        .collect();
    assert_eq!(widths.len(), 2, "{:?}", lines(&block));
    assert!(widths[1] > widths[0] * 0.7, "{:?}", lines(&block));
}

#[test]
fn marks_become_weight_and_blank_lines_paragraphs() {
    let mut typesetter = Typesetter::new();
    let block = typesetter.block("một **hai** ba\nbốn\n\nnăm\n- sáu", Style::body(), 1000.0);
    assert_eq!(lines(&block), ["một hai ba bốn", "năm", "- sáu"]);
    let bold: Vec<&str> = block.lines[0]
        .runs
        .iter()
        .filter(|run| run.weight == Weight::Bold)
        .map(|run| run.text.as_str())
        .collect();
    assert_eq!(bold, ["hai"]);
    assert_eq!(
        block
            .lines
            .iter()
            .map(|line| line.paragraph)
            .collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert!(block.lines[1].y > block.lines[0].y + block.lines[0].height);
}

#[test]
fn decomposed_letters_are_measured_and_set_composed() {
    let mut typesetter = Typesetter::new();
    let composed = typesetter.block(TEXT, Style::body(), 700.0);
    let decomposed = typesetter.block(&TEXT.nfd().collect::<String>(), Style::body(), 700.0);
    assert_eq!(composed, decomposed);
}

#[test]
fn khmer_breaks_between_words_and_has_more_room() {
    let mut typesetter = Typesetter::new();
    let khmer = "ប្រជាពលរដ្ឋអាចដាក់ពាក្យសុំចុះបញ្ជីកំណើតតាមអ៊ីនធឺណិតដោយមិនចាំបាច់មកការិយាល័យឡើយ";
    let block = typesetter.block(khmer, Style::body(), 800.0);
    assert!(block.lines.len() > 1 && block.width <= 800.0);
    assert!(block.lines[0].height >= 1.6 * 50.0);
    assert_eq!(lines(&block).concat(), khmer);
    // No line begins with a sign that hangs on the letter before.
    for line in lines(&block) {
        let first = line.chars().next().unwrap();
        assert!(!('\u{17b6}'..='\u{17d3}').contains(&first), "{line:?}");
    }
    // The family holds Khmer: the letters have widths of their own, not those of a missing sign.
    let one = typesetter.line("ក", Style::body()).width;
    let other = typesetter.line("ឈ", Style::body()).width;
    assert!(one > 10.0 && other > one);
}

#[test]
fn an_empty_text_is_an_empty_block() {
    let mut typesetter = Typesetter::new();
    for text in ["", " ", "\n\n", "\u{feff}", "****"] {
        let block = typesetter.block(text, Style::body(), 500.0);
        assert!(
            block.is_empty() && block.height == 0.0,
            "{text:?} gives {block:?}"
        );
    }
}

#[test]
fn fit_takes_the_largest_size_that_fits() {
    let mut typesetter = Typesetter::new();
    let sizes = [116.0, 104.0, 92.0];
    let high = typesetter.fit("Thông báo", &sizes, Style::headline(116.0), 1200.0, 200.0);
    assert_eq!(high.lines[0].runs[0].size, 116.0);
    let low = typesetter.fit("Thông báo", &sizes, Style::headline(116.0), 1200.0, 110.0);
    assert_eq!(low.lines[0].runs[0].size, 92.0);
    let none = typesetter.fit("Thông báo", &sizes, Style::headline(116.0), 1200.0, 10.0);
    assert_eq!(none.lines[0].runs[0].size, 92.0);
}

#[test]
fn khmer_with_bold_keeps_the_column() {
    let mut typesetter = Typesetter::new();
    let text = "ថ្លៃ **៨.០០០ ដុង** ក្នុងមួយច្បាប់ ទទួលបាន**ក្នុងថ្ងៃធ្វើការ**។";
    for width in (300..1800).step_by(5) {
        let block = typesetter.block(text, Style::body().at(58.0), width as f32);
        assert!(
            block.width <= width as f32 + 0.5,
            "{} in {width}: {:?}",
            block.width,
            lines(&block)
        );
    }
}

#[test]
fn a_range_of_hours_and_the_number_of_a_document_hold_together() {
    let mut typesetter = Typesetter::new();
    let text = "Sáng **07:00 – 11:00**, chiều 13:00 – 17:00, theo số 45/TB-UBND và Nghị định 63/2010/NĐ-CP.";
    for width in (460..1800).step_by(9) {
        for line in lines(&typesetter.block(text, Style::body(), width as f32)) {
            assert!(
                !line.starts_with(['–', '\u{a0}', '/', '-', 'U', 'C']),
                "{line:?} in {width}"
            );
            assert!(
                !line.trim_end().ends_with(['–', '/', '-']),
                "{line:?} in {width}"
            );
            assert!(!line.contains('\u{2060}'), "{line:?} in {width}");
        }
    }
}
