//! The description of the API. A test compares it with the routes.

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    accept, accounts, blobs, enrolments, keys, posted_page, proofs, releases, reports, repository,
    screen, screens, status, units,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Motcua server", description = "Publishes signed shows to screens and tells them to look."),
    paths(
        status::health, status::metrics, document,
        repository::metadata, repository::target, blobs::send,
        screen::events, screen::heartbeat, screen::answer,
        accept::page, enrolments::ask, enrolments::state, enrolments::confirm,
        blobs::missing, blobs::take_in, releases::current, releases::publish,
        units::list, units::add, units::change,
        screens::list, screens::accept, screens::change, screens::revoke, screens::command, screens::report,
        accounts::list, accounts::add, accounts::revoke,
        keys::unsigned, keys::discard, keys::signed, keys::take_off, keys::cancel_take_off, keys::export,
        proofs::take, proofs::known, proofs::key, proofs::root, proofs::rebuild,
        reports::posted, reports::air_time, reports::lacking, reports::never_shown, reports::visitors, reports::chains,
        reports::proofs, reports::proof, posted_page::page,
    ),
    modifiers(&Tokens)
)]
struct Api;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = api.components.get_or_insert_with(Default::default);
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The description of the API.
#[must_use]
pub fn api() -> utoipa::openapi::OpenApi {
    Api::openapi()
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "status",
    responses((status = 200, description = "An OpenAPI document")))]
pub async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(api())
}
