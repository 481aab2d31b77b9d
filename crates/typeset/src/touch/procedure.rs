//! One procedure: how long, how much, how; its papers to tick; every other field; what can be taken away.

use motcua_show::Procedure;
use motcua_show::visit::{Press, QrKind, Section};

use super::draft::{BUTTON_HEIGHT, Draft, Look, literal};
use super::row::{self, Row};
use super::sizes::Sizes;
use super::{Panel, Part, Scene, TargetKind, bars, checklist, take_away};
use crate::geometry::Rect;
use crate::kinds::procedure::answers::{self, Answer};
use crate::kinds::procedure::sections::{self, Field, Naming};
use crate::page::Role;
use crate::typesetter::Typesetter;
use crate::words::filled;

/// Height of the row of tabs.
const TABS: f32 = 108.0;
/// Space between columns and buttons.
const GAP: f32 = 16.0;
/// A screen narrower than this has no column beside the text.
const NARROW: f32 = 1300.0;
/// Lines of the name where another part than the first is open.
const RUNNING_LINES: usize = 2;

pub(super) fn page(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    code: &str,
    section: Section,
    qr: QrKind,
    place: Rect,
) -> Vec<Panel> {
    let Some(procedure) = scene.visit.procedure(code) else {
        return Vec::new();
    };
    let tabs = tabs(typesetter, scene, section, place);
    let is_wide = place.width >= NARROW;
    let below = place.height - tabs.place.height;
    let aside_height = if is_wide {
        below
    } else {
        take_away::BELOW.min(below * 0.45)
    };
    let (main, aside) = if is_wide {
        let main = Rect::new(
            place.x,
            tabs.place.bottom(),
            place.width - take_away::BESIDE,
            below,
        );
        let aside = Rect::new(main.right(), main.y, take_away::BESIDE, below);
        (main, aside)
    } else {
        let main = Rect::new(
            place.x,
            tabs.place.bottom(),
            place.width,
            below - aside_height,
        );
        let aside = Rect::new(place.x, main.bottom(), place.width, aside_height);
        (main, aside)
    };
    let main = text(typesetter, scene, code, procedure, section, main);
    let aside = take_away::panel(typesetter, scene, code, procedure, qr, aside, is_wide);
    vec![tabs, main, aside]
}

fn tabs(typesetter: &mut Typesetter, scene: &Scene<'_>, open: Section, place: Rect) -> Panel {
    let words = scene.words;
    let mut draft = Draft::new(typesetter);
    let margin = bars::margin(place.width);
    let labels: Vec<(Section, &String)> = Section::ALL
        .into_iter()
        .map(|section| {
            let label = match section {
                Section::Papers => &words.section_papers,
                Section::Filing => &words.section_filing,
                Section::Steps => &words.section_steps,
                Section::More => &words.section_more,
                Section::Related => &words.section_related,
            };
            (section, label)
        })
        .collect();
    let room = place.width - 2.0 * margin;
    let widths: Vec<f32> = labels
        .iter()
        .map(|(_, label)| draft.button_width(label).min(room))
        .collect();
    let (mut x, mut y) = (margin, (TABS - BUTTON_HEIGHT) / 2.0);
    for ((section, label), width) in labels.into_iter().zip(widths) {
        // What does not fit beside the others goes on in a second row.
        if x > margin && x + width > margin + room {
            x = margin;
            y += BUTTON_HEIGHT + 12.0;
        }
        let is_open = section == open;
        let look = if is_open { Look::Chosen } else { Look::Plain };
        let rect = Rect::new(x, y, width, BUTTON_HEIGHT);
        let kind = TargetKind::Choice(is_open);
        draft.button(rect, label, look, Press::Section(section), kind);
        x = rect.right() + GAP;
    }
    let height = y + BUTTON_HEIGHT + (TABS - BUTTON_HEIGHT) / 2.0;
    let tabs = Rect { height, ..place };
    draft.finish(Part::Tabs, tabs, Role::Surface, height, &())
}

fn text(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    code: &str,
    procedure: &Procedure,
    section: Section,
    place: Rect,
) -> Panel {
    let words = scene.words;
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let margin = bars::margin(scene.viewport.width);
    let width = place.width - 2.0 * margin;
    let mut draft = Draft::new(typesetter);
    let mut y = 8.0;
    if scene.visit.is_withdrawn(code) {
        let said = filled(&words.withdrawn, &[&scene.counter()]);
        let style = sizes.head().coloured(Role::Accent);
        y += draft.text(&said, style, margin, y, width) + 12.0;
    }
    y = if section == Section::Papers {
        heading(&mut draft, scene, procedure, sizes, margin, y, width)
    } else {
        let style = sizes.head().at(44.0 * sizes.factor);
        let name = literal(&one_line_of(procedure.headline()));
        y + draft.marked(&name, style, (margin, y), width, RUNNING_LINES) + 16.0
    };
    y = match section {
        Section::Papers => checklist::set(
            &mut draft,
            scene,
            code,
            procedure,
            sizes,
            (margin, y),
            width,
        ),
        Section::Related => related(&mut draft, scene, code, sizes, margin, y, width),
        Section::Filing => {
            let fields = [Field::Ways, Field::TimeLimit, Field::Fee];
            fields_of(
                &mut draft,
                scene,
                procedure,
                &fields,
                sizes,
                (margin, y),
                width,
            )
        }
        Section::Steps => fields_of(
            &mut draft,
            scene,
            procedure,
            &[Field::Steps],
            sizes,
            (margin, y),
            width,
        ),
        Section::More => {
            let fields = [
                Field::Name,
                Field::Applicants,
                Field::Agency,
                Field::Result,
                Field::Conditions,
                Field::LegalBasis,
                Field::Decision,
            ];
            fields_of(
                &mut draft,
                scene,
                procedure,
                &fields,
                sizes,
                (margin, y),
                width,
            )
        }
    };
    let holds = (code.to_owned(), section as u8);
    draft.finish(Part::Main, place, Role::Surface, y + 24.0, &holds)
}

