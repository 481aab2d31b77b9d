//! Procedures, boards and indicators made to be extreme: on every screen nothing clipped, nothing
//! overlapping, nothing too small, no word lost.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test panics where something is wrong"
)]
#![allow(dead_code, reason = "the shared parts serve other tests too")]

mod support;

use motcua_show::item::{Board, Chart, Content, Indicator, Point, ProcedureRef, Series};
use motcua_show::procedure::{Case, Decision, Form, How, Paper, Way};
use motcua_show::{Language, Procedure, Show, Text};
use motcua_typeset::{Element, Page, Role};
use support::SCREENS;

const LONG: &str = "Thủ tục cấp giấy phép hoạt động đo đạc và bản đồ thuộc thẩm quyền giải quyết của Ủy ban nhân dân \
    cấp tỉnh đối với tổ chức trong nước và nhà thầu nước ngoài thực hiện tại địa phương ";

fn way(how: How, time: &str, fee: &str) -> Way {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Way {
        how,
        time_limit: some(time),
        fee: some(fee),
        fee_set_by: None,
        note: None,
    }
}

fn paper(name: &str) -> Paper {
    Paper {
        name: name.to_owned(),
        form: None,
        originals: None,
        copies: None,
        note: None,
    }
}

/// Births, as an office would write it.
fn birth() -> Procedure {
    Procedure {
        code: "1.001193".into(),
        name: "Thủ tục đăng ký khai sinh".into(),
        short_name: Some("Đăng ký khai sinh".into()),
        field: "Hộ tịch".into(),
        level: vec!["xã".into()],
        agency: Some("Ủy ban nhân dân cấp xã".into()),
        applicants: vec![
            "Công dân Việt Nam".into(),
            "Người Việt Nam định cư ở nước ngoài".into(),
        ],
        steps: "- Nộp hồ sơ tại quầy.\n+ Nhận phiếu hẹn.\n- Nhận Giấy khai sinh.".into(),
        ways: vec![
            way(How::InPerson, "Trong ngày", "Miễn lệ phí"),
            way(How::Online, "Trong ngày", "Miễn lệ phí"),
            way(How::Post, "Trong ngày", "Miễn lệ phí"),
        ],
        cases: vec![Case {
            title: None,
            sets: Some(1),
            papers: vec![
                Paper {
                    form: Some("Mẫu TK-1".into()),
                    ..paper("Tờ khai")
                },
                Paper {
                    originals: Some(1),
                    ..paper("Giấy chứng sinh")
                },
                Paper {
                    note: Some("xuất trình".into()),
                    ..paper("Căn cước người đi khai")
                },
            ],
        }],
        forms: vec![Form {
            name: "Tờ khai đăng ký khai sinh".into(),
            source: None,
        }],
        result: Some("Giấy khai sinh".into()),
        conditions: None,
        legal_basis: vec!["60/2014/QH13".into(), "123/2015/NĐ-CP".into()],
        decision: Some(Decision {
            number: "163/QĐ-BTP".into(),
            date: Some(jiff::civil::date(2025, 1, 20)),
            agency: Some("Bộ Tư pháp".into()),
        }),
        effective: None,
        repealed: None,
        online: Some(
            "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bfd-3fe0-70ac-b9d6-5e9e20d6eef7"
                .into(),
        ),
        receive_at: Some("quầy số 2".into()),
    }
}

fn show_of(procedures: Vec<Procedure>) -> Show {
    let mut show = support::show();
    show.procedures = procedures
        .into_iter()
        .map(|one| (one.base_code().to_owned(), one))
        .collect();
    show
}

fn posted(procedure: &Procedure, screen: (u32, u32, Option<f64>)) -> Vec<Page> {
    let content = Content::Procedure(ProcedureRef {
        code: procedure.code.clone(),
    });
    let pages = support::pages(&show_of(vec![procedure.clone()]), screen, content);
    for (index, page) in pages.iter().enumerate() {
        support::check_page(
            page,
            screen,
            &format!("page {} of {:?}", index + 1, procedure.headline()),
        );
    }
    pages
}

/// Letters and figures alone: spaces and line ends are set anew.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn reads(pages: &[Page], text: &str) -> bool {
    letters(&support::read(pages)).contains(&letters(text))
}

