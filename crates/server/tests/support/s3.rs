//! An S3 server of the test's own, which checks signatures; its buckets are folders.

use std::path::Path;

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const ACCESS_KEY: &str = "motcua-test";
const SECRET_KEY: &str = "a secret of nobody";

/// A running server; it stops when dropped.
pub struct S3 {
    folder: TempDir,
    address: String,
    serving: JoinHandle<()>,
}

impl S3 {
    /// Starts one with the bucket `motcua`.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("motcua")).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            folder,
            address: format!("http://{}", listener.local_addr().unwrap()),
            serving: tokio::spawn(serve(listener, builder.build())),
        }
    }

    /// The options of the server's client.
    pub fn options(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT", self.address.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Where the objects lie.
    pub fn bucket(&self) -> std::path::PathBuf {
        Path::join(self.folder.path(), "motcua")
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    while let Ok((socket, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            let http = hyper::server::conn::http1::Builder::new();
            // A client that goes away is no fault.
            let _ = http.serve_connection(TokioIo::new(socket), service).await;
        });
    }
}
