//! The slip of paper for who has no telephone.

use jiff::Zoned;
use motcua_show::takeaway;
use motcua_show::visit::Visit;
use motcua_typeset::touch::facts;
use motcua_typeset::words::{Words, filled};

use crate::printing::{Case, Code, Fact, Paper, Slip, USUAL_DOTS};

/// The slip of a procedure, with the ticks that the visitor made.
pub fn of(visit: &Visit, code: &str, words: &Words, now: &Zoned) -> Option<Slip> {
    let procedure = visit.procedure(code)?;
    let show = visit.catalogue().show();
    let language = visit.options().language;
    let ticked = visit.checklist(code);
    let mut number = 0;
    let cases = procedure
        .cases
        .iter()
        .map(|case| Case {
            title: case.title.clone().unwrap_or_default(),
            papers: case
                .papers
                .iter()
                .map(|paper| {
                    let is_ticked = ticked.has(number);
                    number += 1;
                    Paper {
                        name: facts::paper_name(paper),
                        counts: facts::paper_counts(paper, words),
                        is_ticked,
                    }
                })
                .collect(),
        })
        .collect();
    let counter = procedure.receive_at.clone().or_else(|| {
        let counter = show.lookup.counter.as_ref()?;
        Some(counter.best(language).to_owned())
    });
    let facts = facts::three(procedure, words)
        .into_iter()
        .map(|(label, value)| Fact { label, value })
        .collect();
    let online = takeaway::online_address(procedure).map(|content| Code {
        content,
        caption: words.scan_online.clone(),
    });
    let hotline = show
        .hotline
        .as_ref()
        .map(|number| format!("{}: {number}", words.hotline));
    let printed = now.strftime("%H:%M %d/%m/%Y").to_string();
    Some(Slip {
        dots: USUAL_DOTS,
        office: show.title.best(language).to_owned(),
        unit: show
            .unit
            .as_ref()
            .map_or_else(String::new, |unit| unit.best(language).to_owned()),
        headline: procedure.headline().to_owned(),
        code: filled(&words.code_of, &[&procedure.code]),
        counter: counter.map(|value| Fact {
            label: words.go_to.clone(),
            value,
        }),
        facts,
        papers_head: words.bring.clone(),
        cases,
        codes: online.into_iter().collect(),
        notes: hotline.into_iter().collect(),
        date: filled(&words.printed_at, &[&printed]),
    })
}
