//! Subtitles at the foot of a film, and two films on a page, on every screen.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "other tests share it")]
mod support;

use std::time::Duration;

use motcua_show::item::{Content, Media, SecondFilm, Video};
use motcua_show::{Cue, Text};
use motcua_typeset::page::{Element, Role};
use motcua_typeset::{Caption, Page, Rect, Run, Typesetter, Viewport, captions};
use support::{SCREENS, check_page, ink, pages_of, runs, show};

const VIETNAMESE: &str = "Mời ông bà đến quầy số 1, cán bộ hướng dẫn ông bà nộp hồ sơ trực tuyến ngay trên \
    điện thoại, không mất tiền. Khi đi, ông bà nhớ mang theo căn cước và giấy tờ gốc; hồ sơ đủ thì nhận giấy \
    hẹn, chưa đủ thì cán bộ ghi rõ còn thiếu gì, chỉ một lần. Lệ phí đăng ký thường trú trực tuyến là 10.000 \
    đồng, bằng một nửa so với nộp tại quầy.";
const KHMER: &str = "សូមអញ្ជើញលោកតាលោកយាយទៅបញ្ជរលេខ ១ មន្ត្រីនឹងណែនាំឱ្យដាក់ពាក្យតាមអនឡាញនៅលើទូរស័ព្ទដោយមិនគិតថ្លៃ \
    សូមយកអត្តសញ្ញាណប័ណ្ណនិងឯកសារដើមមកជាមួយ";
const FILMS: [(u32, u32); 6] = [
    (1920, 1080),
    (1080, 1920),
    (1000, 1000),
    (3000, 200),
    (100, 3000),
    (0, 0),
];

type Screen = (u32, u32, Option<f64>);

fn media(caption: Option<&str>) -> Media {
    Media {
        source: "x.mp4".into(),
        caption: caption.map(Text::from),
        length: None,
        pages: None,
    }
}

fn cue(from: u64, until: u64, text: &str) -> Cue {
    Cue {
        from: Duration::from_millis(from),
        until: Duration::from_millis(until),
        text: text.to_owned(),
    }
}

fn film_page(screen: Screen, size: (u32, u32), video: Video) -> Page {
    pages_of(&show(), screen, Content::Video(video), Some(size)).remove(0)
}

fn captions_of(
    cues: &[Cue],
    screen: Screen,
    size: (u32, u32),
    video: Video,
) -> (Page, Vec<Caption>) {
    let page = film_page(screen, size, video);
    let viewport = Viewport::of(screen.0, screen.1, screen.2);
    let made = captions(&mut Typesetter::new(), cues, &page, Some(size), viewport);
    (page, made)
}

fn on_lying(cues: &[Cue]) -> Vec<Caption> {
    captions_of(cues, SCREENS[0], FILMS[0], media(None).into()).1
}

fn runs_of(caption: &Caption) -> Vec<&Run> {
    let elements = caption.elements.iter();
    elements
        .filter_map(|element| match element {
            Element::Text(run) => Some(run),
            _ => None,
        })
        .collect()
}

/// The lines as they are read, and the milliseconds of each caption.
fn told(captions: &[Caption]) -> Vec<(u128, u128, String)> {
    let text = |caption: &Caption| {
        let lines: Vec<_> = runs_of(caption)
            .iter()
            .map(|run| run.text.clone())
            .collect();
        lines.join("|")
    };
    captions
        .iter()
        .map(|one| (one.from.as_millis(), one.until.as_millis(), text(one)))
        .collect()
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{2060}' | '\u{200b}'))
        .collect()
}

fn is_inside(inner: Rect, outer: Rect) -> bool {
    inner.x >= outer.x - 0.5
        && inner.right() <= outer.right() + 0.5
        && inner.y >= outer.y - 0.5
        && inner.bottom() <= outer.bottom() + 0.5
}

/// What holds of every caption of a film on a page.
fn check(page: &Page, captions: &[Caption], screen: Screen, what: &str) {
    let viewport = Viewport::of(screen.0, screen.1, screen.2);
    let Some(Element::Media { rect: place, .. }) = page.elements.first() else {
        panic!("{what}: no film");
    };
    let bar = viewport.height - viewport.frame().bar;
    for caption in captions {
        assert!(
            is_inside(caption.plate, *place),
            "{what}: {:?} leaves {place:?}",
            caption.plate
        );
        assert!(
            caption.plate.bottom() < bar,
            "{what}: {:?} lies over the bar",
            caption.plate
        );
        assert!(caption.from < caption.until, "{what}");
        let lines = runs_of(caption);
        assert!(
            (1..=2).contains(&lines.len()),
            "{what}: {} lines",
            lines.len()
        );
        for run in &lines {
            assert!(
                is_inside(ink(run), caption.plate),
                "{what}: {:?} leaves its plate",
                run.text
            );
            assert!(run.size >= 50.0, "{what}: set in {}", run.size);
            assert_eq!(run.role, Role::OnFrame);
        }
        if let [one, other] = lines.as_slice() {
            assert!(
                !ink(one).overlaps(&ink(other), 2.0),
                "{what}: lines lie over each other"
            );
        }
        assert!(
            matches!(caption.elements[0], Element::Fill { rect, role: Role::Frame, .. } if rect == caption.plate),
            "{what}: no plate"
        );
        let own = runs(page);
        let under = own
            .iter()
            .find(|run| ink(run).overlaps(&caption.plate, 0.0));
        assert!(
            under.is_none(),
            "{what}: covers {:?}",
            under.map(|run| &run.text)
        );
    }
    assert!(
        captions.is_sorted_by(|one, next| one.until <= next.from),
        "{what}: two at once"
    );
}

