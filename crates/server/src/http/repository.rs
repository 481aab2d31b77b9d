//! The signed repository as static files: metadata for everybody, targets for who they are meant for.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::App;
use super::caller::Caller;
use super::problem::Problem;

/// Files with a version or a hash in their name never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Screens must see a new timestamp at once.
const ASK_AGAIN: &str = "no-cache";

/// A file of TUF metadata.
#[utoipa::path(get, path = "/repository/metadata/{file}", tag = "repository",
    params(("file" = String, Path, description = "Such as `timestamp.json` or `3.root.json`")),
    responses((status = 200, description = "The metadata"), (status = 404, description = "There is no such file")))]
pub async fn metadata(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let caching = if file == "timestamp.json" {
        ASK_AGAIN
    } else {
        FOR_EVER
    };
    let bytes = match app.shelf.get(&file) {
        Ok(bytes) => bytes,
        Err(gap) => {
            let found = app.repository.metadata(&file).await?;
            let bytes = found
                .map(Bytes::from)
                .ok_or_else(|| Problem::missing(format!("there is no metadata {file:?}")))?;
            app.shelf.put(gap, &file, &bytes);
            bytes
        }
    };
    Ok(json(bytes, caching))
}

/// A target: a release, the tree of units, or a screen's place in it.
#[utoipa::path(get, path = "/repository/targets/{path}", tag = "repository",
    params(("path" = String, Path, description = "Such as `units/phu-loi/<sha256>.release.json`")),
    responses((status = 200, description = "The target"), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such target for this caller")),
    security(("token" = [])))]
pub async fn target(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    if let Some(visible) = caller.visible(&app).await?
        && !visible.allows_target(&path)
    {
        return Err(no_target(&path));
    }
    let found = app.repository.target(&path).await?;
    let bytes = found.ok_or_else(|| no_target(&path))?;
    Ok(json(bytes.into(), FOR_EVER))
}

fn no_target(path: &str) -> Problem {
    Problem::missing(format!("there is no target {path:?} for this caller"))
}

fn json(bytes: Bytes, caching: &'static str) -> Response {
    (
        [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, caching)],
        bytes,
    )
        .into_response()
}
