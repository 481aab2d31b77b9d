//! Everything that an item says, in one language.
//!
//! Pages are laid out elsewhere; this only lists the texts that a reader has to take in, each once.

use crate::item::{Content, Indicator, Item};
use crate::procedure::{Fee, Procedure, Way};
use crate::show::Show;
use crate::text::{Language, Text};

/// The texts that `item` shows on its pages in `language`; none where it has no page in it.
///
/// What is not written by language (codes, labels, procedures) counts in the show's own language.
#[must_use]
pub fn wording<'a>(show: &'a Show, item: &'a Item, language: Language) -> Vec<&'a str> {
    let mut words = Wording {
        language,
        own: show.language,
        texts: Vec::new(),
    };
    match &item.content {
        Content::Image(media) | Content::Audio(media) | Content::Document(media) => {
            words.texts(media.caption.as_ref());
        }
        Content::Video(video) => {
            let second = video.second.as_ref();
            words.texts(video.media.caption.as_ref());
            words.texts(second.and_then(|second| second.caption.as_ref()));
        }
        Content::Announcement(a) => {
            words.texts(
                [&a.title]
                    .into_iter()
                    .chain(&a.body)
                    .chain(&a.agency)
                    .chain(&a.link_purpose),
            );
            words.plain(a.number.as_deref());
        }
        Content::Procedure(reference) => {
            if let Some(procedure) = show.procedure(&reference.code) {
                words.plain(posted(procedure));
            }
        }
        Content::Procedures(board) => {
            words.plain([board.field.as_str()]);
            for procedure in show
                .procedures
                .values()
                .filter(|procedure| board.lists(procedure))
            {
                words.plain(row(procedure));
            }
        }
        Content::Question(q) => {
            words.texts(
                [&q.question, &q.answer]
                    .into_iter()
                    .chain(&q.answered_by)
                    .chain(&q.link_purpose),
            );
        }
        Content::Guide(guide) => {
            words.texts(
                [&guide.title]
                    .into_iter()
                    .chain(&guide.steps)
                    .chain(&guide.link_purpose),
            );
        }
        Content::Indicator(indicator) => words.indicator(indicator),
        Content::Playlist(_) => {}
    }
    words.texts
}

struct Wording<'a> {
    language: Language,
    own: Language,
    texts: Vec<&'a str>,
}

impl<'a> Wording<'a> {
    /// In the show's own language a page falls back to another; a second language shows its own texts.
    fn texts(&mut self, texts: impl IntoIterator<Item = &'a Text>) {
        for text in texts {
            if self.language == self.own {
                self.texts.push(text.best(self.own));
            } else {
                self.texts.extend(text.written_in(self.language, self.own));
            }
        }
    }

    fn plain(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        if self.language == self.own {
            self.texts.extend(texts);
        }
    }

    fn indicator(&mut self, indicator: &'a Indicator) {
        self.texts(
            [&indicator.title, &indicator.unit]
                .into_iter()
                .chain(&indicator.source_note),
        );
        self.texts(
            indicator
                .series
                .iter()
                .filter_map(|series| series.name.as_ref()),
        );
        self.plain(indicator.name_short.as_deref());
        self.plain(
            indicator
                .series
                .iter()
                .flat_map(|series| &series.points)
                .map(|point| point.at.as_str()),
        );
    }
}

/// Every field of a procedure that is posted.
fn posted(procedure: &Procedure) -> Vec<&str> {
    let mut texts = vec![
        procedure.code.as_str(),
        procedure.name.as_str(),
        procedure.field.as_str(),
    ];
    texts.push(&procedure.steps);
    texts.extend(procedure.agency.as_deref());
    texts.extend(
        procedure
            .applicants
            .iter()
            .chain(&procedure.legal_basis)
            .map(String::as_str),
    );
    for way in &procedure.ways {
        texts.extend(
            way.time_limit
                .as_deref()
                .into_iter()
                .chain(fee(way))
                .chain(way.note.as_deref()),
        );
    }
    for case in &procedure.cases {
        texts.extend(case.title.as_deref());
        for paper in &case.papers {
            texts.push(&paper.name);
            texts.extend(
                paper
                    .form
                    .as_deref()
                    .into_iter()
                    .chain(paper.note.as_deref()),
            );
        }
    }
    texts.extend(procedure.forms.iter().map(|form| form.name.as_str()));
    texts.extend(
        procedure
            .result
            .as_deref()
            .into_iter()
            .chain(procedure.conditions.as_deref()),
    );
    texts.extend(
        procedure
            .decision
            .as_ref()
            .map(|decision| decision.number.as_str()),
    );
    texts.extend(procedure.receive_at.as_deref());
    texts
}

/// What a board says of a procedure: code, name, time limit and fee.
fn row(procedure: &Procedure) -> Vec<&str> {
    let first = procedure.ways.first();
    let mut texts = vec![procedure.code.as_str(), procedure.headline()];
    texts.extend(first.and_then(|way| way.time_limit.as_deref()));
    texts.extend(first.and_then(fee));
    texts
}

fn fee(way: &Way) -> Option<&str> {
    match way.fee() {
        Fee::Published(fee) | Fee::SetBy(fee) => Some(fee),
        Fee::Unknown => None,
    }
}
