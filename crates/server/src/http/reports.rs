//! Questions about what screens have shown, as JSON, CSV or a worksheet; and proofs to be taken away.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Json;
use axum::body::{Body as Stream, Bytes, HttpBody};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use motcua_proof::ChainId;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::caller::{Reader, everywhere, within};
use super::problem::Problem;
use super::screens::of_token;
use super::units::reachable;
use crate::proofs::export::Segment;
use crate::reports::air_time::{self, AirTime, By};
use crate::reports::lacking::{self, Lacking};
use crate::reports::never_shown::{self, NeverShown};
use crate::reports::posted::Posted;
use crate::reports::sheet::Sheet;
use crate::reports::standing::{self, Standing};
use crate::reports::visitors::{self, Visitors};
use crate::reports::{Period, Reports, Scope};
use crate::tokens::Token;

/// Pieces of a proof that wait to be sent; each is at most a batch.
const PIECES: usize = 4;

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// For programs.
    #[default]
    Json,
    /// A list that Excel reads.
    Csv,
    /// A worksheet.
    Xlsx,
}

/// Whose screens, and when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Id or name of a unit; everything that the token reaches without one.
    unit: Option<String>,
    /// A day, or a time such as 2026-11-23T07:00; thirty days before the end without it.
    from: Option<String>,
    /// A day, which counts whole, or a time; the present without it.
    until: Option<String>,
    /// json, csv or xlsx.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: ReportFormat,
}

/// Whose screens, when, and how put together.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AskedAirTime {
    /// Id or name of a unit; everything that the token reaches without one.
    unit: Option<String>,
    /// A day; thirty days before the end without it.
    from: Option<String>,
    /// A day, which counts whole; the present without it.
    until: Option<String>,
    /// json, csv or xlsx.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: ReportFormat,
    /// unit, day or unit-day.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    by: By,
}

/// Whose screens, when, and how much is enough.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AskedLacking {
    /// Id or name of a unit; everything that the token reaches without one.
    unit: Option<String>,
    /// A day; thirty days before the end without it.
    from: Option<String>,
    /// A day, which counts whole; the present without it.
    until: Option<String>,
    /// json, csv or xlsx.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: ReportFormat,
    /// Hours of the office that are enough; all of them without it.
    hours: Option<u32>,
}

/// Which procedure, on which screen.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AskedPosted {
    /// Id, beginning of an id, or name.
    screen: String,
    /// The code of the procedure.
    procedure: String,
    /// A day, or a time such as 2026-11-23T07:00; thirty days before the end without it.
    from: Option<String>,
    /// A day, which counts whole, or a time; the present without it.
    until: Option<String>,
    /// json, csv or xlsx.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: ReportFormat,
}

/// The proofs of which screen.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AskedProofs {
    /// Id, beginning of an id, or name.
    screen: String,
    /// A day; thirty days before the end without it.
    from: Option<String>,
    /// A day, which counts whole; the present without it.
    until: Option<String>,
}

/// Which proof.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AskedProof {
    /// The id of the screen.
    screen: String,
    /// The chain.
    #[param(value_type = String)]
    chain: ChainId,
    /// The first record, as `GET reports/proofs` names it.
    first: u64,
    /// The last.
    last: u64,
}

/// The answer to `GET reports/proofs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentList {
    /// Each is a proof by itself.
    pub proofs: Vec<Segment>,
}

/// When a procedure was posted on a screen, and when it should have been.
#[utoipa::path(get, path = "/api/v1/reports/posted", tag = "reports", params(AskedPosted),
    responses((status = 200, body = Posted), (status = 400, description = "That is no period"),
        (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such screen, or it never held the procedure")),
    security(("token" = [])))]
pub async fn posted(
    State(app): State<Arc<App>>,
    Reader(token): Reader,
    asked: Result<Query<AskedPosted>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let screen = screen(&app, &token, &asked.screen).await?;
    let reports = reports(&app);
    let period = period(&reports, asked.from.as_deref(), asked.until.as_deref())?;
    let posted = reports.posted(&screen, &asked.procedure, period).await?;
    answer(asked.format, &posted, || posted.sheet(reports.zone()))
}

