//! Tokens for people and programs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;

use super::App;
use super::caller::{Admin, Body};
use super::problem::Problem;
use super::wire::{AddToken, AddedToken, TokenList};
use crate::tokens::{self, Secret, Token, TokenKind};

/// All tokens, without the secrets.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens",
    responses((status = 200, body = TokenList), (status = 401, description = "No valid token")),
    security(("token" = [])))]
pub async fn list(State(app): State<Arc<App>>, _: Admin) -> Result<Json<TokenList>, Problem> {
    let tokens = tokens::list(&app.database).await?;
    Ok(Json(TokenList { tokens }))
}

/// Makes a token.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = AddToken,
    responses((status = 200, body = AddedToken), (status = 400, description = "An author needs a unit, an administrator has none"),
        (status = 401, description = "No valid token"), (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn add(
    State(app): State<Arc<App>>,
    Admin(by): Admin,
    Body(wanted): Body<AddToken>,
) -> Result<Json<AddedToken>, Problem> {
    let unit = match &wanted.unit {
        Some(text) => Some(app.repository.find_unit(text).await?),
        None => None,
    };
    match (wanted.kind, &unit) {
        (TokenKind::Author | TokenKind::Alert, None) => {
            return Err(Problem::refused(
                "an author's token, and one for alerts, counts for a unit and those below it; name the unit",
            ));
        }
        (TokenKind::Admin, Some(_)) => {
            return Err(Problem::refused(
                "an administrator's token counts everywhere; leave the unit out, or make an operator's token",
            ));
        }
        _ => {}
    }
    let secret = Secret::draw()?;
    let token = Token {
        id: tokens::draw_id()?,
        name: wanted.name,
        kind: wanted.kind,
        unit,
        made_at: Timestamp::now().as_second(),
    };
    tokens::add(&app.database, &token, &secret).await?;
    tracing::info!(
        token = token.id,
        by = by.name,
        "a token for {} was made: {}",
        token.name,
        token.kind
    );
    Ok(Json(AddedToken {
        id: token.id,
        token: secret.reveal().to_owned(),
    }))
}

/// Revokes a token.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens",
    params(("id" = String, Path)),
    responses((status = 204, description = "It counts no longer"), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such token")),
    security(("token" = [])))]
pub async fn revoke(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Admin(by): Admin,
) -> Result<StatusCode, Problem> {
    if !tokens::revoke(&app.database, &id).await? {
        return Err(Problem::missing(format!(
            "there is no token {id:?}; `motcua-server tokens list` shows them"
        )));
    }
    tracing::info!(token = id, by = by.name, "the token {id} was revoked");
    Ok(StatusCode::NO_CONTENT)
}