#[test]
fn every_cue_of_any_length_fits_every_film() {
    for text in [VIETNAMESE, KHMER] {
        let characters: Vec<char> = text.chars().collect();
        let cues: Vec<Cue> = (1..=characters.len())
            .step_by(23)
            .enumerate()
            .map(|(index, length)| {
                let start = index as u64 * 4000;
                let text: String = characters[..length].iter().collect();
                cue(start, start + 3500, text.trim())
            })
            .collect();
        for screen in SCREENS {
            for size in FILMS {
                let what = format!("a film of {size:?} on {screen:?}");
                let (page, made) = captions_of(&cues, screen, size, media(None).into());
                check(&page, &made, screen, &what);
                for cue in &cues {
                    let read: String = made
                        .iter()
                        .filter(|one| one.from >= cue.from && one.until <= cue.until)
                        .flat_map(runs_of)
                        .map(|run| letters(&run.text))
                        .collect();
                    assert_eq!(read, letters(&cue.text), "{what}");
                }
            }
        }
    }
}

#[test]
fn subtitles_stand_above_the_caption_of_the_page() {
    for caption in ["Nộp hồ sơ trực tuyến: 4 bước", VIETNAMESE] {
        let cues = [cue(
            0,
            4000,
            "Mời ông bà đến quầy số 1\ncán bộ sẽ hướng dẫn",
        )];
        let (page, made) = captions_of(&cues, SCREENS[0], FILMS[0], media(Some(caption)).into());
        check(&page, &made, SCREENS[0], caption);
        assert_eq!(made.len(), 1);
    }
}

#[test]
fn short_lines_stay_as_they_were_written() {
    let made = on_lying(&[
        cue(0, 1000, "Một\nhai"),
        cue(1000, 2000, "Một\nhai\nba\nbốn"),
        cue(2000, 3000, "- Hồ sơ đủ chưa?\n- Dạ đủ.\n- Mời bác ngồi."),
    ]);
    assert_eq!(
        told(&made),
        [
            (0, 1000, "Một|hai".to_owned()),
            (1000, 2000, "Một hai ba bốn".to_owned()),
            (2000, 2576, "- Hồ sơ đủ chưa?|- Dạ đủ.".to_owned()),
            (2576, 3000, "- Mời bác ngồi.".to_owned()),
        ]
    );
}

#[test]
fn long_cues_are_shared_out_in_reading_order() {
    let made = on_lying(&[cue(1000, 13_000, VIETNAMESE)]);
    assert!(made.len() >= 3, "{} captions", made.len());
    assert_eq!(made[0].from.as_millis(), 1000);
    assert_eq!(made.last().unwrap().until.as_millis(), 13_000);
    assert!(made.windows(2).all(|two| two[0].until == two[1].from));
}

#[test]
fn cues_at_once_share_the_foot() {
    let together = [cue(0, 4000, "Một"), cue(2000, 6000, "Hai")];
    assert_eq!(
        told(&on_lying(&together)),
        [
            (0, 2000, "Một".to_owned()),
            (2000, 4000, "Một|Hai".to_owned()),
            (4000, 6000, "Hai".to_owned()),
        ]
    );
    let touching = [cue(0, 4000, "Một"), cue(3900, 6000, "Hai")];
    assert_eq!(
        told(&on_lying(&touching)),
        [(0, 3950, "Một".to_owned()), (3950, 6000, "Hai".to_owned())]
    );
    let too_many = [cue(0, 4000, "Một\nhai"), cue(0, 4000, "Bốn\nnăm")];
    assert_eq!(
        told(&on_lying(&too_many)),
        [
            (0, 2000, "Một|hai".to_owned()),
            (2000, 4000, "Bốn|năm".to_owned())
        ]
    );
    // However many there are, it takes no time that grows with their square.
    let crowd: Vec<Cue> = (0..2000).map(|at| cue(at, 1_000_000, "x")).collect();
    assert!(on_lying(&crowd).len() <= 8000);
}

#[test]
fn a_page_without_a_film_has_no_subtitles() {
    let show = show();
    let page = &pages_of(&show, SCREENS[0], Content::Audio(media(None)), None)[0];
    let viewport = Viewport::of(1920, 1080, None);
    let cues = [cue(0, 1000, "Một")];
    assert!(captions(&mut Typesetter::new(), &cues, page, None, viewport).is_empty());
}

#[test]
fn two_films_share_the_stage() {
    for screen in SCREENS {
        for size in FILMS {
            for captions in [[None, None], [Some("Tại quầy"), Some(VIETNAMESE)]] {
                let video = Video {
                    media: media(captions[0]),
                    subtitles: None,
                    second: Some(SecondFilm {
                        source: "y.mp4".into(),
                        caption: captions[1].map(Text::from),
                    }),
                };
                let what = format!("two films of {size:?}");
                let all = pages_of(&show(), screen, Content::Video(video.clone()), Some(size));
                for page in &all {
                    check_page(page, screen, &what);
                }
                let films: Vec<Rect> = all[0]
                    .elements
                    .iter()
                    .filter_map(|element| match element {
                        Element::Media { rect, .. } => Some(*rect),
                        _ => None,
                    })
                    .collect();
                let [first, second] = films.as_slice() else {
                    panic!("{what}: {} films", films.len());
                };
                assert!(!first.overlaps(second, 0.0), "{what} lie over each other");
                let is_below = second.y >= first.bottom();
                assert_eq!(is_below, screen.1 > screen.0, "{what} on {screen:?}");
                let cues = [cue(0, 9000, VIETNAMESE)];
                let (page, made) = captions_of(&cues, screen, size, video);
                check(&page, &made, screen, &what);
            }
        }
    }
}
