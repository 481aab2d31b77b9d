//! What a visitor takes along: fits a QR code, says nothing that the procedure does not say, is read back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test panics where something is wrong"
)]

#[path = "../../typeset/tests/records/mod.rs"]
mod records;

use motcua_show::Procedure;
use motcua_show::procedure::{Case, How, Paper, Way};
use motcua_show::takeaway::{
    LONGEST_SHORT_TEXT, TakeawayWords, online_address, short_text, spoken_text,
};
use qrcodegen::{QrCode, QrCodeEcc};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

fn words() -> TakeawayWords {
    TakeawayWords::from_fn(|key| {
        match key {
            "code_of" => "Mã {0}",
            "bring" => "Giấy tờ mang theo",
            "originals" => "{0} bản chính",
            "copies" => "{0} bản sao",
            "more_papers" => "… và {0} giấy tờ khác",
            "papers_elsewhere" => "{0} giấy tờ, xem danh sách đầy đủ tại quầy",
            "no_unit" => "{0} (không ghi đơn vị)",
            "time_limit" => "Thời hạn",
            "fee" => "Lệ phí",
            "fee_set_by" => "Chưa có mức thu: do {0} quy định",
            "not_stated" => "Chưa có thông tin",
            "receive_at" => "Nộp tại {0}",
            "filed" => "Nộp: {0}",
            "in_person" => "Trực tiếp",
            "online" => "Trực tuyến",
            "by_post" => "Bưu chính công ích",
            other => panic!("no word for {other}"),
        }
        .to_owned()
    })
}

fn paper(name: &str, originals: u32, copies: u32) -> Paper {
    Paper {
        name: name.into(),
        form: None,
        originals: Some(originals),
        copies: Some(copies),
        note: None,
    }
}

fn way(how: How, time: &str, fee: &str) -> Way {
    Way {
        how,
        time_limit: Some(time.into()),
        fee: Some(fee.into()),
        fee_set_by: None,
        note: None,
    }
}

fn birth() -> Procedure {
    Procedure {
        code: "1.001193.H51".into(),
        name: "Đăng ký khai sinh".into(),
        short_name: None,
        field: "Hộ tịch".into(),
        level: Vec::new(),
        agency: None,
        applicants: Vec::new(),
        steps: String::new(),
        ways: vec![
            way(How::InPerson, "3 ngày làm việc", "8.000 đồng"),
            way(How::Online, "3 ngày làm việc", "Miễn lệ phí"),
        ],
        cases: vec![Case {
            title: None,
            sets: None,
            papers: vec![
                paper("- Tờ khai đăng ký khai sinh;", 1, 0),
                paper("Giấy chứng sinh", 1, 1),
                paper("Giấy tờ tùy thân", 0, 0),
            ],
        }],
        forms: Vec::new(),
        result: None,
        conditions: None,
        legal_basis: Vec::new(),
        decision: None,
        effective: None,
        repealed: None,
        online: None,
        receive_at: Some("quầy số 2".into()),
    }
}

#[test]
fn the_short_text_says_what_to_bring_how_long_how_much_and_where() {
    assert_eq!(
        short_text(&birth(), &words()),
        "Đăng ký khai sinh\n\
         Mã 1.001193.H51\n\
         Giấy tờ mang theo:\n\
         1. Tờ khai đăng ký khai sinh (1 bản chính)\n\
         2. Giấy chứng sinh (1 bản chính, 1 bản sao)\n\
         3. Giấy tờ tùy thân\n\
         Thời hạn: 3 ngày làm việc\n\
         Lệ phí: Trực tiếp: 8.000 đồng; Trực tuyến: Miễn lệ phí\n\
         Nộp tại quầy số 2"
    );
}

