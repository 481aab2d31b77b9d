//! Proofs and reports as screens, auditors and inspectors meet them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api_support;
mod support;

use std::io::{Cursor, Write as _};

use api_support::{Caller, Running, Taken, enrol, sha256, start};
use calamine::{Data, Reader as _, Xlsx};
use motcua_proof::{ChainId, Keys, verify};
use motcua_sync::identity::ScreenKey;
use serde_json::{Value, json};
use support::played::{Player, after, shown, started, working};
use ureq::http::Method;

const SHOW: &str = r#"
title = "Một cửa"

[plan]
title = "Kế hoạch"

[[plan.topic]]
name = "digital"
title = "=Chuyển đổi số"
minutes_per_day = 30

[[office_hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "07:00"
until = "11:00"

[[playlist]]
name = "loop"

[[playlist.item]]
kind = "announcement"
name = "cds"
topic = "digital"
title = "Thông báo"
body = "Nội dung"
"#;

const PROCEDURE: &str = r#"
code = "1.001193.H51"
name = "Đăng ký <khai sinh> & \"nhận\" kết quả"
field = "Hộ tịch"
steps = "Nộp hồ sơ."
effective = 2026-11-20
decision = { number = "163/QĐ-BTP", date = 2026-01-20, agency = "Bộ Tư pháp" }

[[way]]
how = "in-person"
time_limit = "3 ngày làm việc"
fee = "Miễn phí"

[[case]]
[[case.paper]]
name = "Tờ khai"
"#;

/// An office with a show and a screen that has shown it.
struct Story {
    running: Running,
    admin: Caller,
    unit: String,
    taken: Taken,
    player: Player,
}

impl Story {
    async fn begin() -> Self {
        let running = start(|_| {}).await;
        let admin = running.admin();
        let unit = admin.unit("Phường Phú Lợi", None);
        let mut files = json!({});
        for (path, text) in [("show.toml", SHOW), ("procedures/1.001193.toml", PROCEDURE)] {
            let hash = admin.upload(text.as_bytes());
            files[path] = json!({"sha256": hash, "length": text.len()});
        }
        let path = format!("/api/v1/units/{unit}/releases");
        admin.post(&path, json!({"title": "Một cửa", "files": files}));
        let repository = &running.server.app().repository;
        let release = repository.release(&unit.parse().unwrap()).await.unwrap();
        let release = sha256(&serde_json::to_vec(&release.unwrap()).unwrap());
        let mut taken = enrol(&admin, &unit);
        let key = std::mem::replace(&mut taken.key, ScreenKey::generate().unwrap());
        let mut player = Player::of(key, 1);
        let at = |text: &str| text.parse().unwrap();
        // Monday from 07:00 to 09:00 in Vietnam.
        player.append(at("2026-11-23T00:00:00Z"), started());
        let release = release.parse().unwrap();
        let mut now = at("2026-11-23T00:00:00Z");
        for _ in 0..12 {
            player.show(now, shown("cds", "digital", ""), 60_000);
            now = after(now, 600_000);
            player.append(now, working(10, &release));
        }
        Self {
            running,
            admin,
            unit,
            taken,
            player,
        }
    }

    fn send(&self, body: &[u8], headers: &[(&str, &str)]) -> (u16, Value) {
        let mut answer = self.taken.caller.send(
            Method::POST,
            "/api/v1/screen/proofs",
            headers,
            body.to_vec(),
        );
        let text = answer.body_mut().read_to_string().unwrap();
        (
            answer.status().as_u16(),
            serde_json::from_str(&text).unwrap(),
        )
    }

    fn known(&self) -> Value {
        let path = format!("/api/v1/screen/proofs?chain={}", self.player.head().chain);
        let (status, answer) = self.taken.caller.get(&path);
        assert_eq!(status, 200, "{answer}");
        answer["known"].clone()
    }

    fn upload(&self) {
        let (status, answer) =
            self.send(self.player.body(0, self.player.lines.len()).as_bytes(), &[]);
        assert_eq!(status, 200, "{answer}");
    }
}

fn packed(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

const PERIOD: &str = "from=2026-11-23&until=2026-11-23";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_sends_what_it_has_shown() {
    let story = Story::begin().await;
    assert_eq!(story.known(), Value::Null);
    let tally = "{\"tally\":{\"2026-11-23\":{\"failed\":{\"khai sinh\":3},\"rated\":{\"5\":2}}}}\n";
    let body = story.player.body(0, 10) + tally;
    for _ in 0..2 {
        let (status, answer) = story.send(&packed(&body), &[("content-encoding", "gzip")]);
        assert_eq!(
            (status, answer["through"].as_u64()),
            (200, Some(10)),
            "{answer}"
        );
        let line = answer["countersign"].as_str().unwrap();
        assert!(line.starts_with("{\"countersign\":"), "{line}");
    }
    let head = &story.player.heads[10];
    let known = json!({"chain": head.chain, "seq": 10, "hash": head.hash});
    assert_eq!(story.known(), known);
    let (status, answer) = story.send(story.player.body(12, 3).as_bytes(), &[]);
    assert_eq!((status, &answer["known"]), (409, &known), "{answer}");
    assert!(
        answer["error"].as_str().unwrap().contains("11 to 12"),
        "{answer}"
    );

    let (status, _) = story.send(b"no proof", &[]);
    assert_eq!(status, 400);
    let (status, _) = story.send(&vec![b'x'; 3 << 20], &[]);
    assert_eq!(status, 413);
    let (status, _) = story.send(b"x", &[("content-encoding", "br")]);
    assert_eq!(status, 415);
    let stranger = Player::of(ScreenKey::generate().unwrap(), 1);
    let mut other = stranger;
    other.append("2026-11-23T00:00:00Z".parse().unwrap(), started());
    assert_eq!(story.send(other.body(0, 1).as_bytes(), &[]).0, 400);
    assert_eq!(
        story
            .admin
            .get("/api/v1/screen/proofs?chain=0101010101010101")
            .0,
        403
    );

    let (status, rows) = story
        .admin
        .get(&format!("/api/v1/reports/visitors?{PERIOD}"));
    assert_eq!(status, 200);
    let wanted = json!([
        {"unit": story.unit, "kind": "failed", "subject": "khai sinh", "number": 3},
        {"unit": story.unit, "kind": "rated", "subject": "5", "number": 2},
    ]);
    assert_eq!(rows, wanted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_reads_and_changes_nothing() {
    let story = Story::begin().await;
    story.upload();
    let auditor = story
        .running
        .with_token(&story.admin.token("auditor", None));
    let screen = &story.taken.acceptance.screen;
    let posted = format!("/api/v1/reports/posted?screen={screen}&procedure=1.001193&{PERIOD}");
    let (status, answer) = auditor.get(&posted);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["posted_ms"], 2 * 3_600_000);
    assert_eq!(answer["due_ms"], 4 * 3_600_000);
    assert_eq!(answer["decision"], "163/QĐ-BTP");
    assert_eq!(answer["days_late"], 3);
    assert_eq!(answer["gaps"].as_array().unwrap().len(), 1);
    let (status, rows) = auditor.get(&format!("/api/v1/reports/air-time?{PERIOD}"));
    assert_eq!(
        (status, rows[0]["ms"].as_i64()),
        (200, Some(12 * 60_000)),
        "{rows}"
    );
    assert_eq!(rows[0]["target_ms"], 30 * 60_000);
    let (status, rows) = auditor.get(&format!("/api/v1/reports/lacking?hours=3&{PERIOD}"));
    assert_eq!((status, rows.as_array().unwrap().len()), (200, 1), "{rows}");
    let (_, rows) = auditor.get(&format!("/api/v1/reports/lacking?hours=2&{PERIOD}"));
    assert_eq!(rows, json!([]));
    assert_eq!(
        auditor
            .get(&format!("/api/v1/reports/never-shown?{PERIOD}"))
            .1,
        json!([])
    );
    let (_, chains) = auditor.get("/api/v1/reports/chains");
    assert_eq!(chains[0]["seq"].as_u64(), Some(story.player.head().seq));

    for (path, status) in [
        ("/api/v1/reports/posted?screen=nobody&procedure=1", 404),
        ("/api/v1/reports/air-time?from=yesterday", 400),
        (
            "/api/v1/reports/air-time?from=2026-11-24&until=2026-11-23",
            400,
        ),
        ("/api/v1/reports/air-time?unit=nowhere", 404),
        ("/api/v1/proofs/roots/last", 404),
        ("/api/v1/proofs/roots/someday", 400),
        ("/api/v1/tokens", 403),
        ("/api/v1/unsigned", 403),
    ] {
        assert_eq!(auditor.get(path).0, status, "{path}");
    }
    let rebuild =
        |caller: &Caller| caller.call(Method::POST, "/api/v1/proofs/rebuild", Some(json!({})));
    assert_eq!(rebuild(&auditor).0, 403);
    let (status, rebuilt) = rebuild(&story.admin);
    assert_eq!(
        (status, rebuilt["records"].as_u64()),
        (200, Some(story.player.head().seq))
    );
    assert_eq!(auditor.get(&posted).1["posted_ms"], 2 * 3_600_000);

    // One of another unit sees nothing of it.
    let other = story.admin.unit("Xã Mỹ Xuyên", None);
    let other = story
        .running
        .with_token(&story.admin.token("auditor", Some(&other)));
    assert_eq!(other.get(&posted).0, 403);
    assert_eq!(other.get("/api/v1/reports/chains").1, json!([]));
    assert_eq!(
        other.get(&format!("/api/v1/reports/air-time?{PERIOD}")).1,
        json!([])
    );
    // And a screen that was revoked stays known.
    let (status, _) = story
        .admin
        .call(Method::DELETE, &format!("/api/v1/screens/{screen}"), None);
    assert_eq!(status, 200);
    assert_eq!(auditor.get(&posted).0, 200);
    assert_eq!(other.get(&posted).0, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_are_for_people() {
    let story = Story::begin().await;
    story.upload();
    let fetch = |format: &str| {
        let path = format!("/api/v1/reports/air-time?{PERIOD}&format={format}");
        let mut answer = story.admin.send(Method::GET, &path, &[], Vec::new());
        assert_eq!(answer.status(), 200);
        answer.body_mut().read_to_vec().unwrap()
    };
    let list = String::from_utf8(fetch("csv")).unwrap();
    let mut lines = list.strip_prefix('\u{feff}').unwrap().lines();
    assert!(
        lines.next().unwrap().starts_with("Đơn vị,Chủ đề,"),
        "{list}"
    );
    let row = lines.next().unwrap();
    assert!(row.contains("'=Chuyển đổi số,30,12,40,12,"), "{row}");
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(fetch("xlsx"))).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let cell = |row, column| range.get((row, column)).unwrap().clone();
    assert_eq!(cell(0, 3), Data::String("Chỉ tiêu (phút)".into()));
    assert_eq!(cell(1, 2), Data::String("=Chuyển đổi số".into()));
    assert_eq!(
        (cell(1, 3), cell(1, 4)),
        (Data::Float(30.0), Data::Float(12.0))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_is_taken_away_and_checked() {
    let story = Story::begin().await;
    story.upload();
    let screen = &story.taken.acceptance.screen;
    let proofs = &story.running.server.app().proofs;
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let root = proofs.close_day(tomorrow).await.unwrap().unwrap();
    let (status, kept) = story.admin.get("/api/v1/proofs/roots/last");
    assert_eq!(
        (status, kept["root"].as_str()),
        (200, Some(root.root.as_str()))
    );
    let (_, key) = story.running.stranger().get("/api/v1/proofs/key");

    let (status, list) = story
        .admin
        .get(&format!("/api/v1/reports/proofs?screen={screen}&{PERIOD}"));
    assert_eq!(status, 200, "{list}");
    let segment = &list["proofs"][0];
    let chain: ChainId = segment["chain"].as_str().unwrap().parse().unwrap();
    let path = |last: u64| {
        format!("/api/v1/reports/proof?screen={screen}&chain={chain}&first=1&last={last}")
    };
    let mut answer = story.admin.send(
        Method::GET,
        &path(segment["last"].as_u64().unwrap()),
        &[],
        Vec::new(),
    );
    assert_eq!(answer.status(), 200);
    let proof = answer.body_mut().read_to_string().unwrap();
    let server = serde_json::from_value(key["key"].clone()).unwrap();
    let verified = verify(
        &proof,
        &Keys {
            server: Some(server),
        },
    )
    .unwrap();
    assert_eq!(verified.head, *story.player.head());
    assert_eq!(verified.countersigned.unwrap().0, story.player.head().seq);
    assert_eq!(verified.days[0].root, root.root);
    assert_eq!(key["fingerprint"].as_str().unwrap(), root.fingerprint);
    assert_eq!(
        story.admin.get(&path(1).replace("first=1", "first=2")).0,
        404
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inspector_reads_the_page() {
    let story = Story::begin().await;
    let stranger = story.running.stranger();
    let screen = &story.taken.acceptance.screen;
    let read = |path: &str| {
        let mut answer = stranger.send(Method::GET, path, &[], Vec::new());
        let headers = answer.headers().clone();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), text, headers)
    };
    let path = format!("/p/{screen}/1.001193");
    let (status, page, _) = read(&path);
    assert_eq!(status, 404);
    assert!(
        page.contains("Không tìm thấy") && page.contains("lang=\"vi\""),
        "{page}"
    );
    story.upload();
    let (status, page, headers) = read(&path);
    assert_eq!(status, 200);
    for part in [
        "Đăng ký &lt;khai sinh&gt; &amp; &quot;nhận&quot; kết quả",
        "1.001193.H51",
        "163/QĐ-BTP ngày 20/01/2026 của Bộ Tư pháp",
        "07:00 ngày 23/11/2026",
        "09:00 ngày 23/11/2026",
        "20/11/2026",
        "Phường Phú Lợi",
        &sha256(PROCEDURE.as_bytes()),
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(
        !page.contains("<khai") && !page.contains("<script"),
        "{page}"
    );
    assert!(
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert!(
        headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    for bad in ["/p/x/y", "/p/%3Cscript%3E/1", &format!("/p/{screen}/%00")] {
        let (status, page, _) = read(bad);
        assert_eq!(status, 404, "{bad}: {page}");
    }
    let refused = (0..200).find(|_| read(&path).0 == 429);
    assert!(refused.is_some_and(|asked| asked >= 100), "{refused:?}");
}
