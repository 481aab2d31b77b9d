//! Disks of our own to fill and to cut off: a small tmpfs, and ext4 in a file.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Whether this process may mount. Where it may not, the test is skipped; in CI that is a failure.
pub fn may_mount() -> bool {
    let tried = Tmpfs::new(64);
    let may = tried.is_some();
    if !may {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI must run these tests as root, with the right to mount"
        );
        let _ = writeln!(std::io::stderr(), "skipped: mounting takes root");
    }
    may
}

/// A mount that goes away whatever happens.
struct Mount(PathBuf);

impl Mount {
    fn new(at: &Path, arguments: &[&str]) -> Option<Self> {
        let output = Command::new("mount")
            .args(arguments)
            .arg(at)
            .output()
            .ok()?;
        output.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(&self.0).output();
        if !unmounted.is_ok_and(|output| output.status.success()) {
            // Somebody holds a file open still: it goes away with the last of them.
            let _ = Command::new("umount").arg("-l").arg(&self.0).output();
        }
    }
}

/// A small disk in memory.
pub struct Tmpfs {
    _mount: Mount,
    folder: TempDir,
}

impl Tmpfs {
    /// Of so many KiB; none where that is not allowed.
    pub fn new(kib: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={kib}k");
        let mount = Mount::new(
            folder.path(),
            &["-t", "tmpfs", "-o", &options, "motcua-test"],
        )?;
        Some(Self {
            _mount: mount,
            folder,
        })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills the disk but for so many KiB.
    pub fn fill_but(&self, kib: u64) {
        let filler = self.path().join("filler");
        let mut file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&filler)
            .unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(kib * 1024)).unwrap();
    }

    pub fn make_room(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

/// A disk with ext4 in a file, mounted as careless as it gets: a rename does not flush what it names.
pub struct Ext4 {
    mount: Mount,
    folder: TempDir,
}

/// Where the images lie: in memory if there is such a place, as the test writes much.
fn image_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

impl Ext4 {
    pub fn new(mib: u64) -> Self {
        let folder = image_folder();
        let image = folder.path().join("image");
        std::fs::File::create(&image)
            .unwrap()
            .set_len(mib * 1024 * 1024)
            .unwrap();
        run(
            "mkfs.ext4",
            &["-q", "-F", "-b", "1024", "-m", "0", image.to_str().unwrap()],
            &[0],
        );
        Self::mount(folder)
    }

    fn mount(folder: TempDir) -> Self {
        let at = folder.path().join("mounted");
        std::fs::create_dir(&at).unwrap();
        let image = folder.path().join("image");
        let options = [
            "-o",
            "loop,noauto_da_alloc,commit=1",
            image.to_str().unwrap(),
        ];
        let mount = Mount::new(&at, &options).expect("an ext4 image can be mounted");
        Self { mount, folder }
    }

    pub fn path(&self) -> &Path {
        &self.mount.0
    }

    /// The disk as it is after the power was cut now: what did not reach it is lost. Nobody may write meanwhile.
    ///
    /// The image is read until two readings agree: one during which the kernel still wrote is of no one moment.
    pub fn cut_power(&self) -> Self {
        let image = self.folder.path().join("image");
        let mut bytes = std::fs::read(&image).unwrap();
        loop {
            let again = std::fs::read(&image).unwrap();
            if again == bytes {
                break;
            }
            bytes = again;
        }
        let folder = image_folder();
        let copy = folder.path().join("image");
        std::fs::write(&copy, bytes).unwrap();
        // 1: it had errors, which are corrected; an uncleanly unmounted disk counts as such.
        run("e2fsck", &["-f", "-y", copy.to_str().unwrap()], &[0, 1]);
        Self::mount(folder)
    }
}

fn run(program: &str, arguments: &[&str], good: &[i32]) {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let is_good = output
        .status
        .code()
        .is_some_and(|code| good.contains(&code));
    assert!(
        is_good,
        "{program}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
