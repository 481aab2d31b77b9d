//! The page behind the small code on a posted procedure: what an inspector who stands before the screen can check.
//!
//! Whoever has the code has stood before the screen, so no token is asked for; it says nothing that does not hang on
//! the wall. Plain HTML without any script, Vietnamese first.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::App;
use super::caller::Address;
use super::problem::Problem;
use crate::limits::{self, PAGES};
use crate::reports::Reports;
use crate::reports::posted::{Posting, State as Posted};

/// The longest id or code, in bytes; longer ones are somebody's experiment.
const LONGEST: usize = 64;

/// Contrasts: text on ground 15:1, muted 8.6:1, the mark of a repealed procedure 8.9:1.
const STYLE: &str = "body{font:1.125rem/1.6 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:1.5rem 1rem;\
color:#13203b;background:#f8f5ec}h1{font-size:1.5rem;line-height:1.3;margin:.25rem 0 1rem}\
p{margin:.5rem 0}.muted,dt{color:#44506a}dl{margin:1rem 0}dt{margin-top:.9rem}dd{margin:0;font-weight:600}\
code{overflow-wrap:anywhere;font-weight:400}.state{padding:.75rem 1rem;border-left:.4rem solid #14532d;\
background:#fff;font-weight:600}.over{border-color:#8a1016;color:#8a1016}[lang=en]{color:#44506a;font-weight:400}";

/// The page of a procedure on a screen.
#[utoipa::path(get, path = "/p/{screen}/{code}", tag = "proofs",
    params(("screen" = String, Path, description = "The id of the screen"),
        ("code" = String, Path, description = "The code of the procedure")),
    responses((status = 200, description = "A page in Vietnamese, text/html"),
        (status = 404, description = "It was never posted there; a page in Vietnamese"),
        (status = 429, description = "This address asks too often")))]
pub async fn page(
    State(app): State<Arc<App>>,
    Path((screen, code)): Path<(String, String)>,
    Address(address): Address,
) -> Result<Response, Problem> {
    let now = Timestamp::now();
    if !limits::allows(&app.database, PAGES, address, now.as_second()).await? {
        return Ok(html(StatusCode::TOO_MANY_REQUESTS, &too_often()));
    }
    if !is_readable(&screen) || !is_readable(&code) {
        return Ok(html(StatusCode::NOT_FOUND, &nothing()));
    }
    let reports = Reports::new(app.proofs.clone());
    Ok(match reports.posting(&screen, &code, now).await? {
        Some(posting) => {
            let unit = app.repository.units().await?;
            let name = unit
                .units
                .iter()
                .find(|unit| unit.id.as_str() == posting.unit)
                .map_or_else(|| posting.unit.clone(), |unit| unit.name.clone());
            html(StatusCode::OK, &of(&posting, &name, reports.zone()))
        }
        None => html(StatusCode::NOT_FOUND, &nothing()),
    })
}

/// Whether it can be the id of a screen or the code of a procedure at all.
fn is_readable(text: &str) -> bool {
    let letter = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'.' || letter == b'-';
    text.len() <= LONGEST && text.bytes().all(letter)
}

fn html(status: StatusCode, page: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let mut response = (status, headers, page.to_owned()).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        let wait = HeaderValue::from_static("60");
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

fn frame(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style>{STYLE}</style>\n<main>\n{body}</main>\n</html>\n",
        escaped(title)
    )
}

fn nothing() -> String {
    frame(
        "Không tìm thấy",
        "<h1>Không tìm thấy thủ tục này trên màn hình này</h1>\n\
         <p>Máy chủ không có bằng chứng rằng thủ tục đã được niêm yết trên màn hình. Hãy quét lại mã, hoặc hỏi bộ phận \
         một cửa.</p>\n<p lang=\"en\">This procedure was never posted on this screen, as far as the server knows.</p>\n",
    )
}

fn too_often() -> String {
    frame(
        "Xin chờ một phút",
        "<h1>Xin chờ một phút</h1>\n<p>Địa chỉ này đã hỏi quá nhiều lần. Hãy thử lại sau một phút.</p>\n\
         <p lang=\"en\">This was asked too often from this address; wait a minute.</p>\n",
    )
}