/// The name, and the three questions of every visitor.
fn heading(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    procedure: &Procedure,
    sizes: Sizes,
    x: f32,
    y: f32,
    width: f32,
) -> f32 {
    let words = scene.words;
    let mut y = y;
    let headline = one_line_of(procedure.headline());
    let long = headline.chars().count();
    let style = match long {
        0..=60 => sizes.title().at(60.0),
        61..=160 => sizes.title().at(50.0),
        _ => sizes.head().at(42.0),
    };
    y += draft.plain(&headline, style, x, y, width) + 4.0;
    if headline != one_line_of(&procedure.name) {
        y += draft.plain(&one_line_of(&procedure.name), sizes.note(), x, y, width) + 2.0;
    }
    let levels = row::levels_of(procedure, words);
    let said: Vec<&str> = [procedure.field.trim(), &levels, &procedure.code]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    y += draft.plain(&said.join(" · "), sizes.note(), x, y, width) + 16.0;
    let facts = [
        (&words.time_limit, answers::time_limit(procedure, words)),
        (&words.fee, answers::fee(procedure, words)),
        (&words.ways_short, answers::ways(procedure, words)),
    ];
    y = three(draft, &facts, sizes, x, y, width) + 12.0;
    if let Some(day) = scene.worked_out.expected {
        let said = filled(&words.expected_on, &[&format!("**{}**", Scene::date(day))]);
        y += draft.text(&said, sizes.body(), x, y, width) + 12.0;
    }
    draft.fill(Rect::new(x, y, width, 4.0), Role::Text, 0.0);
    y + 20.0
}

/// The three answers side by side, or one below the other where they are long.
fn three(
    draft: &mut Draft<'_>,
    facts: &[(&String, Answer)],
    sizes: Sizes,
    x: f32,
    y: f32,
    width: f32,
) -> f32 {
    let is_long = facts
        .iter()
        .any(|(_, answer)| answer.value.chars().count() > 60);
    let columns = if is_long || sizes.factor > 1.3 && width < 1000.0 {
        1
    } else {
        facts.len()
    };
    let column = (width - 32.0 * (columns - 1) as f32) / columns as f32;
    let mut bottom = y;
    let mut top = y;
    for (index, (label, answer)) in facts.iter().enumerate() {
        let left = x + (index % columns) as f32 * (column + 32.0);
        if columns == 1 {
            top = bottom;
        }
        let mut at = top + draft.text(label, sizes.note(), left, top, column);
        let value = sizes.head().at(42.0 * sizes.factor);
        let value = if is_long { sizes.name() } else { value };
        at += draft.plain(&answer.value, value, left, at, column);
        if !answer.note.is_empty() {
            at += draft.plain(&answer.note, sizes.note(), left, at, column);
        }
        bottom = bottom.max(at + 8.0);
    }
    bottom
}

fn fields_of(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    procedure: &Procedure,
    fields: &[Field],
    sizes: Sizes,
    (x, y): (f32, f32),
    width: f32,
) -> f32 {
    let naming = if procedure.headline() == procedure.name {
        Naming::SaidAbove
    } else {
        Naming::InFull
    };
    let sections = sections::sections(procedure, naming, scene.words);
    let mut y = y;
    let mut is_empty = true;
    for field in fields {
        for section in sections.iter().filter(|section| section.field == *field) {
            is_empty = false;
            let head = sizes.head().coloured(Role::Accent);
            y += draft.text(&section.head, head, x, y, width) + 6.0;
            y = checklist::parts(draft, &section.parts, sizes, (x, y), width) + 28.0;
        }
    }
    if is_empty {
        y += draft.text(&scene.words.not_stated, sizes.body(), x, y, width);
    }
    y
}

fn related(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    code: &str,
    sizes: Sizes,
    x: f32,
    y: f32,
    width: f32,
) -> f32 {
    let mut y = y;
    for entry in scene.visit.catalogue().related(code) {
        let row = Row { entry, marks: &[] };
        y += row::row(draft, scene, sizes, &row, (x, y), width);
    }
    y
}

/// A name of the database on one line, in composed form.
pub(super) fn one_line_of(name: &str) -> String {
    sections::one_line(&crate::kinds::procedure::clean(name))
}