#[test]
fn the_first_page_answers_how_long_how_much_and_which_papers() {
    for screen in SCREENS {
        let pages = posted(&birth(), screen);
        for answer in [
            "1.001193",
            "Đăng ký khai sinh",
            "Trong ngày",
            "Miễn lệ phí",
            "3 cách",
            "quầy số 2",
        ] {
            // A body of few lines refers to the papers and leaves out where to hand them in.
            let is_small = screen.2.is_some() && answer == "quầy số 2";
            assert!(
                is_small || reads(&pages[..1], answer),
                "{answer:?} is not on the first page at {screen:?}"
            );
        }
    }
    let pages = posted(&birth(), SCREENS[0]);
    for paper in [
        "Tờ khai",
        "mẫu có tại quầy",
        "Giấy chứng sinh",
        "Căn cước người đi khai",
        "xuất trình",
    ] {
        assert!(
            reads(&pages[..1], paper),
            "{paper:?} is not on the first page"
        );
    }
    assert!(
        pages[0]
            .elements
            .iter()
            .any(|element| matches!(element, Element::Qr { .. }))
    );
}

#[test]
fn fields_follow_each_other_as_the_decree_has_them() {
    let pages = posted(&birth(), SCREENS[0]);
    let read = letters(&support::read(&pages[1..]));
    let mut from = 0;
    for head in [
        "Tên thủ tục",
        "Trình tự thực hiện",
        "Cách thức nộp",
        "Thành phần hồ sơ",
        "Mẫu đơn, tờ khai",
        "Thời hạn",
        "Đối tượng thực hiện",
        "Cơ quan thực hiện",
        "Kết quả",
        "Lệ phí",
        "Căn cứ pháp lý",
        "Quyết định công bố",
    ] {
        let at = read[from..]
            .find(&letters(head))
            .unwrap_or_else(|| panic!("{head:?} is not where it belongs"));
        from += at + letters(head).len();
    }
    assert!(reads(&pages, "163/QĐ-BTP, ngày 20/01/2025, Bộ Tư pháp"));
}

#[test]
fn a_fee_that_is_not_set_is_said_to_be_so() {
    let left = "Miễn phí. Lệ phí do Hội đồng nhân dân cấp tỉnh quyết định";
    let procedure = Procedure {
        ways: vec![way(How::InPerson, "3 ngày làm việc", left)],
        ..birth()
    };
    for screen in SCREENS {
        let pages = posted(&procedure, screen);
        assert!(
            !reads(&pages, "Miễn"),
            "an unset fee looks free at {screen:?}"
        );
        assert!(reads(
            &pages,
            "Chưa có mức thu: do Hội đồng nhân dân quy định"
        ));
    }
    let unknown = Procedure {
        ways: vec![way(How::InPerson, "3 ngày", "")],
        ..birth()
    };
    assert!(reads(
        &posted(&unknown, SCREENS[0])[..1],
        "Chưa có thông tin"
    ));
}

#[test]
fn what_is_not_posted_has_no_page() {
    let repealed = Procedure {
        repealed: Some(jiff::civil::date(2026, 11, 23)),
        ..birth()
    };
    let coming = Procedure {
        effective: Some(jiff::civil::date(2026, 11, 24)),
        ..birth()
    };
    assert!(posted(&repealed, SCREENS[0]).is_empty());
    assert!(posted(&coming, SCREENS[0]).is_empty());
    let show = show_of(vec![
        repealed,
        Procedure {
            code: "1.1".into(),
            short_name: Some("Khai tử".into()),
            ..birth()
        },
    ]);
    let board = Content::Procedures(Board {
        field: "hộ tịch".into(),
        level: Some("Cấp xã".into()),
    });
    let pages = support::pages(&show, SCREENS[0], board);
    assert!(reads(&pages, "Khai tử") && !reads(&pages, "Đăng ký khai sinh"));
}

#[test]
fn extreme_procedures_are_posted_whole() {
    let unbroken = "https://dichvucong.gov.vn/".to_owned() + &"a1b2c3d4".repeat(60);
    let extremes = [
        Procedure {
            short_name: None,
            name: LONG.repeat(7),
            field: LONG.into(),
            ..birth()
        },
        Procedure {
            online: None,
            receive_at: Some(LONG.into()),
            ..birth()
        },
        Procedure {
            steps: format!("{LONG}\n").repeat(40),
            conditions: Some(unbroken.clone()),
            ..birth()
        },
        Procedure {
            name: unbroken,
            short_name: None,
            ..birth()
        },
        Procedure {
            ways: vec![
                way(How::InPerson, "", &LONG.repeat(4)),
                way(How::Online, &LONG.repeat(2), "10.000 đồng"),
                Way {
                    note: Some(LONG.repeat(3)),
                    fee_set_by: Some(LONG.into()),
                    ..way(How::Post, "2 giờ", "")
                },
            ],
            ..birth()
        },
        Procedure {
            ways: Vec::new(),
            cases: Vec::new(),
            online: None,
            receive_at: None,
            level: Vec::new(),
            ..birth()
        },
        Procedure {
            cases: (0..30)
                .map(|case| Case {
                    title: Some(format!("Trường hợp {case}: {LONG}")),
                    sets: Some(case),
                    papers: (0..5)
                        .map(|_| Paper {
                            form: Some(LONG.into()),
                            copies: Some(3),
                            ..paper(LONG)
                        })
                        .collect(),
                })
                .collect(),
            ..birth()
        },
    ];
    for procedure in &extremes {
        for screen in SCREENS {
            let pages = posted(procedure, screen);
            let texts = [&procedure.name, &procedure.steps];
            let papers = procedure
                .cases
                .iter()
                .flat_map(|case| &case.papers)
                .map(|paper| &paper.name);
            for text in texts
                .into_iter()
                .chain(papers)
                .chain(procedure.conditions.iter())
            {
                let read = letters(&support::read(&pages));
                let lost = text
                    .split_whitespace()
                    .map(letters)
                    .find(|word| word.len() < 40 && !read.contains(word));
                assert_eq!(lost, None, "{screen:?}");
            }
        }
    }
}