fn of(posting: &Posting, unit: &str, zone: &TimeZone) -> String {
    let facts = &posting.facts;
    let day = |day: jiff::civil::Date| day.strftime("%d/%m/%Y").to_string();
    let time = |at: Timestamp| {
        let at = at.to_zoned(zone.clone());
        at.strftime("%H:%M ngày %d/%m/%Y").to_string()
    };
    let mut list = String::new();
    let mut entry = |name: &str, english: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(
            list,
            "<dt>{name} <span lang=\"en\">· {english}</span></dt><dd>{}</dd>",
            escaped(value)
        );
    };
    entry("Mã thủ tục", "code", &facts.code);
    let place = match posting.name.as_str() {
        "" => unit.to_owned(),
        name => format!("{unit} · {name}"),
    };
    entry("Nơi niêm yết", "place", &place);
    if let Some(decision) = &facts.decision {
        let mut text = decision.number.clone();
        if let Some(date) = decision.date {
            let _ = write!(text, " ngày {}", day(date));
        }
        if let Some(agency) = &decision.agency {
            let _ = write!(text, " của {agency}");
        }
        entry("Quyết định công bố", "announced by", &text);
    }
    if let Some(effective) = facts.effective {
        entry("Có hiệu lực từ", "in force from", &day(effective));
    }
    if let Some(repealed) = facts.repealed {
        entry("Bãi bỏ từ", "repealed from", &day(repealed));
    }
    if let Some(since) = posting.since {
        entry(
            "Niêm yết trên màn hình này từ",
            "posted since",
            &time(since),
        );
    }
    if let Some(seen) = posting.last_seen {
        entry(
            "Màn hình hoạt động lần cuối",
            "display last worked",
            &time(seen),
        );
    }
    let (class, state, english) = match posting.state {
        Posted::Posted => ("state", "Đang niêm yết", "Posted"),
        Posted::Unproved => (
            "state over",
            "Có trong nội dung của màn hình, nhưng ba ngày qua không có bằng chứng là màn hình hoạt động",
            "Held by the screen, but nothing proves that it worked in the last three days",
        ),
        Posted::NotYet => (
            "state over",
            "Chưa có hiệu lực, chưa niêm yết",
            "Not in force yet",
        ),
        Posted::Repealed => (
            "state over",
            "Đã bãi bỏ, không còn niêm yết",
            "Repealed, not posted any more",
        ),
        Posted::Gone => (
            "state over",
            "Không còn trong nội dung của màn hình",
            "No longer on this screen",
        ),
    };
    let body = format!(
        "<p class=\"muted\">Thủ tục hành chính niêm yết</p>\n<h1>{}</h1>\n\
         <p class=\"{class}\">{state} <span lang=\"en\">· {english}</span></p>\n<dl>\n{list}\
         <dt>Mã băm nội dung (SHA-256) <span lang=\"en\">· content hash</span></dt><dd><code>{}</code></dd>\n</dl>\n\
         <p class=\"muted\">Theo chuỗi bằng chứng do màn hình ký và máy chủ ký xác nhận.</p>\n",
        escaped(&facts.name),
        escaped(&facts.content)
    );
    frame(&facts.name, &body)
}

/// A text as it may stand in HTML, in an attribute too.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use motcua_show::show::Colour;

    use super::*;

    #[test]
    fn nothing_written_becomes_markup() {
        assert_eq!(
            escaped("<b onclick='x'>\"&amp;"),
            "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;amp;"
        );
    }

    #[test]
    fn all_of_it_can_be_read() {
        let colour = |text: &str| text.parse::<Colour>().unwrap();
        for (text, ground) in [
            ("#13203b", "#f8f5ec"),
            ("#44506a", "#f8f5ec"),
            ("#44506a", "#ffffff"),
            ("#8a1016", "#ffffff"),
        ] {
            assert!(STYLE.contains(text), "{text}");
            let contrast = colour(text).contrast(colour(ground));
            assert!(contrast >= 7.0, "{text} on {ground}: {contrast:.1}");
        }
    }
}
