//! Every kind on every screen and in every language: nothing outside, nothing overlapping, nothing too
//! small, nothing lost.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeMap;

use motcua_show::item::{Announcement, Content, Guide, Media, Question};
use motcua_show::{Language, Text};
use motcua_typeset::page::{Fit, Surround};
use motcua_typeset::{
    Alert, AlertPart, AlertTone, Card, Closed, Element, Enrolment, Page, Typesetter, Viewport,
    Words,
};
use support::{
    SCREENS, check_nothing_lost, check_page, pages, pages_of, read, runs, show, word_list, words,
};

const KHMER: &str = "ប្រជាពលរដ្ឋអាចដាក់ពាក្យសុំចុះបញ្ជីកំណើតតាមអ៊ីនធឺណិត ដោយមិនចាំបាច់មកការិយាល័យឡើយ";
const LINK: &str = "https://dichvucong.gov.vn/p/home/dvc-trang-chu.html";

fn in_three_languages(vietnamese: &str, khmer: &str, english: &str) -> Text {
    Text::ByLanguage(BTreeMap::from([
        (Language::Vi, vietnamese.to_owned()),
        (Language::Km, khmer.to_owned()),
        (Language::En, english.to_owned()),
    ]))
}

fn repeated(text: &str, times: usize) -> String {
    vec![text; times].join(" ")
}

fn announcement(title: Text, body: Text, link: Option<&str>) -> Content {
    Content::Announcement(Announcement {
        title,
        body: Some(body),
        agency: Some("Ủy ban nhân dân phường Phú Lợi, thành phố Cần Thơ".into()),
        number: Some("12/TB-UBND".to_owned()),
        date: Some(jiff::civil::date(2026, 11, 20)),
        link: link.map(str::to_owned),
        link_purpose: Some("Đến gần, quét mã để bắt đầu".into()),
    })
}