#[test]
fn boards_hold_every_procedure_once() {
    let named = |index: usize, name: String| Procedure {
        code: format!("1.{index:06}"),
        short_name: Some(name),
        ..birth()
    };
    let boards = [
        (1..=5)
            .map(|index| named(index, format!("Đăng ký {index}")))
            .collect::<Vec<_>>(),
        (1..=23)
            .map(|index| named(index, LONG.repeat(1 + index % 4)))
            .collect(),
        vec![named(1, LONG.repeat(12)), named(2, "Khai tử".into())],
        vec![Procedure {
            ways: vec![way(How::InPerson, LONG, &LONG.repeat(6))],
            ..birth()
        }],
    ];
    for procedures in boards {
        let show = show_of(procedures.clone());
        for screen in SCREENS {
            let board = Content::Procedures(Board {
                field: "Hộ tịch".into(),
                level: None,
            });
            let pages = support::pages(&show, screen, board);
            for page in &pages {
                support::check_page(page, screen, "a board");
            }
            let read = support::read(&pages);
            for procedure in &procedures {
                assert_eq!(
                    read.matches(&procedure.code).count(),
                    1,
                    "{} at {screen:?}",
                    procedure.code
                );
            }
        }
    }
    let five = show_of(
        (1..=5)
            .map(|index| named(index, format!("Đăng ký khai sinh {index}")))
            .collect(),
    );
    let board = || {
        Content::Procedures(Board {
            field: "Hộ tịch".into(),
            level: None,
        })
    };
    assert_eq!(
        support::pages(&five, SCREENS[0], board()).len(),
        1,
        "five short names make one page"
    );
    let six = show_of(
        (1..=6)
            .map(|index| named(index, format!("Đăng ký khai sinh {index}")))
            .collect(),
    );
    let pages = support::pages(&six, SCREENS[0], board());
    let rows = |page: &Page| {
        support::runs(page)
            .iter()
            .filter(|run| run.text.starts_with("Đăng ký khai"))
            .count()
    };
    assert_eq!(
        pages.iter().map(rows).collect::<Vec<_>>(),
        [3, 3],
        "pages are filled evenly"
    );
}

fn series(name: Option<&str>, highlight: bool, points: &[(&str, f64)]) -> Series {
    let point = |(at, value): &(&str, f64)| Point {
        at: (*at).to_owned(),
        value: *value,
    };
    Series {
        name: name.map(Text::from),
        highlight,
        points: points.iter().map(point).collect(),
    }
}

fn indicator(chart: Chart, series: Vec<Series>) -> Indicator {
    Indicator {
        title: "Chỉ số cải cách hành chính tăng năm thứ tư liên tiếp".into(),
        name_short: Some("PAR Index".into()),
        unit: "điểm trên 100".into(),
        source_note: Some("Bộ Nội vụ (số minh họa)".into()),
        chart,
        max: None,
        series,
    }
}

const YEARS: [(&str, f64); 5] = [
    ("2020", 78.2),
    ("2021", 82.6),
    ("2022", 84.0),
    ("2023", 85.7),
    ("2024", 87.3),
];

