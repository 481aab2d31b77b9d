//! `motcua render --serve`: one JSON request a line in, one JSON answer a line out.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use jiff::civil::DateTime;
use motcua_show::Language;
use motcua_show::schedule::Dwell;
use serde::{Deserialize, Serialize};

use super::{Studio, read_show, touch, write_png};
use crate::cli::{self, Look};

/// What is asked for; what is left out is as the command line says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    item: Option<String>,
    /// What a visitor presses, as `--touch` takes it, in the place of an item.
    touch: Option<String>,
    out: PathBuf,
    #[serde(default = "first")]
    page: usize,
    size: Option<String>,
    at: Option<DateTime>,
    language: Option<Language>,
    theme: Option<motcua_show::show::Mode>,
    /// The moment of a film.
    moment: Option<Dwell>,
}

const fn first() -> usize {
    1
}

/// What comes back.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Reply {
    Drawn {
        ok: bool,
        out: PathBuf,
        pages: usize,
        width: u32,
        height: u32,
    },
    Refused {
        ok: bool,
        error: String,
    },
}

/// Answers requests until standard input ends. The show is read anew for each, so that what an author
/// just wrote is what is drawn.
pub(super) fn serve(show: &Path, look: &Look, studio: &mut Studio) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.context("standard input broke off")?;
        if line.trim().is_empty() {
            continue;
        }
        let reply = answer(show, look, studio, &line).unwrap_or_else(|error| Reply::Refused {
            ok: false,
            error: format!("{error:#}"),
        });
        writeln!(out, "{}", serde_json::to_string(&reply)?)?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(show: &Path, look: &Look, studio: &mut Studio, line: &str) -> anyhow::Result<Reply> {
    let request: Request = serde_json::from_str(line).context(
        "the request cannot be read; write for example {\"item\":\"birth\",\"out\":\"birth.png\"}",
    )?;
    let look = Look {
        size: request
            .size
            .as_deref()
            .map_or(Ok(look.size), cli::size)
            .map_err(anyhow::Error::msg)?,
        at: request.at.or(look.at),
        language: request.language.or(look.language),
        theme: request.theme.or(look.theme),
        moment: request.moment.or(look.moment),
    };
    let loaded = read_show(show)?;
    let (shot, pages) = match (&request.item, &request.touch) {
        (Some(item), None) => {
            let drawn = studio.draw(&loaded, &look, item, request.page)?;
            (drawn.shot, drawn.pages)
        }
        (None, Some(presses)) => (touch::draw(studio, &loaded, &look, presses)?, 1),
        (Some(_), Some(_)) => bail!("the request names an item and a touch; it takes one of them"),
        (None, None) => bail!("the request names neither an item nor a touch"),
    };
    write_png(&shot, &request.out)?;
    let (width, height) = (shot.width, shot.height);
    Ok(Reply::Drawn {
        ok: true,
        out: request.out,
        pages,
        width,
        height,
    })
}