/// Air time by topic of the plan: what it aims at, and what is proved.
#[utoipa::path(get, path = "/api/v1/reports/air-time", tag = "reports", params(AskedAirTime),
    responses((status = 200, body = Vec<AirTime>), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn air_time(
    State(app): State<Arc<App>>,
    Reader(token): Reader,
    asked: Result<Query<AskedAirTime>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let scope = scope(&app, &token, asked.unit.as_deref()).await?;
    let reports = reports(&app);
    let period = period(&reports, asked.from.as_deref(), asked.until.as_deref())?;
    let rows = reports.air_time(&scope, period, asked.by).await?;
    answer(asked.format, &rows, || air_time::sheet(&rows, asked.by))
}

/// Procedures that were not posted for long enough.
#[utoipa::path(get, path = "/api/v1/reports/lacking", tag = "reports", params(AskedLacking),
    responses((status = 200, body = Vec<Lacking>), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn lacking(
    State(app): State<Arc<App>>,
    Reader(token): Reader,
    asked: Result<Query<AskedLacking>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let scope = scope(&app, &token, asked.unit.as_deref()).await?;
    let reports = reports(&app);
    let period = period(&reports, asked.from.as_deref(), asked.until.as_deref())?;
    let enough_ms = asked.hours.map(|hours| i64::from(hours) * 3_600_000);
    let rows = reports.lacking(&scope, period, enough_ms).await?;
    answer(asked.format, &rows, || lacking::sheet(&rows))
}

/// Items of the shows that were never on the display.
#[utoipa::path(get, path = "/api/v1/reports/never-shown", tag = "reports", params(Asked),
    responses((status = 200, body = Vec<NeverShown>), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn never_shown(
    State(app): State<Arc<App>>,
    Reader(token): Reader,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let scope = scope(&app, &token, asked.unit.as_deref()).await?;
    let reports = reports(&app);
    let period = period(&reports, asked.from.as_deref(), asked.until.as_deref())?;
    let rows = reports.never_shown(&scope, period).await?;
    answer(asked.format, &rows, || never_shown::sheet(&rows))
}

/// What visitors did: looked for in vain, gave up on, opened, and thought of it.
#[utoipa::path(get, path = "/api/v1/reports/visitors", tag = "reports", params(Asked),
    responses((status = 200, body = Vec<Visitors>), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn visitors(
    State(app): State<Arc<App>>,
    Reader(token): Reader,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let scope = scope(&app, &token, asked.unit.as_deref()).await?;
    let reports = reports(&app);
    let period = period(&reports, asked.from.as_deref(), asked.until.as_deref())?;
    let rows = reports.visitors(&scope, period).await?;
    answer(asked.format, &rows, || visitors::sheet(&rows))
}

/// How the chains stand, with their gaps and forks; from and until do not count.
#[utoipa::path(get, path = "/api/v1/reports/chains", tag = "reports", params(Asked),
    responses((status = 200, body = Vec<Standing>), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such unit")),
    security(("token" = [])))]
pub async fn chains(
    State(app): State<Arc<App>>,
    Reader(token): Reader,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let scope = scope(&app, &token, asked.unit.as_deref()).await?;
    let reports = reports(&app);
    let rows = reports.standing(&scope).await?;
    answer(asked.format, &rows, || {
        standing::sheet(&rows, reports.zone())
    })
}

/// Which proofs there are of a screen.
#[utoipa::path(get, path = "/api/v1/reports/proofs", tag = "reports", params(AskedProofs),
    responses((status = 200, body = SegmentList), (status = 401, description = "No valid token"),
        (status = 404, description = "There is no such screen")),
    security(("token" = [])))]
pub async fn proofs(
    State(app): State<Arc<App>>,
    Reader(token): Reader,
    asked: Result<Query<AskedProofs>, QueryRejection>,
) -> Result<Json<SegmentList>, Problem> {
    let Query(asked) = asked?;
    let screen = screen(&app, &token, &asked.screen).await?;
    let period = period(
        &reports(&app),
        asked.from.as_deref(),
        asked.until.as_deref(),
    )?;
    let last = period.until - jiff::SignedDuration::from_millis(1);
    let (from, until) = (app.proofs.day(period.from), app.proofs.day(last));
    let proofs = app.proofs.segments(&screen, from, until).await?;
    Ok(Json(SegmentList { proofs }))
}

/// A proof that anybody can check offline, as JSON Lines.
#[utoipa::path(get, path = "/api/v1/reports/proof", tag = "reports", params(AskedProof),
    responses((status = 200, description = "The lines", content_type = "application/x-ndjson"),
        (status = 401, description = "No valid token"), (status = 404, description = "There is no such proof")),
    security(("token" = [])))]
