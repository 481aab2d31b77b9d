//! A server in this process, who talks to it, and screens that enrol with it.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use motcua_server::server::{Server, token_file};
use motcua_server::settings::Settings;
use motcua_sync::api::{Acceptance, Confirmation, EnrolmentState};
use motcua_sync::identity::ScreenKey;
use motcua_sync::pairing::{Code, ScreenSide};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::{Method, Request, Response};

/// How long a test waits for what must happen.
pub const SOON: Duration = Duration::from_secs(20);

/// A server on a port of its own, and its data folder.
pub struct Running {
    pub server: Server,
    pub folder: TempDir,
}

/// Settings of a server without TLS in `folder`.
pub fn settings(folder: &TempDir) -> Settings {
    Settings {
        data: folder.path().to_owned(),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        plain: true,
        ..Settings::default()
    }
}

/// Starts a server with the settings that `change` makes of the usual ones.
pub async fn start(change: impl FnOnce(&mut Settings)) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(&folder);
    change(&mut settings);
    let server = Server::start(settings).await.unwrap();
    Running { server, folder }
}

impl Running {
    /// The first administrator.
    pub fn admin(&self) -> Caller {
        let token = std::fs::read_to_string(token_file(self.folder.path())).unwrap();
        self.with_token(&token)
    }

    /// Who shows `token`.
    pub fn with_token(&self, token: &str) -> Caller {
        Caller::new(&format!("http://{}", self.server.address()), Some(token))
    }

    /// Who shows nothing.
    pub fn stranger(&self) -> Caller {
        Caller::new(&format!("http://{}", self.server.address()), None)
    }
}

/// An HTTP client with or without a token.
#[derive(Clone)]
pub struct Caller {
    agent: ureq::Agent,
    pub base: String,
    pub token: Option<String>,
}

impl Caller {
    pub fn new(base: &str, token: Option<&str>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .new_agent();
        Self {
            agent,
            base: base.to_owned(),
            token: token.map(|token| token.trim().to_owned()),
        }
    }

