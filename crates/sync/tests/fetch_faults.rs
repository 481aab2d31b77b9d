//! The network breaks in every way; the screen keeps what it has, and the next round repairs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::time;
use jiff::tz::TimeZone;
use motcua_sync::fetch::{DownloadError, Hours};
use motcua_sync::source::{SourceError, blob_path};
use motcua_sync::store::sha256;
use motcua_sync::worker::{Clock, Outcome, RoundError};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

use support::author::{Author, noise};
use support::screen::Screen;
use support::server::{Fault, Server};

/// As often as a round may ask.
const ALWAYS: usize = 1_000_000;

/// An author, a server of the author's repository, and a screen that shows release 1.
fn showing_one() -> (Author, Server, Screen) {
    let mut author = Author::new();
    let server = Server::start(author.path());
    let screen = Screen::paired(&mut author, &server.address);
    author.release(
        "ward",
        &[
            ("media/a.png", noise(1, 50_000)),
            ("media/b.png", noise(2, 70_000)),
        ],
    );
    assert_eq!(screen.sync_well().outcome, Outcome::Switched);
    assert_eq!(screen.shows(), 1);
    server.take_sent();
    (author, server, screen)
}

#[test]
fn only_what_changed_comes() {
    let (mut author, server, screen) = showing_one();
    let files = [
        ("media/a.png", noise(1, 50_000)),
        ("media/c.png", noise(3, 30_000)),
    ];
    author.release("ward", &files);
    assert_eq!(screen.sync_well().outcome, Outcome::Switched);
    assert_eq!(screen.shows(), 2);
    assert!(server.take_sent() < 45_000, "one file and the metadata");

    assert_eq!(screen.sync_well().outcome, Outcome::UpToDate);
    assert!(server.take_sent() < 2_000, "the timestamp alone");
}

#[test]
fn a_fault_of_a_blob_keeps_the_release_and_the_next_round_repairs() {
    let (mut author, server, mut screen) = showing_one();
    let usual = screen.settings.patience;
    let faults = [
        Fault::HangUp,
        Fault::Status(500),
        Fault::Status(404),
        Fault::Stall(60_000),
        Fault::Truncate(1000),
        Fault::Flip(2000),
        Fault::Endless,
        Fault::Portal,
        Fault::PortalRedirect,
    ];
    for (seed, fault) in (10..).zip(faults) {
        let before = screen.shows();
        author.release("ward", &[("media/a.png", noise(seed, 200_000))]);
        screen.settings.patience.read = Duration::from_millis(300);
        server.break_it("/blobs/", fault.clone(), ALWAYS);
        let report = screen.sync();
        assert_eq!(report.outcome, Outcome::Failed, "{fault:?}");
        let problem = report.problem().expect("a sentence");
        assert!(problem.len() > 30, "{problem}");
        assert_eq!(screen.shows(), before, "{fault:?}");
        screen.restart();
        assert_eq!(screen.shows(), before, "{fault:?}");

        server.mend();
        screen.settings.patience = usual;
        screen.sync_well();
        assert_eq!(screen.shows(), before + 1, "{fault:?}");
    }
}

#[test]
fn a_fault_of_the_metadata_keeps_the_release_and_the_next_round_repairs() {
    let (mut author, server, screen) = showing_one();
    let faults = [
        Fault::HangUp,
        Fault::Status(503),
        Fault::Stall(20),
        Fault::Truncate(20),
        Fault::Flip(60),
        Fault::Endless,
        Fault::Portal,
        Fault::PortalRedirect,
    ];
    for fault in faults {
        for file in [
            "timestamp.json",
            ".snapshot.json",
            "unit-ward.json",
            "/targets/units/",
        ] {
            let before = screen.shows();
            author.release("ward", &[("media/a.png", noise(1, 50_000))]);
            server.break_it(file, fault.clone(), ALWAYS);
            let report = screen.sync();
            assert_eq!(report.outcome, Outcome::Failed, "{file} {fault:?}");
            assert_eq!(screen.shows(), before, "{file} {fault:?}");

            server.mend();
            screen.sync_well();
            assert_eq!(screen.shows(), before + 1, "{file} {fault:?}");
        }
    }
}

#[test]
fn nobody_answers_at_all() {
    let (mut author, server, screen) = showing_one();
    author.release("ward", &[]);
    drop(server);
    let report = screen.sync();
    assert_eq!(report.outcome, Outcome::Failed);
    assert!(
        report.problem().unwrap().contains("cannot be reached"),
        "{:?}",
        report.problem()
    );
    assert_eq!(screen.shows(), 1);
}

