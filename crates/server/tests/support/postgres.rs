//! A PostgreSQL of the test's own: in a temporary folder, on a socket, as its own user.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A running server; it stops when dropped.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
}

impl Postgres {
    /// Starts one, or says in a line that there is none here. In CI there must be one.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "PostgreSQL is missing; install the package `postgresql`"
            );
            eprintln!(
                "skipped: PostgreSQL is missing; install the package `postgresql` to run this"
            );
            return None;
        };
        let folder = tempfile::Builder::new()
            .prefix("motcua-pg-")
            .tempdir()
            .unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let postgres = Self { programs, folder };
        let data = postgres.data();
        run(postgres
            .command("initdb")
            .args([
                "--auth=trust",
                "--username=postgres",
                "--no-sync",
                "--encoding=UTF8",
                "-D",
            ])
            .arg(&data));
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c fsync=off",
            postgres.folder.path().display()
        );
        run(postgres
            .command("pg_ctl")
            .args(["start", "-w", "-o", &options, "-l"])
            .arg(postgres.folder.path().join("log"))
            .arg("-D")
            .arg(&data));
        Some(postgres)
    }

    /// Makes a database and returns its address.
    pub fn database(&self, name: &str) -> String {
        let folder = self.folder.path();
        run(self
            .command("createdb")
            .arg("-h")
            .arg(folder)
            .args(["-U", "postgres", name]));
        format!(
            "postgres://postgres@localhost/{name}?host={}",
            folder.display()
        )
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of PostgreSQL's programs, as the user that it wants.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The folder of the test may be closed to that user.
        command.current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.data();
        let _ = self
            .command("pg_ctl")
            .args(["stop", "-m", "immediate", "-D"])
            .arg(data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let uid = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    uid.is_some_and(|ids| ids.split_whitespace().nth(1) == Some("0"))
}

/// The folder of PostgreSQL's programs; Debian has one a version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    folders.filter(|folder| is_there(folder)).max()
}

fn is_there(folder: &Path) -> bool {
    folder.join("initdb").exists() && folder.join("pg_ctl").exists()
}

fn run(command: &mut Command) {
    // A server that inherits the pipes would keep them open for ever.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(
        status.as_ref().is_ok_and(|status| status.success()),
        "{command:?}: {status:?}"
    );
}
