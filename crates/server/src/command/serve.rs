//! `motcua-server run`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::Settings;
use crate::server::{Server, ca_file, token_file};

/// Run the server.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// The folder for everything that the server keeps; `server.toml` in it holds further settings.
    #[arg(
        long,
        env = "MOTCUA_DATA",
        default_value = "motcua-data",
        value_name = "DIR"
    )]
    data: PathBuf,
    /// Where to listen [default: 0.0.0.0:8443].
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Without TLS, for a proxy in front that ends it.
    #[arg(long)]
    plain: bool,
    /// The address under which screens reach the server, such as `https://motcua.example`.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// A further name or address for the certificate that the server makes for itself.
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
    /// A certificate of your own, a PEM file with its chain.
    #[arg(long, requires = "certificate_key", value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// The key that belongs to it, a PEM file.
    #[arg(long, requires = "certificate", value_name = "FILE")]
    certificate_key: Option<PathBuf>,
    /// `sqlite:FILE` or `postgres://…` [default: a file in the data folder].
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// A folder or `s3://bucket/prefix` [default: a folder in the data folder].
    #[arg(long, env = "MOTCUA_STORAGE", value_name = "PLACE")]
    storage: Option<String>,
    /// Where the server's address is written once it answers.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
}

impl Run {
    pub(super) fn serve(self) -> anyhow::Result<()> {
        let settings = self.settings()?;
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("the server's threads cannot be started")?
            .block_on(until_stopped(settings))
    }

    fn settings(self) -> anyhow::Result<Settings> {
        let mut settings = Settings::read(&self.data, std::env::vars())?;
        if let Some(listen) = self.listen {
            settings.listen = listen;
        }
        settings.plain |= self.plain;
        settings.names.extend(self.names);
        settings.address = self.address.or(settings.address);
        settings.certificate = self.certificate.or(settings.certificate);
        settings.certificate_key = self.certificate_key.or(settings.certificate_key);
        settings.database = self.database.or(settings.database);
        settings.storage = self.storage.or(settings.storage);
        settings.ready_file = self.ready_file;
        Ok(settings)
    }
}

async fn until_stopped(settings: Settings) -> anyhow::Result<()> {
    let data = settings.data.clone();
    // Before anybody can be told that the server is there, so that no signal is lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let server = Server::start(settings).await?;
    println!("The server answers at {}", server.url());
    if let Some(fingerprint) = server.fingerprint() {
        println!("Its certificate authority: {}", ca_file(&data).display());
        println!("  SHA-256 {fingerprint}");
    }
    println!("The administrator's token: {}", token_file(&data).display());
    println!();
    println!("To connect a screen, start it with");
    println!("  motcua play --server {}", server.url());
    println!("and accept the six digits that it shows with");
    println!(
        "  motcua-server screens accept CODE --unit NAME --data {}",
        data.display()
    );
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}
