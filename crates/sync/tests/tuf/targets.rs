//! What a target is, where it lies, and the command that a conformance suite drives.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use motcua_sync::tuf::command::{Action, CommandError, run};
use motcua_sync::tuf::{FetchError, HttpMetadata, MetadataSource, TargetFile};
use ring::digest::{SHA256, SHA512, digest};

use crate::repository::{Repository, now};

fn target(content: &[u8], algorithms: &[&str]) -> TargetFile {
    let mut file = TargetFile::of(content);
    file.hashes = algorithms
        .iter()
        .map(|&name| {
            let algorithm = if name == "sha256" { &SHA256 } else { &SHA512 };
            (name.to_owned(), hex::encode(digest(algorithm, content)))
        })
        .collect();
    file
}

#[test]
fn a_target_matches_by_every_hash_that_is_known_and_needs_one() {
    for algorithms in [
        &["sha256"][..],
        &["sha512"],
        &["sha256", "sha512"],
        &["sha256", "blake9"],
    ] {
        let file = target(b"content", algorithms);
        assert!(file.matches(b"content"), "{algorithms:?}");
        assert!(!file.matches(b"contenT"), "{algorithms:?}");
        assert!(!file.matches(b"content "), "{algorithms:?}");
    }
    assert!(!target(b"content", &["blake9"]).matches(b"content"));
    let mut one_wrong = target(b"content", &["sha256", "sha512"]);
    one_wrong
        .hashes
        .insert("sha512".to_owned(), "00".repeat(64));
    assert!(!one_wrong.matches(b"content"));
}

#[test]
fn a_target_lies_beside_its_hash_and_never_outside_the_folder() {
    let file = target(b"content", &["sha256", "sha512"]);
    let hash = file.sha256().unwrap();
    let check = |name: &str, expected: Option<String>| {
        assert_eq!(file.location(name, true), expected, "{name}");
    };
    check("a", Some(format!("{hash}.a")));
    check(
        "units/a/release.json",
        Some(format!("units/a/{hash}.release.json")),
    );
    check("b?c#d%e/f", Some(format!("b?c#d%e/{hash}.f")));
    for name in ["", ".", "..", "../a", "a/../../b", "a/."] {
        check(name, None);
    }
    assert_eq!(file.location("a/b", false), Some("a/b".to_owned()));
    assert_eq!(target(b"", &["blake9"]).location("a", true), None);
}

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A web server for these files that remembers what was asked for.
struct Web {
    address: String,
    files: Files,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Web {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (files, asked) = (Files::default(), Arc::<Mutex<Vec<String>>>::default());
        let web = Self {
            address,
            files: files.clone(),
            asked: asked.clone(),
        };
        thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &files, &asked);
            }
        });
        web
    }

    fn publish(&self, repository: &Repository) {
        let mut files = self.files.lock().unwrap();
        for (name, bytes) in &repository.files {
            files.insert(format!("/metadata/{name}"), bytes.clone());
        }
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        self.files
            .lock()
            .unwrap()
            .insert(path.to_owned(), bytes.to_vec());
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn answer(mut stream: TcpStream, files: &Files, asked: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    reader.read_line(&mut request).unwrap();
    let mut header = String::from("until the empty line");
    while header.trim() != "" {
        header.clear();
        reader.read_line(&mut header).unwrap();
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(path.clone());
    let body = files.lock().unwrap().get(&path).cloned();
    let status = match (&body, path.as_str()) {
        (_, "/ill") => "503 Service Unavailable",
        (_, "/forbidden") => "403 Forbidden",
        (None, _) => "404 Not Found",
        (Some(_), _) => "200 OK",
    };
    let body = body.unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // The client may have read enough and be gone.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(&body));
}

#[test]
fn metadata_over_http_knows_absence_trouble_and_too_much() {
    let web = Web::new();
    web.put("/here", b"12345");
    let source = HttpMetadata::new(&format!("{}/", web.address));
    assert_eq!(source.fetch("here", 5).unwrap().unwrap(), b"12345");
    assert!(matches!(
        source.fetch("here", 4),
        Err(FetchError::TooLong { max: 4 })
    ));
    assert_eq!(source.fetch("nowhere", 5).unwrap(), None);
    assert_eq!(source.fetch("forbidden", 5).unwrap(), None);
    assert!(matches!(
        source.fetch("ill", 5),
        Err(FetchError::Status { status: 503 })
    ));
    let nobody = HttpMetadata::new("http://127.0.0.1:1");
    assert!(matches!(
        nobody.fetch("here", 5),
        Err(FetchError::Transport(_))
    ));
}

#[test]
fn the_command_downloads_what_is_signed_and_nothing_else() {
    let web = Web::new();
    let mut repository = Repository::new();
    let file = repository.add_target("targets", "path/to a/f?.txt", b"right");
    repository.publish_all();
    web.publish(&repository);
    let folder = tempfile::tempdir().unwrap();
    let (trust, targets) = (folder.path().join("trust"), folder.path().join("targets"));
    fs::create_dir(&targets).unwrap();
    let root = folder.path().join("root.json");
    fs::write(&root, &repository.files["1.root.json"]).unwrap();
    let download = |names: &[&str]| Action::Download {
        metadata_url: format!("{}/metadata/", web.address),
        target_names: names.iter().map(|&name| name.to_owned()).collect(),
        target_base_url: format!("{}/targets/", web.address),
        target_dir: targets.clone(),
    };
    run(&trust, &Action::Init { trusted_root: root }, now()).unwrap();
    let metadata_url = format!("{}/metadata", web.address);
    run(&trust, &Action::Refresh { metadata_url }, now()).unwrap();

    let name = "path/to a/f?.txt";
    let address = format!("/targets/path/to%20a/{}.f%3F.txt", file.sha256().unwrap());
    let kept = targets.join("path%2Fto%20a%2Ff%3F.txt");
    let missing = run(&trust, &download(&[name]), now());
    assert!(matches!(missing, Err(CommandError::WrongTarget { .. })));
    web.put(&address, b"wrong");
    let wrong = run(&trust, &download(&[name]), now());
    assert!(matches!(wrong, Err(CommandError::WrongTarget { .. })));
    web.put(&address, b"right, but longer");
    assert!(run(&trust, &download(&[name]), now()).is_err());
    assert!(!kept.exists());

    web.put(&address, b"right");
    web.asked();
    run(&trust, &download(&[name, name]), now()).unwrap();
    assert_eq!(fs::read(&kept).unwrap(), b"right");
    assert_eq!(
        web.asked().iter().filter(|path| **path == address).count(),
        1
    );
    let nobody = run(&trust, &download(&[name, "unsigned"]), now());
    assert!(matches!(nobody, Err(CommandError::NoTarget { .. })));
}