#[test]
fn a_bar_is_as_long_as_its_value() {
    let shown = Indicator {
        max: Some(100.0),
        ..indicator(Chart::Bars, vec![series(None, false, &YEARS)])
    };
    let pages = support::pages(&support::show(), SCREENS[0], Content::Indicator(shown));
    assert_eq!(pages.len(), 1);
    let bars: Vec<(f32, Role)> = pages[0]
        .elements
        .iter()
        .filter_map(|element| match element {
            Element::Fill {
                rect,
                role: role @ (Role::Series | Role::Accent),
                ..
            } => Some((rect.height, *role)),
            _ => None,
        })
        .collect();
    assert_eq!(
        bars.iter().map(|(_, role)| *role).collect::<Vec<_>>(),
        [
            Role::Series,
            Role::Series,
            Role::Series,
            Role::Series,
            Role::Accent
        ]
    );
    for ((height, _), (_, value)) in bars.iter().zip(YEARS) {
        let expected = f64::from(bars[4].0) * value / 87.3;
        assert!(
            (f64::from(*height) - expected).abs() < 1.0,
            "{value} is {height} high"
        );
    }
    assert!(reads(&pages, "84,0") && reads(&pages, "điểm trên 100, năm 2024"));
}

#[test]
fn indicators_of_every_size_are_drawn_whole() {
    let years: Vec<(String, f64)> = (2008..2026)
        .map(|year| (year.to_string(), f64::from(year) * 1234.5))
        .collect();
    let years: Vec<(&str, f64)> = years
        .iter()
        .map(|(at, value)| (at.as_str(), *value))
        .collect();
    let names: Vec<String> = (0..30)
        .map(|index| format!("Phường {index} của thành phố"))
        .collect();
    let many: Vec<Series> = names
        .iter()
        .enumerate()
        .map(|(index, name)| series(Some(name), index == 3, &[("2024", 60.0 + index as f64)]))
        .collect();
    let over_time = |count: usize| -> Vec<Series> {
        names[..count]
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let points: Vec<(&str, f64)> = YEARS
                    .iter()
                    .map(|(at, value)| (*at, value - 3.0 * index as f64))
                    .collect();
                series(Some(name), index == 1, &points)
            })
            .collect()
    };
    let extremes: Vec<(&str, Vec<Series>)> = vec![
        ("one value", vec![series(None, false, &YEARS[4..])]),
        ("five years", vec![series(None, false, &YEARS)]),
        ("eighteen years", vec![series(None, false, &years)]),
        ("two series", over_time(2)),
        ("six series", over_time(6)),
        ("thirty series", over_time(30)),
        ("a comparison", many[..4].to_vec()),
        ("a long comparison", many),
        (
            "long names",
            vec![series(None, false, &[(LONG, 3.0), ("Cả nước", 4.0)])],
        ),
        (
            "negative",
            vec![series(
                None,
                false,
                &[("2022", -3.5), ("2023", 4.0), ("2024", -1.0)],
            )],
        ),
        (
            "all negative",
            vec![series(None, false, &[("2022", -3.5), ("2023", -4.0)])],
        ),
        (
            "huge and tiny",
            vec![series(
                None,
                false,
                &[("2022", f64::MAX), ("2023", f64::MIN), ("2024", 1e-12)],
            )],
        ),
        (
            "nothing finite",
            vec![series(
                None,
                false,
                &[("2022", f64::NAN), ("2023", f64::INFINITY)],
            )],
        ),
        ("nothing", Vec::new()),
    ];
    for (what, drawn) in extremes {
        for chart in [Chart::Bars, Chart::Lines] {
            for screen in SCREENS {
                for title in ["Người dân hài lòng hơn", LONG, &LONG.repeat(6)] {
                    let shown = Indicator {
                        title: title.into(),
                        ..indicator(chart, drawn.clone())
                    };
                    let pages = support::pages(&support::show(), screen, Content::Indicator(shown));
                    for page in &pages {
                        support::check_page(page, screen, what);
                    }
                    support::check_nothing_lost(&pages, &title.into(), Language::Vi, what);
                    assert!(
                        reads(&pages, "Bộ Nội vụ"),
                        "{what}: the source is lost at {screen:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_further_page_leads_inspectors_to_what_is_proved() {
    for screen in SCREENS {
        let procedure = birth();
        let content = Content::Procedure(ProcedureRef {
            code: procedure.code.clone(),
        });
        let show = show_of(vec![procedure]);
        let inspected = Some(support::INSPECTION);
        let pages = support::pages_inspected(&show, screen, content.clone(), None, inspected);
        let link = format!("{}/1.001193", support::INSPECTION);
        let has_code = |page: &Page| {
            page.elements
                .iter()
                .any(|element| matches!(element, Element::Qr { content, .. } if *content == link))
        };
        let with: Vec<usize> = (0..pages.len())
            .filter(|&index| has_code(&pages[index]))
            .collect();
        assert!(with.len() == 1 && with[0] > 0, "{screen:?}: {with:?}");
        for (index, page) in pages.iter().enumerate() {
            support::check_page(page, screen, &format!("page {}", index + 1));
        }
        assert!(!support::pages(&show, screen, content).iter().any(has_code));
    }
}
