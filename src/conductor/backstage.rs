//! The threads that make items ready. Each item gets a thread of its own, so that one file that takes
//! for ever holds nobody else up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use motcua_media::Notify;
use motcua_screen::Sheet;
use motcua_show::Item;
use motcua_show::stage::Generation;
use tokio::sync::mpsc::UnboundedSender;

use super::Told;
use crate::prepare::{self, PrepareError, Prepared, Setting};

/// What a preparing thread answers.
pub enum Answer {
    /// An item is ready, with its page for the beginning.
    Ready {
        /// Which preparation.
        generation: Generation,
        /// The item.
        prepared: Box<Prepared>,
        /// Its first page.
        first: Option<Box<Sheet>>,
    },
    /// One page is ready to draw.
    Page {
        /// Which preparation.
        generation: Generation,
        /// The page, from 0.
        page: usize,
        /// The page, ready.
        sheet: Box<Sheet>,
    },
    /// An item cannot be shown.
    Failed {
        /// Which preparation.
        generation: Generation,
        /// Why, as a clause.
        fault: String,
    },
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { generation, .. } => write!(f, "Ready({generation:?})"),
            Self::Page {
                generation, page, ..
            } => write!(f, "Page({generation:?}, {page})"),
            Self::Failed { generation, fault } => write!(f, "Failed({generation:?}, {fault})"),
        }
    }
}

/// One preparation.
pub struct Job {
    pub generation: Generation,
    pub setting: Arc<Setting>,
    pub item: Item,
    pub today: Date,
    pub from: Duration,
    pub notify: Notify,
}

/// Makes an item ready on a thread of its own.
pub fn make_ready(job: Job, answers: UnboundedSender<Told>) {
    let generation = job.generation;
    let name = job.item.name.clone();
    let spawned = std::thread::Builder::new().name("prepare".into()).spawn({
        let answers = answers.clone();
        move || answer(&answers, generation, ready(&job))
    });
    if let Err(error) = spawned {
        tracing::error!(
            item = name,
            "no thread could be started to prepare {name:?}: {error}; free memory"
        );
        answer(&answers, generation, Err(PrepareError::Nothing));
    }
}

fn ready(job: &Job) -> Result<Answer, PrepareError> {
    let prepared = prepare::prepare(
        &job.setting,
        &job.item,
        job.today,
        job.from,
        Some(job.notify.clone()),
    )?;
    let first = prepared.sheet(&job.setting, 0)?.map(Box::new);
    Ok(Answer::Ready {
        generation: job.generation,
        prepared: Box::new(prepared),
        first,
    })
}

/// Makes one page of a prepared item ready to draw.
pub fn make_page(
    generation: Generation,
    page: usize,
    setting: Arc<Setting>,
    prepared: Prepared,
    answers: UnboundedSender<Told>,
) {
    let spawned = std::thread::Builder::new()
        .name("page".into())
        .spawn(move || {
            let made = prepared.sheet(&setting, page).transpose();
            let made = made.map(|made| {
                made.map(|sheet| Answer::Page {
                    generation,
                    page,
                    sheet: Box::new(sheet),
                })
            });
            if let Some(made) = made {
                answer(&answers, generation, made);
            }
        });
    if let Err(error) = spawned {
        tracing::error!("no thread could be started to draw a page: {error}; free memory");
    }
}

fn answer(
    answers: &UnboundedSender<Told>,
    generation: Generation,
    answer: Result<Answer, PrepareError>,
) {
    let answer = answer.unwrap_or_else(|error| Answer::Failed {
        generation,
        fault: error.to_string(),
    });
    // The conductor is gone at shutdown; then nobody needs the answer.
    drop(answers.send(Told::Backstage(answer)));
}
