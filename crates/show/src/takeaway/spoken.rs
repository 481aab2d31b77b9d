//! A procedure as it is read aloud.
//!
//! Voices read Vietnamese words well and stumble over what is written short: abbreviations are spelt as
//! English letters, the points of "10.000 đồng" as decimals, and a date's strokes as fractions.

use super::answer::{self, Stated, clean, is_readable};
use super::{TakeawayWords, filled};
use crate::procedure::Procedure;

/// Papers that are read; nobody remembers more, and the rest is counted.
const MOST_PAPERS: usize = 12;

/// What is read of a procedure, a sentence a line: name, papers, time limit, fee, where it is filed.
///
/// Only the words around the text are in the language of `words`; what the procedure says is Vietnamese and
/// wants a Vietnamese voice.
#[must_use]
pub fn spoken_text(procedure: &Procedure, words: &TakeawayWords) -> String {
    let mut sentences = vec![clean(procedure.headline())];
    let papers = answer::papers(procedure.cases.iter().flat_map(|case| &case.papers), words);
    if !papers.is_empty() {
        sentences.push(format!("{}:", words.bring));
        sentences.extend(papers.iter().take(MOST_PAPERS).map(|(name, counts)| {
            if counts.is_empty() {
                name.clone()
            } else {
                format!("{name}, {counts}")
            }
        }));
        if let Some(rest) = papers
            .len()
            .checked_sub(MOST_PAPERS)
            .filter(|&rest| rest > 0)
        {
            sentences.push(filled(&words.more_papers, &rest.to_string()));
        }
    }
    sentences.push(stated(
        &words.time_limit,
        &answer::time_limit(procedure, words),
    ));
    sentences.push(stated(&words.fee, &answer::fee(procedure, words)));
    sentences.extend(answer::place(procedure, words));
    sentences
        .iter()
        .map(|sentence| spoken(sentence))
        .filter(|sentence| is_readable(sentence))
        .map(|sentence| ended(&sentence))
        .collect::<Vec<_>>()
        .join("\n")
}

fn stated(head: &str, answers: &[Stated]) -> String {
    let answers: Vec<String> = answers
        .iter()
        .map(|stated| match stated.ways.as_slice() {
            [] => stated.value.clone(),
            ways => format!("{}: {}", ways.join(", "), stated.value),
        })
        .collect();
    format!("{head}: {}", answers.join("; "))
}

/// With a stop at its end, so that the voice falls.
fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?', ':']) {
        sentence.to_owned()
    } else {
        format!("{sentence}.")
    }
}

/// One sentence with its abbreviations, amounts and dates in words.
fn spoken(sentence: &str) -> String {
    let apart: String = sentence
        .chars()
        .map(|c| {
            if "()[]\"“”…_".contains(c) {
                ','
            } else {
                c
            }
        })
        .collect();
    let text = apart
        .replace(',', ", ")
        .split_whitespace()
        .map(word)
        .collect::<Vec<_>>()
        .join(" ");
    tidy(&text)
}

/// A decimal comma was parted from its figures, and marks met each other.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for c in text.chars() {
        if ",;:".contains(c) {
            let kept = tidy.trim_end().len();
            tidy.truncate(kept);
            if tidy.is_empty() || tidy.ends_with([',', ';', ':', '.']) {
                continue;
            }
        }
        tidy.push(c);
    }
    tidy.trim_matches([' ', ',', ';']).to_owned()
}

fn word(written: &str) -> String {
    let start = written.len()
        - written
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .len();
    let end = written
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .len();
    let (Some(core), Some(before), Some(after)) = (
        written.get(start..end),
        written.get(..start),
        written.get(end.max(start)..),
    ) else {
        return written.to_owned();
    };
    format!("{before}{}{after}", core_spoken(core))
}