pub async fn proof(
    State(app): State<Arc<App>>,
    Reader(token): Reader,
    asked: Result<Query<AskedProof>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked?;
    let segment = Segment {
        screen: screen(&app, &token, &asked.screen).await?,
        chain: asked.chain,
        first: asked.first,
        last: asked.last,
    };
    let name = format!(
        "{}-{}-{}.jsonl",
        segment.screen, segment.first, segment.last
    );
    let (to, from) = mpsc::channel(PIECES);
    let (failed_to, failed) = mpsc::channel(1);
    let proofs = app.proofs.clone();
    tokio::spawn(async move {
        if let Err(error) = proofs.export(&segment, &to).await {
            // Nobody listens once the client has gone.
            let _ = failed_to.send(error).await;
        }
    });
    let mut pieces = Pieces {
        from,
        failed,
        first: None,
    };
    // What is wrong from the beginning is said with a status; later the answer breaks off.
    pieces.first = pieces.from.recv().await;
    if pieces.first.is_none()
        && let Some(error) = pieces.failed.recv().await
    {
        return Err(error.into());
    }
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, Stream::new(pieces)).into_response())
}

/// A proof on its way.
struct Pieces {
    first: Option<String>,
    from: mpsc::Receiver<String>,
    failed: mpsc::Receiver<crate::Error>,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = crate::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        let frame = |text: String| Poll::Ready(Some(Ok(hyper::body::Frame::data(text.into()))));
        if let Some(first) = self.first.take() {
            return frame(first);
        }
        match self.from.poll_recv(context) {
            Poll::Ready(Some(text)) => frame(text),
            // A proof that ends early must not look whole.
            Poll::Ready(None) => match self.failed.poll_recv(context) {
                Poll::Ready(Some(error)) => {
                    tracing::error!(%error, "a proof that was asked for breaks off");
                    Poll::Ready(Some(Err(error)))
                }
                Poll::Ready(None) => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            },
            Poll::Pending => Poll::Pending,
        }
    }
}

fn reports(app: &App) -> Reports {
    Reports::new(app.proofs.clone())
}

fn period(reports: &Reports, from: Option<&str>, until: Option<&str>) -> Result<Period, Problem> {
    let now = Timestamp::now();
    let period = Period::read(from, until, reports.zone(), now).map_err(crate::Error::from)?;
    // Nothing can be missing from what is still to come.
    let until = if period.from < now {
        period.until.min(now)
    } else {
        period.until
    };
    Ok(Period { until, ..period })
}

/// Whose screens may be reported: those of the unit that is named, or of the token's.
async fn scope(app: &App, token: &Token, unit: Option<&str>) -> Result<Scope, Problem> {
    let units = app.repository.units().await?;
    let top = match unit {
        Some(text) => Some(reachable(app, token, text).await?.0),
        None => token.unit.clone(),
    };
    Ok(top.map_or_else(Scope::all, |top| Scope::below(&units, &top)))
}

/// The id of a screen that the token reaches; one that was revoked is known by its id.
async fn screen(app: &App, token: &Token, text: &str) -> Result<String, Problem> {
    match of_token(app, token, text).await {
        Ok(screen) => Ok(screen.id),
        Err(problem) if problem.is_missing() => {
            let scope = Scope::all();
            let chains = reports(app).standing(&scope).await?;
            let Some(chain) = chains.iter().find(|chain| chain.screen == text) else {
                return Err(problem);
            };
            match chain.unit.parse() {
                Ok(unit) => within(token, &app.repository.units().await?, &unit)?,
                Err(_) => everywhere(token)?,
            }
            Ok(text.to_owned())
        }
        Err(problem) => Err(problem),
    }
}

fn answer<T: Serialize>(
    format: ReportFormat,
    rows: &T,
    sheet: impl FnOnce() -> Sheet,
) -> Result<Response, Problem> {
    let (kind, name, bytes) = match format {
        ReportFormat::Json => {
            return Ok(([(CACHE_CONTROL, "no-store")], Json(rows)).into_response());
        }
        ReportFormat::Csv => {
            let bytes = sheet().csv().map_err(crate::Error::from)?;
            ("text/csv; charset=utf-8", "bao-cao.csv", bytes)
        }
        ReportFormat::Xlsx => {
            let bytes = sheet().xlsx().map_err(crate::Error::from)?;
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "bao-cao.xlsx",
                bytes,
            )
        }
    };
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}
