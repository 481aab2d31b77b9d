//! Both directions with python-tuf: it reads what we publish, we read what it writes.
//!
//! The interpreter is named by `MOTCUA_PYTHON`; its environment holds `tuf` and
//! `securesystemslib[crypto]`. Without it these tests say so and pass, except under `CI`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp as Instant;
use motcua_sync::tuf::metadata::{DelegatedRole, RoleKeys, TopRole};
use motcua_sync::tuf::{FetchError, MetadataSource, Trust};

use crate::repository::{Repository, new_key};

fn python() -> Option<PathBuf> {
    let python = std::env::var_os("MOTCUA_PYTHON").map(PathBuf::from);
    if python.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "MOTCUA_PYTHON must name an interpreter that has python-tuf"
        );
        println!("skipped: MOTCUA_PYTHON names no interpreter that has python-tuf");
    }
    python
}

/// Runs a script of `tests/interop`; returns what it prints.
fn script(python: &Path, name: &str, arguments: &[&Path]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/interop")
        .join(name);
    let output = Command::new(python)
        .arg(script)
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} failed: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// What python-tuf says of each target: its content, or `null`.
type Contents = BTreeMap<String, Option<String>>;

#[test]
fn python_tuf_reads_what_we_publish() {
    let Some(python) = python() else { return };
    let mut repository = Repository::new();
    far_away(&mut repository);
    repository.with_hashes = true;
    repository.set_keys(TopRole::Targets, vec![new_key(), new_key(), new_key()], 2);
    repository.rotate(TopRole::Timestamp);
    repository.publish(&["root"]);
    repository.delegate("targets", "screens", &["screens/*"], true);
    repository.delegate("targets", "unit-phu-loi", &["units/phu-loi/*"], true);
    repository.delegate("targets", "unit-other", &["units/other/*"], true);
    let key = new_key();
    let mut bin = DelegatedRole::new("bin", RoleKeys::new([&key.public()], 1), &[]);
    bin.paths = None;
    bin.path_hash_prefixes = Some((0..16).map(|digit| format!("{digit:x}")).collect());
    repository.add_delegation("targets", bin, &key.public());
    repository.signers.insert("bin".to_owned(), vec![key]);
    far_away(&mut repository);
    let signed = [
        ("targets", "units.json", "the tree"),
        ("screens", "screens/0123.json", "its unit"),
        ("unit-phu-loi", "units/phu-loi/release.json", "Phú Lợi"),
        ("bin", "đâu đó.json", "in a bin"),
    ];
    for (role, name, content) in signed {
        repository.add_target(role, name, content.as_bytes());
    }
    repository.add_target("unit-other", "units/phu-loi/forged.json", b"forged");
    repository.publish_all();

    let folder = tempfile::tempdir().unwrap();
    let metadata = folder.path().join("metadata");
    fs::create_dir(&metadata).unwrap();
    for (name, bytes) in &repository.files {
        fs::write(metadata.join(name), bytes).unwrap();
    }
    for (role, name, content) in signed {
        let location = repository.targets[role].targets[name]
            .location(name, true)
            .unwrap();
        let path = folder.path().join("targets").join(location);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let mut expected: Contents = signed
        .iter()
        .map(|(_, name, content)| ((*name).to_owned(), Some((*content).to_owned())))
        .collect();
    expected.insert("units/phu-loi/forged.json".to_owned(), None);
    expected.insert("units/other/release.json".to_owned(), None);
    let wanted = folder.path().join("wanted.json");
    let names: Vec<&String> = expected.keys().collect();
    fs::write(&wanted, serde_json::to_vec(&names).unwrap()).unwrap();
    let printed = script(&python, "read_ours.py", &[folder.path(), &wanted]);
    assert_eq!(
        serde_json::from_str::<Contents>(&printed).unwrap(),
        expected
    );
}

/// python-tuf asks the machine for the time.
fn far_away(repository: &mut Repository) {
    let expires: Instant = "2199-01-01T00:00:00Z".parse().unwrap();
    repository.root.expires = expires;
    repository.timestamp.expires = expires;
    repository.snapshot.expires = expires;
    repository
        .targets
        .values_mut()
        .for_each(|targets| targets.expires = expires);
}

struct Folder(PathBuf);

impl MetadataSource for Folder {
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        match fs::read(self.0.join(file)) {
            Ok(bytes) if bytes.len() as u64 > max => Err(FetchError::TooLong { max }),
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[test]
fn we_read_what_python_tuf_writes() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let printed = script(&python, "write_theirs.py", &[folder.path()]);
    let expected: Contents = serde_json::from_str(&printed).unwrap();
    let metadata = folder.path().join("metadata");
    let root = fs::read(metadata.join("1.root.json")).unwrap();
    let mut trust = Trust::init(&folder.path().join("trust"), &root).unwrap();
    let (source, now) = (Folder(metadata), Instant::now());
    trust.refresh(&source, now).unwrap();
    assert_eq!(trust.versions()["root"], 3);
    for (name, content) in expected {
        let found = trust.find(&source, &name, now).unwrap();
        let matching = content.as_ref().zip(found.as_ref());
        assert_eq!(found.is_some(), content.is_some(), "{name}");
        assert!(
            matching.is_none_or(|(content, file)| file.matches(content.as_bytes())),
            "{name}"
        );
    }
}
