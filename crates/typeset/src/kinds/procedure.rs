//! A posted procedure: the three questions of every visitor on the first page (how long, how much, which
//! papers), then all its fields in the order of the posting rules.
//!
//! Invariant: every word that the database holds of it is on some page, and no page says that a fee is
//! free unless it is published as free.

pub(crate) mod answers;
mod checklist;
mod facts;
mod first;
mod flow;
mod inspection;
pub(crate) mod papers;
pub(crate) mod sections;
mod shorten;
mod source;
mod ways;

use motcua_show::item::ProcedureRef;

use crate::context::Scene;
use crate::page::Page;
use crate::parts;
use crate::style::Style;
use crate::typesetter::Typesetter;
use crate::words::filled;

use self::sections::{Field, Naming, sections};

pub(in crate::kinds) use self::flow::HEADLINE_SLACK;
pub(in crate::kinds) use self::shorten::{balanced, shortened};
pub(crate) use self::source::clean;

/// The pages of a procedure; none where the show has no such procedure or it may not be posted on the
/// day (Circular 02/2017/TT-VPCP: from the day on which the decision takes effect, never after repeal).
pub fn pages(typesetter: &mut Typesetter, scene: &Scene<'_>, item: &ProcedureRef) -> Vec<Page> {
    let context = scene.context;
    let Some(procedure) = context
        .show
        .procedure(&item.code)
        .filter(|found| found.is_posted_on(context.today))
    else {
        return Vec::new();
    };
    let head = first::head(typesetter, scene, procedure);
    let says_official_name = !head.is_cut && procedure.headline() == procedure.name;
    let naming = if says_official_name {
        Naming::SaidAbove
    } else {
        Naming::InFull
    };
    let flowed = flow::flow(
        typesetter,
        scene,
        procedure.headline(),
        &sections(procedure, naming, scene.words),
    );
    let page_of = |field: Field| {
        flowed
            .begins
            .iter()
            .find(|(begun, _)| *begun == field)
            .map(|(_, index)| index + 2)
    };
    let mut pages = vec![first::page(typesetter, scene, procedure, head, page_of)];
    pages.extend(flowed.pages);
    pages.extend(first::filing_page(typesetter, scene, procedure));
    inspection::add(typesetter, scene, procedure, &mut pages);
    number(typesetter, scene, &mut pages);
    for page in &mut pages {
        page.links = vec![(scene.frame.stage, procedure.base_code().to_owned())];
    }
    pages
}

/// Sets the page numbers: at the foot, or on top where the body is too low for a foot.
fn number(typesetter: &mut Typesetter, scene: &Scene<'_>, pages: &mut [Page]) {
    if !flow::number_stands_on_top(scene) {
        parts::number_pages(typesetter, scene, pages);
        return;
    }
    let body = scene.body();
    let count = pages.len();
    for (index, page) in pages.iter_mut().enumerate().filter(|_| count > 1) {
        let number = filled(
            &scene.words.page_of,
            &[&(index + 1).to_string(), &count.to_string()],
        );
        let number = typesetter.line(&number, Style::small());
        // The first page has other things on top.
        let y = if index == 0 {
            body.bottom() - number.height
        } else {
            body.y + 8.0
        };
        number.place_right(body.right(), y, &mut page.elements);
    }
}
