//! Who asks: a screen, or the holder of a token; and from which address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use motcua_show::units::{UnitId, Units};
use serde::de::DeserializeOwned;

use super::App;
use super::problem::Problem;
use crate::limits::{self, WRONG_TOKENS};
use crate::repository::Visible;
use crate::screens::{self, Known};
use crate::serve::Peer;
use crate::tokens::{self, Secret, Token, TokenKind};
use crate::units::is_within;

/// The address that limits are counted for.
#[derive(Debug, Clone, Copy)]
pub struct Address(pub IpAddr);

impl FromRequestParts<Arc<App>> for Address {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self(address_of(parts, &app.settings.trusted_proxies)))
    }
}

/// A screen that was taken.
#[derive(Debug, Clone)]
pub struct Screen(pub Known);

impl FromRequestParts<Arc<App>> for Screen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        match authenticate(parts, app).await? {
            Caller::Screen(screen) => Ok(Self(screen)),
            Caller::Holder(_) => Err(Problem::forbidden(
                "only a screen can do this, with its own token",
            )),
        }
    }
}

/// The holder of any token.
#[derive(Debug, Clone)]
pub struct Holder(pub Token);

impl FromRequestParts<Arc<App>> for Holder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        match authenticate(parts, app).await? {
            Caller::Holder(token) => Ok(Self(token)),
            Caller::Screen(_) => Err(Problem::forbidden("a screen's token does not allow this")),
        }
    }
}

/// Who may publish.
#[derive(Debug, Clone)]
pub struct Author(pub Token);

impl FromRequestParts<Arc<App>> for Author {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        one_of(
            parts,
            app,
            &[TokenKind::Admin, TokenKind::Author],
            "an author's",
        )
        .await
        .map(Self)
    }
}

/// Who may read what screens have shown.
#[derive(Debug, Clone)]
pub struct Reader(pub Token);

impl FromRequestParts<Arc<App>> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        one_of(
            parts,
            app,
            &[
                TokenKind::Admin,
                TokenKind::Operator,
                TokenKind::Author,
                TokenKind::Auditor,
            ],
            "an auditor's",
        )
        .await
        .map(Self)
    }
}

/// Who may have alerts relayed.
#[derive(Debug, Clone)]
pub struct Alerter(pub Token);

impl FromRequestParts<Arc<App>> for Alerter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        one_of(
            parts,
            app,
            &[TokenKind::Admin, TokenKind::Author, TokenKind::Alert],
            "an author's or alerting",
        )
        .await
        .map(Self)
    }
}

/// Who may change units and screens.
#[derive(Debug, Clone)]
pub struct Operator(pub Token);

impl FromRequestParts<Arc<App>> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        one_of(
            parts,
            app,
            &[TokenKind::Admin, TokenKind::Operator],
            "an operator's",
        )
        .await
        .map(Self)
    }
}

/// Who may do everything.
#[derive(Debug, Clone)]
pub struct Admin(pub Token);

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        one_of(parts, app, &[TokenKind::Admin], "an administrator's")
            .await
            .map(Self)
    }
}

/// Anybody whom the server knows.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A screen.
    Screen(Known),
    /// The holder of a token.
    Holder(Token),
}

impl Caller {
    /// What the caller may read of the repository; everything where nothing is said.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visible(&self, app: &App) -> Result<Option<Visible>, Problem> {
        let now = Timestamp::now();
        Ok(match self {
            Self::Screen(screen) => Some(app.repository.visible(&screen.id, now).await?),
            Self::Holder(token) => match &token.unit {
                Some(top) => Some(app.repository.visible_below(top, now).await?),
                None => None,
            },
        })
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        authenticate(parts, app).await
    }
}

/// For how long a body may be on its way. A bundle of signed metadata over a slow line takes a minute; who
/// dribbles longer only holds the connection.
const BODY: Duration = Duration::from_secs(120);

/// The bytes of a body.
#[derive(Debug)]
pub struct Raw(pub Bytes);

impl FromRequest<Arc<App>> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Problem> {
        read_within(request, BODY).await.map(Self)
    }
}

/// A body in JSON, whatever its content type is said to be.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Arc<App>) -> Result<Self, Problem> {
        let bytes = read_within(request, BODY).await?;
        Ok(Self(axum::Json::from_bytes(&bytes)?.0))
    }
}

async fn read_within(request: Request, time: Duration) -> Result<Bytes, Problem> {
    match tokio::time::timeout(time, Bytes::from_request(request, &())).await {
        Ok(read) => Ok(read?),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "the request did not come to its end in time; send it again",
        )),
    }
}

