#![allow(clippy::unwrap_used)]
mod support;
use support::author::{Author, noise};
use support::screen::Screen;
#[test]
fn bench() {
    let mut author = Author::new();
    let server = std::env::var("BENCH_SERVER").unwrap();
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let screen = Screen::paired_at(&mut author, &server, "ward", folder);
    let names: Vec<String> = (0..40).map(|n| format!("m/{n}.mp4")).collect();
    let files: Vec<(&str, Vec<u8>)> = names.iter().enumerate().map(|(i, n)| (n.as_str(), noise(i as u64, 1024 * 1024 * 1024 / 40))).collect();
    author.release("ward", &files);
    let paths: Vec<String> = files.iter().map(|(_, b)| author.blob(b).strip_prefix(author.path()).unwrap().display().to_string()).collect();
    drop(files);
    let link = std::path::Path::new("/tmp/bench_root/repository");
    let _ = std::fs::remove_file(link);
    std::fs::create_dir_all("/tmp/bench_root").unwrap();
    std::os::unix::fs::symlink(author.path(), link).unwrap();
    std::fs::write("/tmp/bench_root/list", paths.join("\n")).unwrap();
    let out = std::process::Command::new("bash").arg("-c").arg("mkdir -p /tmp/bench_out; cd /tmp/bench_out; sed \"s#^#url = $BENCH_SERVER/repository/#; a remote-name\" /tmp/bench_root/list > cfg; curl -s -K cfg -o /dev/null; time curl -s -K cfg; ls | wc -l; rm -rf /tmp/bench_out").output().unwrap();
    println!("{} {}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let cpu = || std::fs::read_to_string("/proc/self/stat").unwrap().rsplit(") ").next().unwrap().split(' ').skip(11).take(2).map(|t| t.parse::<u64>().unwrap()).sum::<u64>();
    let (t, c) = (std::time::Instant::now(), cpu());
    screen.sync_well();
    println!("motcua {:?} cpu {} ticks", t.elapsed(), cpu() - c);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS")).collect::<Vec<_>>().join(" "));
}