#[test]
fn what_is_not_said_is_not_made_up() {
    let mut procedure = birth();
    procedure.receive_at = None;
    procedure.ways = vec![way(
        How::InPerson,
        "1",
        "Miễn phí. Lệ phí do Hội đồng nhân dân cấp tỉnh quyết định",
    )];
    for text in [
        short_text(&procedure, &words()),
        spoken_text(&procedure, &words()),
    ] {
        for line in [
            "Thời hạn: 1 (không ghi đơn vị)",
            "Lệ phí: Chưa có mức thu: do Hội đồng nhân dân quy định",
            "Nộp: Trực tiếp",
        ] {
            let spoken = line.replace(" (", ", ").replace(')', "");
            assert!(text.contains(line) || text.contains(&spoken), "{text}");
        }
        assert!(!text.contains("Miễn phí"), "{text}");
    }
    procedure.ways.clear();
    let text = short_text(&procedure, &words());
    assert!(text.contains("Thời hạn: Chưa có thông tin\nLệ phí: Chưa có thông tin"));
    assert!(!text.contains("Nộp"), "{text}");
}

#[test]
fn papers_without_room_are_counted() {
    let mut procedure = birth();
    procedure.cases[0].papers = (1..=137)
        .map(|number| paper(&format!("Giấy tờ thứ {number} của hồ sơ đăng ký"), 1, 0))
        .collect();
    let text = short_text(&procedure, &words());
    assert!(text.len() <= LONGEST_SHORT_TEXT);
    let listed = text
        .lines()
        .filter(|line| line.contains("của hồ sơ đăng ký (1 bản chính)"))
        .count();
    assert!(listed > 3, "{text}");
    assert!(
        text.contains(&format!("… và {} giấy tờ khác", 137 - listed)),
        "{text}"
    );
    assert!(text.ends_with("Nộp tại quầy số 2"));
}

#[test]
fn a_name_that_nobody_could_type_still_leaves_room() {
    let mut procedure = birth();
    procedure.name = "đăng ký ".repeat(137).nfd().collect();
    let text = short_text(&procedure, &words());
    assert!(text.len() <= LONGEST_SHORT_TEXT && is_nfc(&text));
    assert!(text.lines().next().unwrap().ends_with('…'));
    assert!(text.contains("Giấy chứng sinh") && text.contains("Nộp tại quầy số 2"));
}

#[test]
fn an_address_is_the_procedures_own_or_the_portals_search() {
    let mut procedure = birth();
    let search = "https://dichvucong.gov.vn/tra-cuu-thu-tuc/danh-sach?keyword=1.001193&";
    for other in [
        None,
        Some("http://example.vn"),
        Some("https://"),
        Some("javascript:x"),
        Some("https://a b.vn"),
    ] {
        procedure.online = other.map(str::to_owned);
        let address = online_address(&procedure).unwrap();
        assert!(address.starts_with(search), "{address}");
    }
    procedure.online = Some(" https://dichvucong.gov.vn/x ".into());
    assert_eq!(
        online_address(&procedure).as_deref(),
        Some("https://dichvucong.gov.vn/x")
    );
    procedure.online = None;
    for code in ["", "1 2", "mã"] {
        procedure.code = code.into();
        assert_eq!(online_address(&procedure), None, "{code}");
    }
}

#[test]
fn what_is_read_aloud_has_no_abbreviations() {
    let mut procedure = birth();
    procedure.cases[0]
        .papers
        .push(paper("Thẻ BHYT hoặc CCCD", 0, 1));
    assert_eq!(
        spoken_text(&procedure, &words()),
        "Đăng ký khai sinh.\n\
         Giấy tờ mang theo:\n\
         Tờ khai đăng ký khai sinh, 1 bản chính.\n\
         Giấy chứng sinh, 1 bản chính, 1 bản sao.\n\
         Giấy tờ tùy thân.\n\
         Thẻ bảo hiểm y tế hoặc căn cước công dân, 1 bản sao.\n\
         Thời hạn: 3 ngày làm việc.\n\
         Lệ phí: Trực tiếp: 8 nghìn đồng; Trực tuyến: Miễn lệ phí.\n\
         Nộp tại quầy số 2."
    );
}