fn core_spoken(core: &str) -> String {
    if let Some(date) = date(core) {
        return date;
    }
    if let Some(amount) = amount(core) {
        return amount;
    }
    let figures = core.strip_suffix('đ').filter(|rest| !rest.is_empty());
    if let Some(number) =
        figures.and_then(|figures| amount(figures).or_else(|| plain_number(figures)))
    {
        return format!("{number} đồng");
    }
    // "18/2014/NĐ-CP", "đồng/lần", "Hộ chiếu/Căn cước".
    core.split('/')
        .map(|part| {
            expansion(part).map_or_else(
                || {
                    part.split('-')
                        .map(|piece| expansion(piece).unwrap_or(piece))
                        .collect::<Vec<_>>()
                        .join(" ")
                },
                str::to_owned,
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// "23/11/2026" as day, month and year.
fn date(written: &str) -> Option<String> {
    let parts: Vec<u16> = written
        .split('/')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    match parts.as_slice() {
        [day @ 1..=31, month @ 1..=12, year @ 1900..=2100] => {
            Some(format!("{day} tháng {month} năm {year}"))
        }
        _ => None,
    }
}

/// "1.250.000" as "1 triệu 250 nghìn": figures in groups of three.
fn amount(written: &str) -> Option<String> {
    let separator = written.chars().find(|c| ".,".contains(*c))?;
    let mut groups = written.split(separator);
    let first = groups.next()?;
    let is_number = |group: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
    };
    let rest: Vec<&str> = groups.collect();
    if !is_number(first, 1..=3)
        || first.starts_with('0')
        || !(1..=3).contains(&rest.len())
        || !rest.iter().all(|group| is_number(group, 3..=3))
    {
        return None;
    }
    const NAMES: [&str; 4] = ["", " nghìn", " triệu", " tỷ"];
    let spoken: Vec<String> = [first]
        .into_iter()
        .chain(rest.iter().copied())
        .zip((0..=rest.len()).rev())
        .filter_map(|(group, power)| {
            let group = group.parse::<u16>().ok().filter(|group| *group > 0)?;
            Some(format!("{group}{}", NAMES[power]))
        })
        .collect();
    Some(spoken.join(" "))
}

fn plain_number(written: &str) -> Option<String> {
    written
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| written.to_owned())
}

/// The words behind an abbreviation of official Vietnamese.
fn expansion(written: &str) -> Option<&'static str> {
    Some(match written {
        "BHYT" => "bảo hiểm y tế",
        "BHXH" => "bảo hiểm xã hội",
        "BHTN" => "bảo hiểm thất nghiệp",
        "CCCD" => "căn cước công dân",
        "CMND" => "chứng minh nhân dân",
        "CMTND" => "chứng minh thư nhân dân",
        "UBND" => "ủy ban nhân dân",
        "HĐND" => "hội đồng nhân dân",
        "GCN" => "giấy chứng nhận",
        "GCNQSDĐ" => "giấy chứng nhận quyền sử dụng đất",
        "QSDĐ" | "QSDD" => "quyền sử dụng đất",
        "GPLX" => "giấy phép lái xe",
        "GPXD" => "giấy phép xây dựng",
        "ĐKKD" => "đăng ký kinh doanh",
        "HKD" => "hộ kinh doanh",
        "TNHH" => "trách nhiệm hữu hạn",
        "GTGT" => "giá trị gia tăng",
        "TNCN" => "thu nhập cá nhân",
        "TNDN" => "thu nhập doanh nghiệp",
        "TTHC" => "thủ tục hành chính",
        "DVC" => "dịch vụ công",
        "NCC" => "người có công",
        "TNXP" => "thanh niên xung phong",
        "THPT" => "trung học phổ thông",
        "THCS" => "trung học cơ sở",
        "TP" => "thành phố",
        "VNĐ" | "VND" | "vnđ" | "vnd" => "đồng",
        "NĐ-CP" => "nghị định của Chính phủ",
        "NQ-CP" => "nghị quyết của Chính phủ",
        "QĐ-TTg" => "quyết định của Thủ tướng",
        "QĐ" => "quyết định",
        "NĐ" => "nghị định",
        "TTLT" => "thông tư liên tịch",
        "TT" => "thông tư",
        "NQ" => "nghị quyết",
        "BTC" => "Bộ Tài chính",
        "BTP" => "Bộ Tư pháp",
        "BCA" => "Bộ Công an",
        "BYT" => "Bộ Y tế",
        "BQP" => "Bộ Quốc phòng",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::spoken;

    fn check(written: &str, expected: &str) {
        assert_eq!(spoken(written), expected);
    }

    #[test]
    fn abbreviations_are_said_in_words() {
        check("Thẻ BHYT (bản sao)", "Thẻ bảo hiểm y tế, bản sao");
        check("CCCD/CMND", "căn cước công dân, chứng minh nhân dân");
        check("UBND TP. Cần Thơ", "ủy ban nhân dân thành phố. Cần Thơ");
        check("số 104/2022/NĐ-CP", "số 104, 2022, nghị định của Chính phủ");
        check("60/2023/TT-BTC", "60, 2023, thông tư Bộ Tài chính");
    }

    #[test]
    fn amounts_are_said_in_thousands() {
        check("10.000 đồng", "10 nghìn đồng");
        check("1.250.000đ", "1 triệu 250 nghìn đồng");
        check("2.000.005 đồng/lần", "2 triệu 5 đồng, lần");
        check("500.000.000.000", "500 tỷ");
        check("50000đ", "50000 đồng");
        check("1.5 và 0.123", "1.5 và 0.123");
    }

    #[test]
    fn dates_are_said_as_dates_and_marks_do_not_meet() {
        check("ngày 15/11/2022", "ngày 15 tháng 11 năm 2022");
        check("ngày 45/11/2022", "ngày 45, 11, 2022");
        check("tờ khai (mẫu 1), (mẫu 2);", "tờ khai, mẫu 1, mẫu 2");
        check("…()", "");
        check("", "");
    }
}