#[test]
fn a_captive_portal_is_called_one() {
    let (_author, server, screen) = showing_one();
    for fault in [Fault::Portal, Fault::PortalRedirect] {
        server.break_it("/", fault, ALWAYS);
        let problem = screen.sync().problem().unwrap();
        assert!(problem.contains("sign-in page"), "{problem}");
        server.mend();
    }
}

#[test]
fn a_broken_download_goes_on_where_it_broke() {
    let (mut author, server, screen) = showing_one();
    let film = noise(20, 300_000);
    author.release("ward", &[("film.mp4", film.clone())]);
    server.break_it(&blob_path(&sha256(&film)), Fault::Truncate(100_000), 1);
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
    assert_eq!(ranges(&server), ["bytes=100000-"]);
    assert!(
        server.take_sent() < 310_000 + 5_000,
        "no byte of the film came twice"
    );
}

#[test]
fn a_download_goes_on_after_the_machine_was_off() {
    let (mut author, server, mut screen) = showing_one();
    let film = noise(21, 300_000);
    author.release("ward", &[("film.mp4", film.clone())]);
    server.break_it(&blob_path(&sha256(&film)), Fault::Truncate(100_000), 1);
    server.break_it(&blob_path(&sha256(&film)), Fault::HangUp, ALWAYS);
    assert_eq!(screen.sync().outcome, Outcome::Failed);
    server.mend();
    screen.restart();
    assert_eq!(screen.shows(), 1);
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
    assert!(ranges(&server).contains(&"bytes=100000-".to_owned()));
    let asked = server.requests("/blobs/");
    let resumed = asked
        .iter()
        .find(|request| request.headers.contains_key("range"))
        .unwrap();
    assert!(resumed.headers.contains_key("if-range"));
    assert!(
        asked
            .iter()
            .all(|request| request.headers["accept-encoding"] == "identity")
    );
}

#[test]
fn a_server_that_calls_the_file_otherwise_sends_it_whole() {
    let (mut author, server, screen) = showing_one();
    let film = noise(22, 300_000);
    author.release("ward", &[("film.mp4", film.clone())]);
    server.break_it(&blob_path(&sha256(&film)), Fault::Truncate(100_000), 1);
    server.break_it("/blobs/", Fault::OtherValidator, ALWAYS);
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn an_object_store_hands_out_blobs_and_never_sees_the_token() {
    let (mut author, server, screen) = showing_one();
    let objects = Server::start(author.path());
    let film = noise(28, 300_000);
    author.release("ward", &[("film.mp4", film.clone())]);
    server.break_it("/blobs/", Fault::Elsewhere(objects.address.clone()), ALWAYS);
    objects.break_it(&blob_path(&sha256(&film)), Fault::Truncate(100_000), 1);
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
    assert_eq!(ranges(&objects), ["bytes=100000-"]);
    let asked = objects.requests("/");
    assert!(
        !asked.is_empty()
            && asked
                .iter()
                .all(|request| !request.headers.contains_key("authorization"))
    );
}

#[test]
fn a_part_that_a_power_cut_tore_is_found_out_by_its_hash() {
    let (mut author, _server, screen) = showing_one();
    let film = noise(23, 300_000);
    author.release("ward", &[("film.mp4", film.clone())]);
    let part = screen.blob(&film).with_extension("part");
    std::fs::create_dir_all(part.parent().unwrap()).unwrap();
    for torn in [vec![0; 100_000], vec![0; 300_000], vec![0; 400_000]] {
        std::fs::write(&part, torn).unwrap();
    }
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
    assert!(!part.exists());
}

#[test]
fn one_bad_file_does_not_keep_the_others_from_coming() {
    let (mut author, server, screen) = showing_one();
    let files: Vec<Vec<u8>> = (30..38).map(|seed| noise(seed, 20_000)).collect();
    let names: Vec<String> = (0..8).map(|number| format!("media/{number}.png")).collect();
    let named: Vec<(&str, Vec<u8>)> = names
        .iter()
        .map(String::as_str)
        .zip(files.iter().cloned())
        .collect();
    author.release("ward", &named);
    let bad = author.blob(&files[3]);
    std::fs::rename(&bad, bad.with_extension("away")).unwrap();
    let error = screen.sync().error.unwrap();
    assert!(
        matches!(
            &error,
            RoundError::Fetch(DownloadError::Source(SourceError::Missing { .. }))
        ),
        "{error}"
    );
    assert_eq!(screen.shows(), 1);

    std::fs::rename(bad.with_extension("away"), &bad).unwrap();
    server.take_sent();
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
    assert!(server.take_sent() < 25_000, "the one file that was missing");
}

#[test]
fn packed_metadata_cannot_swell() {
    let (mut author, server, screen) = showing_one();
    author.release("ward", &[]);
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![b' '; 64 * 1024 * 1024]).unwrap();
    server.break_it(
        "timestamp.json",
        Fault::Gzip(packer.finish().unwrap()),
        ALWAYS,
    );
    let problem = screen.sync().problem().unwrap();
    assert!(problem.contains("longer than"), "{problem}");
    assert_eq!(screen.shows(), 1);

    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer
        .write_all(&std::fs::read(author.path().join("metadata/timestamp.json")).unwrap())
        .unwrap();
    server.mend();
    server.break_it(
        "timestamp.json",
        Fault::Gzip(packer.finish().unwrap()),
        ALWAYS,
    );
    screen.sync_well();
    assert_eq!(screen.shows(), 2, "packed as such is fine");
}