/// Any procedure at all: odd letters, no words, very long ones.
#[test]
fn any_text_fits_and_is_composed() {
    let pieces = [
        "đăng",
        "ký",
        " ",
        "\n",
        "ư\u{031b}",
        "\u{0301}",
        "សំបុត្រ",
        "(",
        "1",
        "…",
        "\u{0}",
        "🙂",
        "-",
        "Giấy tờ",
    ];
    for seed in 0..400 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut text = |most: usize| {
            (0..random.usize(0..=most))
                .map(|_| pieces[random.usize(0..pieces.len())])
                .collect::<String>()
        };
        let mut procedure = birth();
        procedure.name = text(600);
        procedure.code = text(40);
        procedure.receive_at = Some(text(100));
        procedure.ways = (0..4)
            .map(|_| way(How::Online, &text(40), &text(200)))
            .collect();
        procedure.cases[0].papers = (0..20).map(|number| paper(&text(80), number, 1)).collect();
        let short = short_text(&procedure, &words());
        assert!(
            short.len() <= LONGEST_SHORT_TEXT,
            "seed {seed}: {}",
            short.len()
        );
        assert!(is_nfc(&short), "seed {seed}");
        assert!(!short.contains('\u{0}'), "seed {seed}");
        drop(spoken_text(&procedure, &words()));
    }
}

#[test]
fn real_procedures_fit_a_code_that_is_read_back() {
    let Some(procedures) = records::procedures() else {
        return;
    };
    assert_eq!(procedures.len(), 2642);
    let (mut largest, mut whole) = (0, 0);
    for (index, procedure) in procedures.iter().enumerate() {
        let text = short_text(procedure, &words());
        let code = &procedure.code;
        assert!(
            text.len() <= LONGEST_SHORT_TEXT,
            "{code}: {} bytes",
            text.len()
        );
        assert!(is_nfc(&text), "{code}");
        check_words(procedure, &text);
        assert!(online_address(procedure).is_some(), "{code}");
        assert!(!spoken_text(procedure, &words()).is_empty(), "{code}");
        let qr = QrCode::encode_text(&text, QrCodeEcc::Medium).unwrap();
        largest = largest.max(qr.size());
        whole += usize::from(!text.contains("… và "));
        if index % 100 == 0 || procedure.name.chars().count() > 900 || is_long(procedure) {
            assert_eq!(read_back(&qr), text, "{code}");
        }
    }
    println!("the largest code has {largest} modules; {whole} of 2642 name every paper");
    assert!(largest <= 93, "{largest} modules");
}

fn is_long(procedure: &Procedure) -> bool {
    procedure
        .cases
        .iter()
        .map(|case| case.papers.len())
        .sum::<usize>()
        > 130
}

/// Every word of a name or paper in `text` is one of the procedure's.
fn check_words(procedure: &Procedure, text: &str) {
    let whole: String = procedure
        .cases
        .iter()
        .flat_map(|case| &case.papers)
        .map(|paper| paper.name.as_str())
        .chain([procedure.name.as_str()])
        .flat_map(|name| [name, " "])
        .collect::<String>()
        .nfc()
        .collect();
    let known: std::collections::HashSet<&str> = letters(&whole).collect();
    let cut_lines = text
        .lines()
        .filter(|line| line.contains('…') && !line.starts_with('…'));
    for line in cut_lines {
        let Some((before, _)) = line.split_once('…') else {
            continue;
        };
        if line.starts_with("Lệ phí") || line.starts_with("Thời hạn") {
            continue;
        }
        let last = letters(before).last().unwrap_or_default();
        assert!(
            known.contains(last) || last.chars().all(|c| c.is_ascii_digit()),
            "{}: {last:?} in {line:?}",
            procedure.code
        );
    }
}

fn letters(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// What a decoder reads of a code, drawn at 4 pixels a module.
fn read_back(code: &QrCode) -> String {
    let (module, quiet) = (4, 4);
    let side = usize::try_from(code.size() + 2 * quiet).unwrap() * module;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        let at = |place: usize| i32::try_from(place / module).unwrap() - quiet;
        if code.get_module(at(x), at(y)) {
            0
        } else {
            255
        }
    });
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}
