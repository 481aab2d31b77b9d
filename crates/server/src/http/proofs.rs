//! Proofs of play: what screens send, and what the server has said about them.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use motcua_proof::{ChainId, Head};
use motcua_show::release::Sha256Hex;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::caller::{Admin, Raw, Reader, Screen};
use super::problem::Problem;
use crate::proofs::batch::Batch;
use crate::proofs::intake::Answer;
use crate::proofs::rebuild::Rebuilt;
use crate::proofs::roots::Root;

/// Where the server is with a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KnownHead {
    /// The chain.
    #[schema(value_type = String)]
    pub chain: ChainId,
    /// The last record that the server holds.
    pub seq: u64,
    /// Its hash.
    #[schema(value_type = String)]
    pub hash: Sha256Hex,
}

/// The answer to `GET screen/proofs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KnownChain {
    /// Where the server is; null where it has nothing of that chain.
    pub known: Option<KnownHead>,
}

/// Everything through a record is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenProof {
    /// The last record that is kept.
    pub through: u64,
    /// The line by which the server says so; it belongs into the screen's log.
    pub countersign: String,
}

/// The records do not follow what the server holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnfittingProof {
    /// Why.
    pub error: String,
    /// Where the server is.
    pub known: Option<KnownHead>,
}

/// The key that countersigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProofKey {
    /// ed25519, in base64.
    pub key: String,
    /// Its fingerprint, by which it is compared.
    pub fingerprint: String,
}

/// Which chain.
#[derive(Debug, Deserialize, IntoParams)]
pub struct WhichChain {
    /// Its id.
    #[param(value_type = String)]
    chain: ChainId,
}

impl From<Head> for KnownHead {
    fn from(head: Head) -> Self {
        Self {
            chain: head.chain,
            seq: head.seq,
            hash: head.hash,
        }
    }
}

/// Records of the screen's chain, as JSON Lines that the screen has sealed.
#[utoipa::path(post, path = "/api/v1/screen/proofs", tag = "screen",
    request_body(content = String, content_type = "application/x-ndjson",
        description = "A header, at most 1,000 records and a seal; at most 1 MiB unpacked; a line `{\"tally\":…}` may follow. May be gzip."),
    responses((status = 200, body = TakenProof), (status = 400, description = "It breaks, or is not the screen's"),
        (status = 401, description = "No valid token"),
        (status = 409, body = UnfittingProof, description = "It does not follow what the server holds"),
        (status = 413, description = "It is too long")),
    security(("token" = [])))]
pub async fn take(
    State(app): State<Arc<App>>,
    Screen(screen): Screen,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, Problem> {
    let is_packed = match headers.get(CONTENT_ENCODING).map(|value| value.as_bytes()) {
        None | Some(b"identity") => false,
        Some(b"gzip") => true,
        Some(_) => {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "a proof is sent as it is, or as gzip",
            ));
        }
    };
    // Hashes and signatures take milliseconds, in which others must be answered.
    let read = tokio::task::spawn_blocking(move || Batch::read(&body, is_packed, &screen));
    let batch = read
        .await
        .map_err(|error| Problem::failed(&error))?
        .map_err(crate::Error::from)?;
    Ok(match app.proofs.take(&batch, Timestamp::now()).await? {
        Answer::Taken {
            through,
            countersign,
        } => Json(TakenProof {
            through,
            countersign,
        })
        .into_response(),
        Answer::Unfitting { why, known } => {
            let known = known.map(KnownHead::from);
            let answer = UnfittingProof { error: why, known };
            (StatusCode::CONFLICT, Json(answer)).into_response()
        }
    })
}

/// Where the server is with a chain of the screen that asks.
#[utoipa::path(get, path = "/api/v1/screen/proofs", tag = "screen", params(WhichChain),
    responses((status = 200, body = KnownChain), (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn known(
    State(app): State<Arc<App>>,
    Screen(screen): Screen,
    asked: Result<Query<WhichChain>, QueryRejection>,
) -> Result<Json<KnownChain>, Problem> {
    let Query(which) = asked?;
    let known = app.proofs.known(&screen.id, &which.chain).await?;
    let known = known.map(KnownHead::from);
    Ok(Json(KnownChain { known }))
}

/// The key that countersigns, for whoever checks a proof.
#[utoipa::path(get, path = "/api/v1/proofs/key", tag = "proofs",
    responses((status = 200, body = ProofKey)))]
pub async fn key(State(app): State<Arc<App>>) -> Json<ProofKey> {
    let key = app.proofs.key();
    Json(ProofKey {
        key: key.to_string(),
        fingerprint: key.fingerprint(),
    })
}

/// The root of a day.
#[utoipa::path(get, path = "/api/v1/proofs/roots/{day}", tag = "proofs",
    params(("day" = String, Path, description = "The day, or `last`")),
    responses((status = 200, body = Root), (status = 401, description = "No valid token"),
        (status = 404, description = "That day has no root")),
    security(("token" = [])))]
pub async fn root(
    State(app): State<Arc<App>>,
    _: Reader,
    Path(day): Path<String>,
) -> Result<Json<Root>, Problem> {
    let wanted = match day.as_str() {
        "last" => None,
        day => Some(day.parse::<Date>().map_err(|_| {
            Problem::refused(format!("{day:?} is no day; write 2026-11-23, or last"))
        })?),
    };
    let root = app.proofs.root(wanted).await?;
    root.map(Json).ok_or_else(|| {
        Problem::missing(format!(
            "there is no root of {day} yet; it is made after midnight"
        ))
    })
}

/// Which chain comes next.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RebuildAfter {
    /// The number of the chain that was done last; 0 at the beginning.
    #[serde(default)]
    after: i64,
}

/// Makes the roll-ups of the next chain again from the raw records; null when all are done.
#[utoipa::path(post, path = "/api/v1/proofs/rebuild", tag = "proofs", params(RebuildAfter),
    responses((status = 200, body = Option<Rebuilt>), (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn rebuild(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Result<Query<RebuildAfter>, QueryRejection>,
) -> Result<Json<Option<Rebuilt>>, Problem> {
    let Query(RebuildAfter { after }) = asked?;
    Ok(Json(app.proofs.rebuild_next(after).await?))
}