#[test]
fn a_blob_that_trickles_for_ever_is_given_up() {
    let (mut author, server, mut screen) = showing_one();
    author.release("ward", &[("film.mp4", noise(24, 500_000))]);
    server.break_it("/blobs/", Fault::Trickle(100), ALWAYS);
    screen.settings.patience.slowest = 1_000_000;
    screen.settings.patience.pace_over = Duration::from_millis(100);
    let problem = screen.sync().problem().unwrap();
    assert!(problem.contains("bytes a second"), "{problem}");
    assert_eq!(screen.shows(), 1);
    server.mend();
    screen.settings.patience.slowest = 0;
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn blobs_wait_for_their_hours() {
    let (mut author, _server, mut screen) = showing_one();
    author.release("ward", &[("film.mp4", noise(25, 10_000))]);
    screen.settings.timezone = TimeZone::UTC;
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    let hour = now.time().hour();
    let at = |hour: i8| time(hour.rem_euclid(24), 0, 0, 0);
    screen.settings.fetch.hours = Some(Hours {
        from: at(hour + 2),
        until: at(hour + 4),
    });
    screen.settings.clock = Clock::new(move || now.timestamp());
    let report = screen.sync_well();
    assert!(
        matches!(report.outcome, Outcome::WaitsForHours { .. }),
        "{:?}",
        report.outcome
    );
    assert_eq!(screen.shows(), 1);

    screen.settings.fetch.hours = Some(Hours {
        from: at(hour),
        until: at(hour + 2),
    });
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn a_limited_download_comes_whole() {
    let (mut author, _server, mut screen) = showing_one();
    author.release(
        "ward",
        &[
            ("film.mp4", noise(26, 100_000)),
            ("other.mp4", noise(27, 100_000)),
        ],
    );
    screen.settings.fetch.bytes_per_second = Some(400_000);
    screen.sync_well();
    assert_eq!(screen.shows(), 2);
}

#[test]
fn only_the_pinned_authority_vouches_for_the_server() {
    let mut author = Author::new();
    let (own, tls) = authority();
    let (stranger, _) = authority();
    let server = Server::start_tls(author.path(), tls);
    let mut screen = Screen::paired(&mut author, &server.address);
    author.release("ward", &[("media/a.png", noise(1, 50_000))]);

    pin(&mut screen, Some(stranger));
    let problem = screen.sync().problem().unwrap();
    assert!(
        problem.contains("certificate that is not the server's"),
        "{problem}"
    );
    pin(&mut screen, None);
    let problem = screen.sync().problem().unwrap();
    assert!(
        problem.contains("certificate that is not the server's"),
        "{problem}"
    );
    assert!(screen.store().current().is_none());

    pin(&mut screen, Some(own));
    screen.sync_well();
    assert_eq!(screen.shows(), 1);
}

fn ranges(server: &Server) -> Vec<String> {
    let requests = server.requests("/blobs/");
    requests
        .iter()
        .filter_map(|request| request.headers.get("range").cloned())
        .collect()
}

fn pin(screen: &mut Screen, ca: Option<String>) {
    let identity = Arc::get_mut(&mut screen.settings.identity).unwrap();
    identity.ca = ca;
}

/// A certificate authority as PEM, and a server for `localhost` for which it vouches.
fn authority() -> (String, Arc<ServerConfig>) {
    let ca_key = rcgen::KeyPair::generate().unwrap();
    let mut ca = rcgen::CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = ca.self_signed(&ca_key).unwrap();
    let issuer = rcgen::Issuer::new(ca, ca_key);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private)
        .unwrap();
    (certificate.pem(), Arc::new(config))
}