fn long_text(paragraphs: usize) -> String {
    (0..paragraphs)
        .map(|index| {
            format!(
                "Đoạn {index}: lệ phí **10.000 đồng**, trong 3 ngày làm việc kể từ ngày 23/11/2026 theo Điều 8 Nghị định số \
                 63/2010/NĐ-CP, ông bà đến quầy số 2 hoặc gọi 0299 3623 333 (xem thêm tại {LINK}{LINK}) để được hướng dẫn; \
                 Ổ Ễ Ậ Ặ Ỵ."
            )
        })
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// One of each kind, short, usual and long.
fn contents() -> Vec<(&'static str, Content, Vec<Text>)> {
    let usual = in_three_languages(
        "Nộp hồ sơ trực tuyến, lệ phí chỉ còn một nửa",
        "ដាក់ពាក្យតាមអ៊ីនធឺណិត កម្រៃសេវានៅសល់ពាក់កណ្តាល",
        "File online and pay only half of the fee",
    );
    let body = in_three_languages(
        "Đăng ký thường trú trực tuyến **10.000 đồng**, tại quầy 20.000 đồng. Cán bộ ở **quầy số 2** hướng dẫn ông bà làm \
         ngay trên điện thoại.",
        KHMER,
        "Registering residence costs **10,000 VND** online and 20,000 VND at the counter. Staff at **counter 2** help you do \
         it on your phone.",
    );
    let long = Text::from(long_text(14).as_str());
    let name = Text::from(
        repeated(
            "Cấp lại giấy chứng nhận đăng ký hộ kinh doanh, hợp tác xã, quỹ tín dụng nhân dân",
            13,
        )
        .as_str(),
    );
    let steps = |count: usize, times: usize| -> Vec<Text> {
        (0..count)
            .map(|_| {
                Text::from(
                    repeated(
                        "Mở Cổng Dịch vụ công quốc gia, đăng nhập bằng VNeID.",
                        times,
                    )
                    .as_str(),
                )
            })
            .collect()
    };
    let guide = |title: &Text, steps: Vec<Text>, link: Option<&str>| {
        let texts: Vec<Text> = steps.iter().cloned().chain([title.clone()]).collect();
        let guide = Guide {
            title: title.clone(),
            steps,
            link: link.map(str::to_owned),
            link_purpose: None,
        };
        (Content::Guide(guide), texts)
    };
    let question = |answer: &Text, link: Option<&str>| {
        Content::Question(Question {
            question: in_three_languages(
                "Giấy khai sinh ghi sai ngày sinh thì sửa ở đâu?",
                "តើត្រូវកែថ្ងៃខែឆ្នាំកំណើតខុសនៅឯណា?",
                "Where do I correct a wrong date of birth?",
            ),
            answer: answer.clone(),
            answered_by: Some("Công chức làm công tác hộ tịch".into()),
            link: link.map(str::to_owned),
            link_purpose: None,
        })
    };
    let media = |caption: Option<&Text>| Media {
        source: "x".into(),
        caption: caption.cloned(),
        length: None,
        pages: None,
    };
    let mut all = vec![
        (
            "announcement",
            announcement(usual.clone(), body.clone(), Some(LINK)),
            vec![usual.clone(), body.clone()],
        ),
        (
            "announcement without a code",
            announcement(usual.clone(), body.clone(), None),
            vec![usual.clone(), body.clone()],
        ),
        (
            "long announcement",
            announcement(usual.clone(), long.clone(), Some(LINK)),
            vec![long.clone()],
        ),
        (
            "long announcement without a code",
            announcement(usual.clone(), long.clone(), None),
            vec![long.clone()],
        ),
        (
            "announcement with a long name",
            announcement(name.clone(), body.clone(), Some(LINK)),
            vec![name.clone(), body.clone()],
        ),
        (
            "announcement in one word",
            announcement("A".repeat(300).as_str().into(), "".into(), Some(LINK)),
            vec![],
        ),
        ("question", question(&body, None), vec![body.clone()]),
        (
            "question with a code",
            question(&body, Some(LINK)),
            vec![body.clone()],
        ),
        (
            "long question",
            question(&long, Some(LINK)),
            vec![long.clone()],
        ),
        (
            "picture",
            Content::Image(media(Some(&usual))),
            vec![usual.clone()],
        ),
        (
            "picture without a caption",
            Content::Image(media(None)),
            vec![],
        ),
        (
            "picture with a long caption",
            Content::Image(media(Some(&long))),
            vec![long.clone()],
        ),
        (
            "film",
            Content::Video(media(Some(&body)).into()),
            vec![body.clone()],
        ),
        (
            "sound",
            Content::Audio(media(Some(&usual))),
            vec![usual.clone()],
        ),
        (
            "long sound",
            Content::Audio(media(Some(&long))),
            vec![long.clone()],
        ),
        (
            "sound without a caption",
            Content::Audio(media(None)),
            vec![],
        ),
        ("document", Content::Document(media(Some(&usual))), vec![]),
        (
            "document with a long caption",
            Content::Document(media(Some(&body))),
            vec![body.clone()],
        ),
        (
            "document with a longer caption",
            Content::Document(media(Some(&long))),
            vec![long.clone()],
        ),
    ];
    for (what, count, times, link) in [
        ("guide of four steps", 4, 1, Some(LINK)),
        ("guide of three steps without a code", 3, 2, None),
        ("guide of twelve steps", 12, 2, Some(LINK)),
        ("guide with a step longer than a page", 2, 30, None),
    ] {
        let (content, texts) = guide(&usual, steps(count, times), link);
        all.push((what, content, texts));
    }
    all
}

#[test]
fn every_kind_keeps_the_measures_on_every_screen() {
    let show = show();
    for (what, content, texts) in contents() {
        for screen in SCREENS {
            let pages = pages(&show, screen, content.clone());
            assert!(!pages.is_empty(), "{what} has no page");
            for (number, page) in pages.iter().enumerate() {
                check_page(page, screen, &format!("{what}, page {}", number + 1));
            }
            for text in &texts {
                check_nothing_lost(&pages, text, Language::Vi, what);
            }
        }
    }
}

#[test]
fn each_language_has_pages_of_its_own() {
    let show = show();
    for (what, content, texts) in contents() {
        let pages = pages(&show, SCREENS[0], content);
        for text in texts
            .iter()
            .filter(|text| matches!(text, Text::ByLanguage(_)))
        {
            if what.contains("long name")
                || what.starts_with("guide")
                || what.starts_with("document")
            {
                continue;
            }
            for language in Language::ALL {
                check_nothing_lost(&pages, text, language, what);
            }
        }
    }
}

#[test]
fn an_announcement_reads_from_the_door() {
    let show = show();
    let (_, content, _) = contents().swap_remove(0);
    let first = &pages(&show, SCREENS[0], content)[0];
    let headline = runs(first)
        .into_iter()
        .find(|run| run.text.contains("Nộp"))
        .unwrap();
    assert_eq!(headline.size, 116.0);
    let fee = runs(first)
        .into_iter()
        .find(|run| run.text.contains("10.000"))
        .unwrap();
    assert_eq!(fee.text, "10.000\u{a0}đồng");
    assert_eq!(fee.weight, motcua_typeset::Weight::Bold);
    assert!(
        first
            .elements
            .iter()
            .any(|element| matches!(element, Element::Qr { .. }))
    );
}

#[test]
fn a_picture_fills_a_lying_screen_and_the_width_of_an_upright_one() {
    let show = show();
    let media = Media {
        source: "x.jpg".into(),
        caption: Some("Chú thích".into()),
        length: None,
        pages: None,
    };
    let place = |page: &Page| match page.elements[0] {
        Element::Media { rect, fit } => (rect, fit),
        ref other => panic!("{other:?}"),
    };
    let lying = &pages(&show, (1920, 1080, None), Content::Image(media.clone()))[0];
    assert_eq!(lying.surround, Surround::Plates);
    assert_eq!(
        (place(lying).0.width, place(lying).0.height),
        (1920.0, 1080.0)
    );
    assert_eq!(place(lying).1, Fit::OverBackdrop);
    let upright = &pages(&show, (1080, 1920, None), Content::Video(media.into()))[0];
    assert_eq!(upright.surround, Surround::Frame);
    assert_eq!(place(upright).0.width, 1080.0);
    assert_eq!(place(upright).1, Fit::Contain);
}

#[test]
fn pictures_and_sheets_of_every_shape_keep_the_measures() {
    let show = show();
    let caption: Text = "Trước khi đến, ông bà mang theo: căn cước, giấy tờ gốc, điện thoại".into();
    for size in [
        (1080, 1920),
        (1000, 1000),
        (4, 3000),
        (3000, 4),
        (1600, 1200),
        (1500, 1000),
        (1920, 1080),
        (0, 0),
    ] {
        for screen in SCREENS {
            for caption in [Some(caption.clone()), None] {
                let media = Media {
                    source: "x".into(),
                    caption: caption.clone(),
                    length: None,
                    pages: None,
                };
                for content in [
                    Content::Image(media.clone()),
                    Content::Video(media.clone().into()),
                    Content::Document(media.clone()),
                ] {
                    let what = format!("{} of {size:?}", content.kind());
                    for page in pages_of(&show, screen, content, Some(size)) {
                        check_page(&page, screen, &what);
                    }
                }
            }
        }
    }
}

#[test]
fn a_poster_is_shown_whole_beside_its_caption() {
    let show = show();
    let media = Media {
        source: "x".into(),
        caption: Some("Văn hóa công vụ".into()),
        length: None,
        pages: None,
    };
    let page = &pages_of(
        &show,
        (1920, 1080, None),
        Content::Image(media),
        Some((1080, 1920)),
    )[0];
    let Element::Media { rect, .. } = page.elements[0] else {
        panic!("{:?}", page.elements[0])
    };
    assert_eq!(page.surround, Surround::Frame);
    assert_eq!(rect.right(), 1920.0);
    assert!(runs(page).iter().all(|run| run.rect.right() < rect.x));
}

#[test]
fn a_document_has_a_page_for_each_of_its_own() {
    let show = show();
    let media = Media {
        source: "x.pdf".into(),
        caption: Some("Quyết định".into()),
        length: None,
        pages: None,
    };
    let pages = pages(&show, SCREENS[0], Content::Document(media));
    assert_eq!(
        pages.iter().map(|page| page.media_page).collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert!(read(&pages).contains("Trang 2/3"));
}

#[test]
fn long_texts_go_on_over_numbered_pages() {
    let show = show();
    let content = announcement("Tiêu đề".into(), long_text(14).as_str().into(), Some(LINK));
    let pages = pages(&show, SCREENS[0], content);
    assert!(pages.len() > 2);
    for (index, page) in pages.iter().enumerate() {
        let text = read(std::slice::from_ref(page));
        assert!(
            text.contains("Tiêu đề"),
            "page {} does not say where the reader is",
            index + 1
        );
        assert!(text.contains(&format!("Trang {}/{}", index + 1, pages.len())));
        assert!(page.characters > 100);
    }
}

#[test]
fn the_card_works_with_nothing() {
    let words = words(Language::Vi);
    let long = "Trung tâm Phục vụ hành chính công phường Phú Lợi, thành phố Cần Thơ";
    let full = Card {
        title: Some(long.to_owned()),
        unit: Some("Phường Phú Lợi".to_owned()),
        hotline: Some("0299 3623 333".to_owned()),
        feedback: Some(
            "pakn.dichvucong.gov.vn, hoặc Sở Nội vụ thành phố Cần Thơ, số 2 đường Hòa Bình"
                .to_owned(),
        ),
        closed: None,
    };
    let opens = |at: &str| {
        Some(Closed {
            opens: at.parse().ok(),
            today: jiff::civil::date(2026, 11, 27),
        })
    };
    for screen in SCREENS {
        let viewport = Viewport::of(screen.0, screen.1, screen.2);
        for card in [
            Card::default(),
            full.clone(),
            Card {
                title: None,
                ..full.clone()
            },
            Card {
                hotline: None,
                ..full.clone()
            },
            Card {
                closed: opens("2026-11-30T07:00"),
                ..full.clone()
            },
        ] {
            let page = card.page(&mut Typesetter::new(), viewport, &words);
            check_page(&page, screen, "the card");
        }
        let empty = Card::default().page(&mut Typesetter::new(), viewport, &words);
        assert!(read(&[empty]).contains("Bộ phận Một cửa"));
    }
    let said = |at: &str| {
        let card = Card {
            closed: opens(at),
            ..Card::default()
        };
        let screen = SCREENS[0];
        let viewport = Viewport::of(screen.0, screen.1, screen.2);
        let page = card.page(&mut Typesetter::new(), viewport, &words);
        let said = read(&[page]);
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(said("2026-11-27T13:00").contains("Mở cửa lúc 13:00 hôm nay"));
    assert!(said("2026-11-28T07:30").contains("Mở cửa lúc 07:30 ngày mai"));
    let later = said("2026-11-30T07:00");
    assert!(
        later.contains("Mở cửa lúc 07:00 thứ Hai, ngày 30/11/2026"),
        "{later}"
    );
    assert!(said("no day").contains("Đang ngoài giờ làm việc"));
}

#[test]
fn the_code_of_a_screen_can_be_read_aloud() {
    // Where lines break does not matter.
    let unbroken = |page: &Page| {
        read(std::slice::from_ref(page))
            .split_whitespace()
            .collect::<String>()
    };
    for language in [Language::Vi, Language::Km, Language::En] {
        let words = words(language);
        for screen in SCREENS {
            let viewport = Viewport::of(screen.0, screen.1, screen.2);
            let server = "mot-cua.can-tho.example:8443".to_owned();
            let code = (
                "482 113".to_owned(),
                format!("https://{server}/accept#482113"),
            );
            let waiting = Enrolment {
                server: server.clone(),
                code: None,
            };
            let page = waiting.page(&mut Typesetter::new(), viewport, &words);
            check_page(&page, screen, "the server is not there");
            assert!(unbroken(&page).contains(&server));
            let asking = Enrolment {
                server,
                code: Some(code),
            };
            let page = asking.page(&mut Typesetter::new(), viewport, &words);
            check_page(&page, screen, "the code");
            assert!(unbroken(&page).contains("482113"));
            let has_qr = page
                .elements
                .iter()
                .any(|element| matches!(element, Element::Qr { .. }));
            assert!(has_qr || screen.0.min(screen.1) < 1080, "{screen:?}");
        }
    }
}

#[test]
fn every_word_is_written_and_translated() {
    let vietnamese = word_list(Language::Vi);
    for language in [Language::Km, Language::En] {
        let translated = word_list(language);
        for (key, word) in &vietnamese {
            let other = &translated[key];
            assert!(
                !other.is_empty() && other != word,
                "{key} ({word:?}) is not translated into {language}"
            );
            for place in ["{0}", "{1}"] {
                assert_eq!(
                    word.contains(place),
                    other.contains(place),
                    "{key} in {language}: {other:?}"
                );
            }
        }
    }
    assert_eq!(
        vietnamese.len(),
        Words::KEYS.len(),
        "ui/words.slint and words.rs have the same keys"
    );
}

/// What an alert says in each of these languages.
fn alert_in(languages: usize, title: &str, text: &str) -> Alert {
    let khmer = ("ការព្រមានបន្ទាន់", KHMER);
    let part = |label: &str, title: &str, text: &str| AlertPart {
        label: label.to_owned(),
        title: title.to_owned(),
        texts: [text, text]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect(),
        sender: Some(
            "Ban Chỉ huy Phòng chống thiên tai và Tìm kiếm cứu nạn thành phố Cần Thơ".into(),
        ),
        until: Some("Đến 23:30, 24/11".into()),
    };
    let parts = [
        part("Cảnh báo khẩn cấp", title, text),
        part(khmer.0, khmer.1, khmer.1),
        part("Emergency alert", title, text),
    ];
    Alert {
        tone: AlertTone::Extreme,
        parts: parts.into_iter().take(languages).collect(),
    }
}

#[test]
fn an_alert_fits_whatever_it_says() {
    let longest = "Ngập úng ".repeat(14);
    let (longest, text) = (
        longest.trim(),
        "Rời khỏi bờ sông và đến nơi cao. ".repeat(12),
    );
    for screen in SCREENS {
        let viewport = Viewport::of(screen.0, screen.1, screen.2);
        for (title, text) in [
            ("Lũ quét", ""),
            ("Nước sông lên nhanh", "Rời bờ sông."),
            (longest, text.trim()),
        ] {
            for languages in 1..=3 {
                let alert = alert_in(languages, title, text);
                let pages = alert.pages(&mut Typesetter::new(), viewport);
                let what = format!("an alert in {languages} languages");
                for page in &pages {
                    assert_eq!(page.surround, Surround::Whole);
                    check_page(page, screen, &what);
                }
                check_nothing_lost(&pages, &Text::from(title), Language::Vi, &what);
                check_nothing_lost(&pages, &Text::from(text), Language::Vi, &what);
                let least = runs_of(&pages).map(|run| run.size).fold(f32::MAX, f32::min);
                assert!(least >= 37.0, "{what}: {least}");
            }
        }
    }
}

#[test]
fn a_short_alert_says_it_in_every_language_on_one_page() {
    let mut alert = alert_in(3, "Báo cháy", "");
    alert.parts[1] = AlertPart {
        title: "អគ្គីភ័យ".into(),
        texts: Vec::new(),
        ..alert.parts[1].clone()
    };
    let viewport = Viewport::of(1920, 1080, None);
    let pages = alert.pages(&mut Typesetter::new(), viewport);
    assert_eq!(pages.len(), 1);
    let read = read(&pages);
    assert!(read.contains("Báo cháy") && read.contains("អគ្គីភ័យ"), "{read}");
}

fn runs_of(pages: &[Page]) -> impl Iterator<Item = &motcua_typeset::Run> {
    pages.iter().flat_map(runs)
}
