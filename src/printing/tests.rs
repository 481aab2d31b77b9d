use std::io::Read as _;
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

fn slip() -> Slip {
    serde_json::from_str(r#"{"headline":"Đăng ký khai sinh"}"#).unwrap()
}

/// A press whose drawer is a line of the shell.
fn press(at: At, drawer: &str) -> Press {
    let printer = Printer { at, dots: 384 };
    Press::drawing_with(printer, ["sh", "-c", drawer].map(OsString::from).to_vec())
}

fn print(press: &Press) -> Receiver<Outcome> {
    let (tell, told) = channel();
    let tell: Told = Arc::new(move |outcome| drop(tell.send(outcome)));
    press.print(&slip(), &tell);
    told
}

fn outcome(press: &Press) -> Outcome {
    print(press).recv_timeout(PATIENCE).unwrap()
}

fn listening() -> (TcpListener, At) {
    let printer = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("tcp://{}", printer.local_addr().unwrap());
    (printer, At::read(&at).unwrap())
}

#[test]
fn a_printer_on_the_network_gets_what_was_drawn() {
    let (printer, at) = listening();
    let received = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        printer.accept().unwrap().0.read_to_end(&mut bytes).unwrap();
        bytes
    });
    // The drawer hands back what it was given: the slip, as wide as the printer.
    let outcome = outcome(&press(at, "cat; head -c 300000 /dev/zero"));
    assert!(matches!(outcome, Outcome::Printed), "{outcome:?}");
    let received = received.join().unwrap();
    let (json, zeros) = received.split_at(received.len() - 300_000);
    assert!(zeros.iter().all(|&byte| byte == 0));
    let read: Slip = serde_json::from_slice(json).unwrap();
    assert_eq!(
        (read.dots, read.headline.as_str()),
        (384, "Đăng ký khai sinh")
    );
}

#[test]
fn a_device_gets_what_was_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("lp0");
    let at = At::Device(device.clone());
    let printer = Printer {
        at: at.clone(),
        dots: 576,
    };
    assert!(!printer.is_there());
    let drawer = "printf dots";
    assert!(matches!(
        outcome(&press(at.clone(), drawer)),
        Outcome::NotThere
    ));
    std::fs::write(&device, "").unwrap();
    assert!(printer.is_there());
    assert!(matches!(outcome(&press(at, drawer)), Outcome::Printed));
    assert_eq!(std::fs::read(&device).unwrap(), b"dots");
}

#[test]
fn a_printer_that_takes_nothing_is_given_up() {
    // It accepts and never reads; the buffers between hold some megabytes at the most.
    let (_printer, at) = listening();
    let mut press = press(at, "head -c 15000000 /dev/zero");
    press.swallowing = Duration::from_millis(200);
    let outcome = outcome(&press);
    assert!(
        matches!(
            outcome,
            Outcome::Refused {
                why: Refusal::Slow(_)
            }
        ),
        "{outcome:?}"
    );
}

#[test]
fn nobody_there_is_said() {
    let (printer, at) = listening();
    let there = Printer {
        at: at.clone(),
        dots: 576,
    };
    assert!(there.is_there());
    drop(printer);
    assert!(!there.is_there());
    let outcome = outcome(&press(at, "echo dots"));
    assert!(matches!(outcome, Outcome::NotThere), "{outcome:?}");
}

#[test]
fn what_cannot_be_drawn_is_refused_with_its_reason() {
    let at = || At::Device("/nonexistent/lp0".into());
    let Outcome::Refused { why } = outcome(&press(at(), "echo no font >&2; exit 1")) else {
        panic!("it was not refused")
    };
    assert!(why.to_string().contains("no font"), "{why}");
}

#[test]
fn a_second_slip_waits_for_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let gate = folder.path().join("gate");
    let drawer = format!("until [ -e {} ]; do sleep 0.01; done", gate.display());
    let device = folder.path().join("lp0");
    std::fs::write(&device, "").unwrap();
    let press = press(At::Device(device), &drawer);
    let first = print(&press);
    let second = outcome(&press);
    assert!(
        matches!(second, Outcome::Refused { why: Refusal::Busy }),
        "{second:?}"
    );
    std::fs::write(&gate, "").unwrap();
    assert!(matches!(
        first.recv_timeout(PATIENCE).unwrap(),
        Outcome::Printed
    ));
    assert!(matches!(outcome(&press), Outcome::Printed));
}

/// Nothing leaves the paper and no word is lost, however long.
#[test]
fn long_slips_stay_on_the_paper() {
    use motcua_typeset::{Element, Typesetter};
    let name = "Đăng ký biến động quyền sử dụng đất ".repeat(31);
    let mut slip = slip();
    slip.headline = name.clone();
    slip.papers_head = "Giấy tờ mang theo".into();
    slip.cases = vec![Case {
        title: "Trường hợp thứ nhất".into(),
        papers: (0..137)
            .map(|number| Paper {
                name: format!("Giấy tờ số {number} {}", "x".repeat(number)),
                counts: "1 bản chính".into(),
                is_ticked: number == 3,
            })
            .collect(),
    }];
    for dots in [USUAL_DOTS, NARROW_DOTS] {
        slip.dots = dots;
        let pieces = layout::pieces(&mut Typesetter::new(), &slip);
        assert!(pieces.len() > 2);
        let (width, mut read, mut boxes) = (dots as f32 / layout::SCALE, String::new(), 0);
        for piece in &pieces {
            let height = piece.dots as f32 / layout::SCALE;
            for element in &piece.elements {
                match element {
                    Element::Text(run) => {
                        assert!(
                            run.rect.x >= -0.1 && run.rect.right() <= width + 0.5,
                            "{run:?}"
                        );
                        let baseline = run.rect.y + motcua_typeset::typesetter::ASCENT * run.size;
                        assert!(run.rect.y > -30.0 && baseline <= height, "{run:?}");
                        read.push_str(&run.text);
                    }
                    Element::Outline { rect, .. } => {
                        boxes += 1;
                        assert!(rect.right() <= width && rect.bottom() <= height);
                    }
                    _ => {}
                }
            }
        }
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        let read = letters(&read).replace('\u{a0}', "");
        assert_eq!(boxes, 137);
        assert!(read.contains(&letters(&name)));
        assert!(read.contains(&"x".repeat(136)));
    }
}