/// The token in an `Authorization` header.
#[must_use]
pub fn bearer(authorization: &str) -> Option<Secret> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::shown(token))
}

/// Refuses the holder of a token that counts below one unit only, when `unit` is not there.
///
/// # Errors
/// When the token does not reach that far.
pub fn within(token: &Token, units: &Units, unit: &UnitId) -> Result<(), Problem> {
    let Some(top) = &token.unit else {
        return Ok(());
    };
    if is_within(units, unit, top) {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "this token counts for the unit {top} and those below it, not for {unit}; ask an administrator for another"
    )))
}

/// Refuses the holder of a token that counts below one unit only.
///
/// # Errors
/// When it does.
pub fn everywhere(token: &Token) -> Result<(), Problem> {
    match &token.unit {
        None => Ok(()),
        Some(top) => Err(Problem::forbidden(format!(
            "this concerns all units, and this token counts for the unit {top} and those below it only; ask an administrator for another"
        ))),
    }
}

async fn one_of(
    parts: &Parts,
    app: &App,
    kinds: &[TokenKind],
    whose: &str,
) -> Result<Token, Problem> {
    match authenticate(parts, app).await? {
        Caller::Holder(token) if kinds.contains(&token.kind) => Ok(token),
        _ => Err(Problem::forbidden(format!(
            "this needs {whose} token; an administrator makes one with `motcua-server tokens new`"
        ))),
    }
}

async fn authenticate(parts: &Parts, app: &App) -> Result<Caller, Problem> {
    let shown = parts.headers.get(header::AUTHORIZATION);
    let secret = shown
        .and_then(|shown| shown.to_str().ok())
        .and_then(bearer)
        .ok_or_else(Problem::unknown_caller)?;
    // Screens ask most often.
    if let Some(screen) = screens::find(&app.database, &secret).await? {
        return Ok(Caller::Screen(screen));
    }
    if let Some(token) = tokens::find(&app.database, &secret).await? {
        return Ok(Caller::Holder(token));
    }
    let address = address_of(parts, &app.settings.trusted_proxies);
    let now = Timestamp::now().as_second();
    if limits::allows(&app.database, WRONG_TOKENS, address, now).await? {
        Err(Problem::unknown_caller())
    } else {
        Err(Problem::too_often())
    }
}

fn address_of(parts: &Parts, proxies: &[IpAddr]) -> IpAddr {
    let peer = parts
        .extensions
        .get::<Peer>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
    forwarded(peer, &parts.headers, proxies)
}

/// The last address that no trusted proxy has: what stands before it may be written by anybody.
fn forwarded(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut address = peer;
    let listed: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for before in listed.into_iter().rev() {
        if !proxies.contains(&address) {
            break;
        }
        let Ok(before) = before.trim().parse::<IpAddr>() else {
            break;
        };
        address = before.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;

    use super::*;

    #[test]
    fn only_trusted_proxies_say_who_asked() {
        let [proxy, client, forged]: [IpAddr; 3] =
            ["10.0.0.1", "198.51.100.7", "192.0.2.66"].map(|address| address.parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            format!("{forged}, {client}").parse().unwrap(),
        );
        assert_eq!(forwarded(proxy, &headers, &[proxy]), client);
        assert_eq!(
            forwarded(proxy, &headers, &[]),
            proxy,
            "no proxy is trusted"
        );
        assert_eq!(
            forwarded(client, &headers, &[proxy]),
            client,
            "it did not come through the proxy"
        );
        assert_eq!(forwarded(proxy, &HeaderMap::new(), &[proxy]), proxy);
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let hub = Arc::new(crate::hub::Hub::default());
        let endless = axum::body::Body::new(hub.connect("a screen"));
        let short = Duration::from_millis(20);
        let refused = read_within(Request::new(endless), short).await;
        let status = refused.unwrap_err().into_response().status();
        assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
        let whole = Request::new(axum::body::Body::from("whole"));
        assert_eq!(read_within(whole, short).await.unwrap(), "whole");
    }

    #[test]
    fn tokens_stand_behind_bearer() {
        assert_eq!(bearer("Bearer abc").unwrap().reveal(), "abc");
        assert_eq!(bearer("bearer  abc ").unwrap().reveal(), "abc");
        for bad in ["", "abc", "Basic abc", "Bearer "] {
            assert!(bearer(bad).is_none(), "{bad:?}");
        }
    }
}
