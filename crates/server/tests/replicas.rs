//! Two replicas on one PostgreSQL behind nginx, and blobs that lie in a bucket.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api_support;
#[path = "support/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "shared with the contract suite")]
#[path = "support/s3.rs"]
mod s3;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api_support::{
    Caller, Listening, SOON, ask, blob, confirm, enrol, offer, settings, sha256, start,
};
use motcua_server::server::{Server, token_file};
use serde_json::json;
use tempfile::TempDir;
use ureq::http::Method;

const NGINX: &str = "/usr/sbin/nginx";

/// nginx with the configuration of `deploy/nginx`; it ends when dropped.
struct Nginx {
    child: Child,
    base: String,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it, or says in a line that there is none here. In CI there must be one.
    fn start(replicas: &[&Server], blobs: &Path) -> Option<Self> {
        if !Path::new(NGINX).exists() {
            assert!(
                std::env::var_os("CI").is_none(),
                "nginx is missing; install the package `nginx-light`"
            );
            eprintln!("skipped: nginx is missing; install the package `nginx-light` to run this");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let servers: String = replicas
            .iter()
            .map(|replica| format!("server {};\n", replica.address()))
            .collect();
        let locations = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../deploy/nginx/motcua-locations.conf");
        let here = folder.path().display();
        let configuration = format!(
            "user root; worker_processes 1; daemon off; pid {here}/pid; error_log {here}/error.log;\n\
             events {{ worker_connections 512; }}\n\
             http {{\n\
             access_log off; client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;\n\
             fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;\n\
             upstream motcua {{ {servers} keepalive 8; keepalive_timeout 20s; }}\n\
             server {{ listen 127.0.0.1:{port}; set $motcua_blobs {}; include {}; }}\n\
             }}\n",
            blobs.display(),
            locations.canonicalize().unwrap().display(),
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        let child = Command::new(NGINX)
            .arg("-c")
            .arg(&file)
            .arg("-e")
            .arg(folder.path().join("error.log"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let nginx = Self {
            child,
            base: format!("http://127.0.0.1:{port}"),
            _folder: folder,
        };
        let deadline = Instant::now() + SOON;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "nginx does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its worker at this signal; a kill would leave the worker behind.
        let _ = Command::new("kill")
            .arg("-QUIT")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

/// Two replicas, what they share, and the first's administrator.
struct Pair {
    one: Server,
    other: Server,
    shared: TempDir,
    token: String,
    _folders: [TempDir; 2],
    _postgres: postgres::Postgres,
}

impl Pair {
    async fn start() -> Option<Self> {
        let postgres = postgres::Postgres::start()?;
        let database = postgres.database("motcua");
        let shared = tempfile::tempdir().unwrap();
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let replica = |folder: &TempDir| {
            let mut settings = settings(folder);
            settings.database = Some(database.clone());
            settings.storage = Some(shared.path().join("blobs").display().to_string());
            settings.keys = Some(shared.path().join("keys"));
            settings.accel_redirect = Some("/motcua-blobs".to_owned());
            settings.trusted_proxies = vec![[127, 0, 0, 1].into()];
            settings
        };
        let one = Server::start(replica(&folders[0])).await.unwrap();
        let other = Server::start(replica(&folders[1])).await.unwrap();
        let token = std::fs::read_to_string(token_file(folders[0].path())).unwrap();
        Some(Self {
            one,
            other,
            shared,
            token,
            _folders: folders,
            _postgres: postgres,
        })
    }

    fn admin(&self, replica: &Server) -> Caller {
        Caller::new(&format!("http://{}", replica.address()), Some(&self.token))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_are_one_server() {
    let Some(pair) = Pair::start().await else {
        return;
    };
    let (one, other) = (pair.admin(&pair.one), pair.admin(&pair.other));
    let (to_one, to_other) = (Caller::new(&one.base, None), Caller::new(&other.base, None));
    let ward = one.unit("Phường A", None);

    // The screen asks one replica, the operator types the code at the other.
    let asking = ask(&to_one);
    let accepting = {
        let (operator, code) = (other.clone(), asking.code.as_str().to_owned());
        std::thread::spawn(move || {
            operator.post(
                "/api/v1/screens/accept",
                json!({"code": code, "unit": "phuong-a"}),
            )
        })
    };
    let (acceptance, confirmation) = asking
        .side
        .open(&offer(&to_one, &asking.id), &asking.key)
        .unwrap();
    assert_eq!(confirm(&to_one, &asking.id, &confirmation), 204);
    assert_eq!(accepting.join().unwrap()["id"], acceptance.screen);

    // A push to one reaches the screen that is connected to the other; so does a command.
    let mut events = Listening::open(&other.base, &acceptance.token);
    assert_eq!(events.next().unwrap().0, "look");
    one.publish(&ward, b"title = 'x'");
    assert_eq!(events.next().unwrap().0, "look");
    one.post(
        &format!("/api/v1/screens/{}/commands", acceptance.screen),
        json!({"command": "identify"}),
    );
    assert_eq!(events.next().unwrap().0, "command");

    // Limits hold across both: even if a minute ends in between, sixty were enough.
    let nothing = json!({"confirmation": "", "signature": ""});
    let statuses: Vec<u16> = (0..70)
        .map(|count| {
            let replica = if count % 2 == 0 { &to_one } else { &to_other };
            replica
                .call(
                    Method::POST,
                    "/api/v1/enrolments/none/confirm",
                    Some(nothing.clone()),
                )
                .0
        })
        .collect();
    assert_eq!(statuses[0], 403);
    assert!(statuses.contains(&429), "{statuses:?}");

    // Revoked at one, cut off at the other.
    assert_eq!(
        one.call(
            Method::DELETE,
            &format!("/api/v1/screens/{}", acceptance.screen),
            None
        )
        .0,
        200
    );
    events.until_the_end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_balances_replicas_and_serves_blobs() {
    let Some(pair) = Pair::start().await else {
        return;
    };
    let Some(nginx) = Nginx::start(&[&pair.one, &pair.other], &pair.shared.path().join("blobs"))
    else {
        return;
    };
    let admin = Caller::new(&nginx.base, Some(&pair.token));
    let ward = admin.unit("Phường A", None);
    let screen = enrol(&admin, &ward);

    let mut events = screen.listen();
    assert_eq!(events.next().unwrap().0, "look");
    let show: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    admin.publish(&ward, &show);
    assert_eq!(
        events.next().unwrap().0,
        "look",
        "nothing on the way holds events back"
    );

    let hash = sha256(&show);
    let etag = format!("\"{hash}\"");
    let get = |caller: &Caller, headers: &[(&str, &str)]| {
        let mut answer = caller.send(Method::GET, &blob(&hash), headers, Vec::new());
        (
            answer.status().as_u16(),
            answer.body_mut().read_to_vec().unwrap(),
            answer.headers().clone(),
        )
    };
    let (status, body, headers) = get(&screen.caller, &[]);
    assert_eq!(
        (status, body.len(), headers["etag"].to_str().unwrap()),
        (200, show.len(), etag.as_str())
    );
    assert!(!headers.contains_key("x-accel-redirect"));
    let (status, body, _) = get(
        &screen.caller,
        &[("range", "bytes=1000-"), ("if-range", &etag)],
    );
    assert_eq!((status, body.as_slice()), (206, &show[1000..]));
    let (status, body, _) = get(
        &screen.caller,
        &[("range", "bytes=1000-"), ("if-range", "\"another\"")],
    );
    assert_eq!((status, body.len()), (200, show.len()));
    let stranger = Caller::new(&nginx.base, None);
    assert_eq!(get(&stranger, &[]).0, 401);
    assert_eq!(
        stranger
            .get(&format!("/motcua-blobs/sha256/{}/{hash}", &hash[..2]))
            .0,
        404,
        "nobody gets past the server"
    );

    // One replica is gone; nobody notices.
    pair.one.stop().await;
    for _ in 0..4 {
        assert_eq!(admin.get("/api/v1/units").0, 200);
    }
    assert_eq!(get(&screen.caller, &[]).0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blobs_in_a_bucket_are_fetched_from_there() {
    let bucket = s3::S3::start().await;
    let running = start(|settings| {
        settings.storage = Some("s3://motcua/province".to_owned());
        settings.s3 = bucket.options();
    })
    .await;
    let admin = running.admin();
    let ward = admin.unit("Phường A", None);
    let screen = enrol(&admin, &ward);
    admin.publish(&ward, b"title = 'x'");
    let path = blob(&sha256(b"title = 'x'"));
    let answer = screen.caller.send(Method::GET, &path, &[], Vec::new());
    assert_eq!(answer.status(), 307);
    let address = answer.headers()["location"].to_str().unwrap();
    let mut fetched = Caller::new(address, None).send(Method::GET, "", &[], Vec::new());
    assert_eq!(fetched.body_mut().read_to_vec().unwrap(), b"title = 'x'");
    let tampered = address.replace("X-Amz-Expires=900", "X-Amz-Expires=9000");
    assert_ne!(tampered, address);
    assert_eq!(
        Caller::new(&tampered, None)
            .send(Method::GET, "", &[], Vec::new())
            .status(),
        403
    );
    assert_eq!(running.stranger().get(&path).0, 401);
}