    /// Sends bytes with further headers.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Response<ureq::Body> {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_empty() && matches!(method, Method::GET | Method::DELETE) {
            self.agent.run(request.body(()).unwrap()).unwrap()
        } else {
            self.agent.run(request.body(body).unwrap()).unwrap()
        }
    }

    /// Sends JSON; returns the status and the JSON of the answer.
    pub fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let bytes = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let mut answer = self.send(method, path, &[("content-type", "application/json")], bytes);
        let text = answer.body_mut().read_to_string().unwrap();
        (
            answer.status().as_u16(),
            serde_json::from_str(&text).unwrap_or(Value::Null),
        )
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None)
    }

    /// Posts JSON; the answer must be a success.
    pub fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, Some(body));
        assert!(status < 300, "POST {path}: {status} {answer}");
        answer
    }

    /// Adds a unit and returns its id.
    pub fn unit(&self, name: &str, parent: Option<&str>) -> String {
        let mut unit = json!({"name": name, "kind": "phường"});
        if let Some(parent) = parent {
            unit["parent"] = parent.into();
        }
        self.post("/api/v1/units", unit)["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Makes a token.
    pub fn token(&self, kind: &str, unit: Option<&str>) -> String {
        let mut token = json!({"name": kind, "kind": kind});
        if let Some(unit) = unit {
            token["unit"] = unit.into();
        }
        self.post("/api/v1/tokens", token)["token"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Uploads `bytes` and returns their SHA-256.
    pub fn upload(&self, bytes: &[u8]) -> String {
        let hash = sha256(bytes);
        let answer = self.send(
            Method::PUT,
            &format!("/api/v1/blobs/{hash}"),
            &[],
            bytes.to_vec(),
        );
        assert_eq!(answer.status(), 204);
        hash
    }

    /// Publishes a show of one file.
    pub fn publish(&self, unit: &str, show: &[u8]) -> Value {
        let hash = self.upload(show);
        let files = json!({"show.toml": {"sha256": hash, "length": show.len()}});
        self.post(
            &format!("/api/v1/units/{unit}/releases"),
            json!({"title": "Một cửa", "files": files}),
        )
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(ring::digest::digest(&ring::digest::SHA256, bytes))
}

/// Where a blob is served.
pub fn blob(hash: &str) -> String {
    format!("/repository/blobs/sha256/{}/{hash}", &hash[..2])
}

/// A screen that asked to be taken.
pub struct Asking {
    pub key: ScreenKey,
    pub code: Code,
    pub side: ScreenSide,
    pub id: String,
}

/// A screen that was taken.
pub struct Taken {
    pub key: ScreenKey,
    pub acceptance: Acceptance,
    pub caller: Caller,
}

/// A screen asks to be taken.
pub fn ask(stranger: &Caller) -> Asking {
    ask_with(stranger, Code::draw().unwrap())
}

/// A screen that shows `code` asks to be taken.
pub fn ask_with(stranger: &Caller, code: Code) -> Asking {
    let key = ScreenKey::generate().unwrap();
    let side = ScreenSide::begin(&code, &key);
    let answer = stranger.post(
        "/api/v1/enrolments",
        serde_json::to_value(side.request()).unwrap(),
    );
    let id = answer["id"].as_str().unwrap().to_owned();
    Asking {
        key,
        code,
        side,
        id,
    }
}

/// Waits for the offer to a screen.
pub fn offer(stranger: &Caller, id: &str) -> motcua_sync::api::Offered {
    let deadline = Instant::now() + SOON;
    loop {
        let (_, state) = stranger.get(&format!("/api/v1/enrolments/{id}"));
        match serde_json::from_value(state).unwrap() {
            EnrolmentState::Offered { offer } => return offer,
            state => assert!(Instant::now() < deadline, "no offer came: {state:?}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends a confirmation; returns the status.
pub fn confirm(stranger: &Caller, id: &str, confirmation: &Confirmation) -> u16 {
    let path = format!("/api/v1/enrolments/{id}/confirm");
    stranger
        .call(
            Method::POST,
            &path,
            Some(serde_json::to_value(confirmation).unwrap()),
        )
        .0
}

/// A screen is taken into `unit`.
pub fn enrol(operator: &Caller, unit: &str) -> Taken {
    let stranger = Caller::new(&operator.base, None);
    let asking = ask(&stranger);
    let accepting = {
        let (operator, code, unit) = (
            operator.clone(),
            asking.code.as_str().to_owned(),
            unit.to_owned(),
        );
        std::thread::spawn(move || {
            operator.post(
                "/api/v1/screens/accept",
                json!({"code": code, "unit": unit}),
            )
        })
    };
    let offered = offer(&stranger, &asking.id);
    let (acceptance, confirmation) = asking.side.open(&offered, &asking.key).unwrap();
    assert_eq!(confirm(&stranger, &asking.id, &confirmation), 204);
    let accepted = accepting.join().unwrap();
    assert_eq!(accepted["id"], acceptance.screen);
    let caller = Caller::new(&operator.base, Some(&acceptance.token));
    Taken {
        key: asking.key,
        acceptance,
        caller,
    }
}

impl Taken {
    /// Sends a heartbeat signed with the screen's key; returns the status.
    pub fn heartbeat(&self, heartbeat: &Value) -> u16 {
        let body = heartbeat.to_string().into_bytes();
        let signature = BASE64_STANDARD.encode(self.key.sign(&body));
        self.caller
            .send(
                Method::POST,
                "/api/v1/screen/heartbeat",
                &[("x-motcua-signature", &signature)],
                body,
            )
            .status()
            .as_u16()
    }

    /// Listens to the events.
    pub fn listen(&self) -> Listening {
        Listening::open(&self.caller.base, self.caller.token.as_deref().unwrap())
    }
}

/// A screen that listens to its events.
pub struct Listening(BufReader<TcpStream>);

impl Listening {
    pub fn open(base: &str, token: &str) -> Self {
        let address = base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        write!(
            stream,
            "GET /api/v1/screen/events HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n"
        )
        .unwrap();
        let mut lines = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(
                lines.read_line(&mut head).unwrap(),
                0,
                "the connection ended: {head}"
            );
        }
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        Self(lines)
    }

    /// The next event's name and data; none when the server ended the connection.
    pub fn next(&mut self) -> Option<(String, String)> {
        let (mut name, mut data) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // Behind a proxy the lengths of the pieces stand between the lines; no line of ours looks so.
            let line = line.trim_end();
            if let Some(value) = line.strip_prefix("event: ") {
                name = value.to_owned();
            } else if let Some(value) = line.strip_prefix("data: ") {
                data = value.to_owned();
            } else if line.is_empty() && !name.is_empty() {
                return Some((name, data));
            }
        }
    }

    /// Waits for the end, whatever comes before it.
    pub fn until_the_end(mut self) {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).unwrap();
    }
}
