//! A sound server of the test's own whose only device goes nowhere but into a record.

use std::io::Read as _;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::window::await_some;
use crate::window::session::bound;

/// Samples of the record in a second, one channel: speech lies below half of it.
pub const RATE: usize = 8000;

const PATIENCE: Duration = Duration::from_secs(60);

/// The server, and what is heard on its device.
pub struct Loudspeaker {
    folder: tempfile::TempDir,
    server: Child,
    recorder: Child,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Loudspeaker {
    /// Starts the server and the record, which stays on: without a listener the device wakes irregularly.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("native");
        let mut server = bound("pulseaudio");
        server.args([
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--disable-shm=yes",
        ]);
        server.args([
            "-L",
            "module-null-sink sink_name=screen rate=48000 channels=2",
            "-L",
        ]);
        server.arg(format!(
            "module-native-protocol-unix auth-anonymous=1 socket={}",
            socket.display()
        ));
        private(&mut server, &folder);
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let server = server
            .stderr(log)
            .spawn()
            .expect("pulseaudio can be started");
        let alsa = "pcm.!default { type pulse }\nctl.!default { type pulse }\n";
        std::fs::write(folder.path().join("asound.conf"), alsa).unwrap();
        await_some("the sound server is there", PATIENCE, || {
            socket.exists().then_some(())
        });

        let mut recorder = bound("parec");
        recorder.args([
            "--device=screen.monitor",
            "--channels=1",
            "--format=float32le",
            "--raw",
        ]);
        recorder.args([format!("--rate={RATE}"), "--latency-msec=100".to_owned()]);
        private(&mut recorder, &folder).env("PULSE_SERVER", format!("unix:{}", socket.display()));
        let mut recorder = recorder
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec can be started");
        let heard = Arc::default();
        listen(
            recorder.stdout.take().expect("its output is piped"),
            Arc::clone(&heard),
        );
        let speaker = Self {
            folder,
            server,
            recorder,
            heard,
        };
        await_some("the record runs", PATIENCE, || {
            (!speaker.heard().is_empty()).then_some(())
        });
        speaker
    }

    /// What leads a program to this device.
    pub fn environment(&self) -> [(&'static str, String); 3] {
        let folder = self.folder.path().display();
        [
            ("PULSE_SERVER", format!("unix:{folder}/native")),
            ("ALSA_CONFIG_PATH", format!("{folder}/asound.conf")),
            ("HOME", folder.to_string()),
        ]
    }

    /// The record so far.
    pub fn heard(&self) -> Vec<f32> {
        samples(&self.heard.lock().unwrap())
    }
}

impl Drop for Loudspeaker {
    fn drop(&mut self) {
        for child in [&mut self.recorder, &mut self.server] {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// The sound of a file, as the record has it.
pub fn decode(file: &std::path::Path) -> Vec<f32> {
    let output = bound("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(file)
        .args([
            "-vn",
            "-ac",
            "1",
            "-ar",
            &RATE.to_string(),
            "-f",
            "f32le",
            "-",
        ])
        .output()
        .expect("ffmpeg can be started");
    assert!(
        output.status.success(),
        "ffmpeg: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    samples(&output.stdout)
}

/// Keeps a program of the sound server away from the one of the person at this machine.
fn private<'a>(command: &'a mut Command, folder: &tempfile::TempDir) -> &'a mut Command {
    for name in [
        "HOME",
        "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME",
        "PULSE_RUNTIME_PATH",
        "PULSE_STATE_PATH",
    ] {
        command.env(name, folder.path());
    }
    command
        .env_remove("PULSE_SERVER")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .stdin(Stdio::null())
}

fn listen(mut from: ChildStdout, into: Arc<Mutex<Vec<u8>>>) {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            into.lock().unwrap().extend_from_slice(&bytes[..count]);
        }
    });
}

fn samples(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(4)
        .map(|sample| f32::from_le_bytes(sample.try_into().unwrap()))
        .collect()
}
