//! The bytes of shows: to screens, in ranges if they like; from authors, checked while they come.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body as Stream, HttpBody};
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    IF_RANGE, LOCATION, RANGE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use motcua_show::release::Sha256Hex;
use motcua_sync::api::{Missing, Wanted};

use super::App;
use super::caller::{Author, Body, Caller};
use super::problem::Problem;
use super::range::{Asked, asked};
use crate::storage::Storage;

/// What is named by its hash never changes; it is for its own screens only.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// For which an uploading author may send nothing.
const STALL: Duration = Duration::from_secs(30);

/// The bytes of a blob.
#[utoipa::path(get, path = "/repository/blobs/sha256/{start}/{sha256}", tag = "repository",
    params(("start" = String, Path, description = "The first two digits"), ("sha256" = String, Path)),
    responses((status = 200, description = "The bytes"), (status = 206, description = "A range of them"),
        (status = 304, description = "The caller has them"),
        (status = 307, description = "They lie at the address in `Location`"),
        (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such blob for this caller"),
        (status = 416, description = "The range lies outside")),
    security(("token" = [])))]
pub async fn send(
    State(app): State<Arc<App>>,
    Path((start, sha256)): Path<(String, String)>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hash = sha256
        .parse::<Sha256Hex>()
        .ok()
        .filter(|hash| hash.as_str().starts_with(&start) && start.len() == 2)
        .ok_or_else(no_blob)?;
    if let Some(visible) = caller.visible(&app).await?
        && !visible.allows_blob(&hash)
    {
        return Err(no_blob());
    }
    if let Some(address) = app.storage.presigned(&hash).await? {
        let elsewhere = [(LOCATION, address), (CACHE_CONTROL, "no-store".to_owned())];
        return Ok((StatusCode::TEMPORARY_REDIRECT, elsewhere).into_response());
    }
    let etag = format!("\"{hash}\"");
    if let Some(prefix) = &app.settings.accel_redirect {
        let place = format!("{}/{}", prefix.trim_end_matches('/'), Storage::key(&hash));
        let elsewhere = [
            ("x-accel-redirect", place),
            ("etag", etag),
            ("cache-control", FOR_EVER.to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
        ];
        return Ok(elsewhere.into_response());
    }
    stream(&app, &hash, &etag, &headers).await
}

/// Streams a blob, or the range that is asked for if what the caller has is of the same blob.
async fn stream(
    app: &App,
    hash: &Sha256Hex,
    etag: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(&IF_NONE_MATCH) == Some(etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
    }
    let length = app.storage.length(hash).await?.ok_or_else(no_blob)?;
    let is_same = text(&IF_RANGE).is_none_or(|condition| condition == etag);
    let wanted = match text(&RANGE) {
        Some(header) if is_same => asked(header, length),
        _ => Asked::Whole,
    };
    let (status, range) = match wanted {
        Asked::Whole => (StatusCode::OK, 0..length),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Outside => {
            let all = format!("bytes */{length}");
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, all)]).into_response());
        }
    };
    let part = (status == StatusCode::PARTIAL_CONTENT).then(|| range.clone());
    let found = app.storage.get(hash, part).await?;
    let sent = range.end - range.start;
    app.metrics.sent(sent);
    let mut response = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(CONTENT_LENGTH, sent)
        .header(ACCEPT_RANGES, "bytes")
        .header(ETAG, etag)
        .header(CACHE_CONTROL, FOR_EVER);
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end.saturating_sub(1);
        response = response.header(
            CONTENT_RANGE,
            format!("bytes {}-{last}/{length}", range.start),
        );
    }
    response
        .body(Stream::from_stream(found.into_stream()))
        .map_err(|error| Problem::failed(&error))
}

fn no_blob() -> Problem {
    Problem::missing("there is no such blob for this caller")
}

/// Which blobs the server lacks.
#[utoipa::path(post, path = "/api/v1/blobs/missing", tag = "publishing",
    request_body(content = Object, description = "`{blobs: [{sha256, length}]}`"),
    responses((status = 200, description = "`{missing: [sha256]}`"), (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn missing(
    State(app): State<Arc<App>>,
    _: Author,
    Body(wanted): Body<Wanted>,
) -> Result<Json<Missing>, Problem> {
    let missing = app.storage.missing(&wanted.blobs).await?;
    Ok(Json(Missing { missing }))
}

/// Takes in a blob; its bytes must hash to its name.
#[utoipa::path(put, path = "/api/v1/blobs/{sha256}", tag = "publishing",
    params(("sha256" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, description = "It is there"), (status = 400, description = "The bytes are other ones"),
        (status = 401, description = "No valid token"), (status = 408, description = "Nothing came for too long")),
    security(("token" = [])))]
pub async fn take_in(
    State(app): State<Arc<App>>,
    Path(sha256): Path<String>,
    _: Author,
    body: Stream,
) -> Result<StatusCode, Problem> {
    let hash: Sha256Hex = sha256
        .parse()
        .map_err(|error: motcua_show::release::NotSha256| Problem::refused(error.to_string()))?;
    let mut upload = app.storage.upload(hash, app.settings.max_blob_bytes);
    let mut body = std::pin::pin!(body);
    loop {
        let next = std::future::poll_fn(|context| body.as_mut().poll_frame(context));
        let frame = match tokio::time::timeout(STALL, next).await {
            Ok(Some(frame)) => frame,
            Ok(None) => break,
            Err(_) => {
                return Err(Problem::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "nothing came for half a minute; send the file again",
                ));
            }
        };
        let frame = frame.map_err(|error| {
            Problem::refused(format!(
                "the upload broke off: {error}; send the file again"
            ))
        })?;
        if let Ok(bytes) = frame.into_data() {
            upload.write(&bytes).await?;
            app.metrics.taken_in(bytes.len() as u64);
        }
    }
    upload.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
