//! The bars above and below, in the same place on every page.

use motcua_show::Language;
use motcua_show::visit::{Place, Press, Size};

use super::draft::{BUTTON_HEIGHT, Draft, Look};
use super::sizes::button;
use super::{Panel, Part, Scene, TargetKind};
use crate::block::Block;
use crate::geometry::{MARGIN, Rect};
use crate::page::{Role, Weight};
use crate::style::Style;
use crate::typesetter::Typesetter;

/// Height of a bar of one row.
pub(super) const BAR: f32 = 112.0;
/// Space between buttons.
const GAP: f32 = 16.0;

/// How much narrower than they want to be buttons may stand, so that the bar has one row.
const TIGHTEST: f32 = 0.88;

/// A screen lower than this has no room for two rows.
const LOW: f32 = 1000.0;

/// A button of the bar: what it is called, what it does, whether it is on.
type Switch = (String, Press, bool, TargetKind);

/// The bar above: title, languages, size of text, contrast, height. It takes two rows where one is too narrow.
pub(super) fn top(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    x: f32,
    y: f32,
    width: f32,
) -> Panel {
    let mut draft = Draft::new(typesetter);
    let title = Style {
        weight: Weight::Bold,
        ..button(Role::OnFrame).at(44.0)
    };
    let title = draft.typesetter.line(&scene.words.look_up, title);
    let (languages, switches) = (languages(scene), switches(scene));
    let both: Vec<Switch> = languages.iter().chain(&switches).cloned().collect();
    let margin = margin(width);
    let room = width - 2.0 * margin;
    let wanted = row_width(&mut draft, &both);
    // On a low screen a second row is worth more than the title, which the page below says too.
    let has_title = scene.viewport.height >= LOW
        || wanted * TIGHTEST <= room - title.width - 2.0 * GAP
        || wanted * TIGHTEST > room;
    let title = if has_title { title } else { Block::default() };
    let beside_title = if has_title {
        room - title.width - 2.0 * GAP
    } else {
        room
    };
    let has_one_row = wanted * TIGHTEST <= beside_title;
    let title_y = (BAR - title.height) / 2.0;
    title.place(margin, title_y, &mut draft.elements);
    let height = if has_one_row {
        let all = wanted.min(beside_title);
        row(&mut draft, both, width - margin - all, 0.0, all);
        BAR
    } else {
        let left = title.width + 2.0 * GAP;
        let wanted = row_width(&mut draft, &switches).min(room - left);
        row(&mut draft, switches, width - margin - wanted, 0.0, wanted);
        let second = BAR - GAP;
        row(&mut draft, languages, margin, second, room);
        second + BAR
    };
    let place = Rect::new(x, y, width, height);
    draft.finish(Part::Top, place, Role::Frame, height, &())
}

fn languages(scene: &Scene<'_>) -> Vec<Switch> {
    let chosen = scene.visit.options().language;
    let of = |language: Language| {
        let is_chosen = language == chosen;
        let kind = TargetKind::Choice(is_chosen);
        let press = Press::Language(language);
        (name_of(language).to_owned(), press, is_chosen, kind)
    };
    Language::ALL.into_iter().map(of).collect()
}

fn switches(scene: &Scene<'_>) -> Vec<Switch> {
    let (words, options) = (scene.words, scene.visit.options());
    let lower = if options.is_lowered {
        &words.raise
    } else {
        &words.lower
    };
    let of = |label: &str, press, is_on| (label.to_owned(), press, is_on, TargetKind::Tick(is_on));
    vec![
        of(&words.larger, Press::Larger, options.size != Size::Normal),
        of(&words.contrast, Press::Contrast, options.has_high_contrast),
        of(lower, Press::Lower, options.is_lowered),
    ]
}

/// The width that buttons side by side want.
fn row_width(draft: &mut Draft<'_>, buttons: &[Switch]) -> f32 {
    let widths: f32 = buttons
        .iter()
        .map(|(label, ..)| draft.button_width(label))
        .sum();
    widths + GAP * buttons.len().saturating_sub(1) as f32
}

/// Sets buttons side by side over a width; their labels shrink where that is too narrow.
fn row(draft: &mut Draft<'_>, buttons: Vec<Switch>, x: f32, y: f32, width: f32) {
    let gaps = GAP * buttons.len().saturating_sub(1) as f32;
    let wanted = row_width(draft, &buttons) - gaps;
    let stretch = (width - gaps) / wanted;
    let y = y + (BAR - BUTTON_HEIGHT) / 2.0;
    let mut x = x;
    for (label, press, is_on, kind) in buttons {
        let wide = draft.button_width(&label) * stretch;
        let look = if is_on {
            Look::ChosenOnBar
        } else {
            Look::OnBar
        };
        draft.button(
            Rect::new(x, y, wide, BUTTON_HEIGHT),
            &label,
            look,
            press,
            kind,
        );
        x += wide + GAP;
    }
}

/// The bar below: back, home, the hotline, close.
pub(super) fn bottom(typesetter: &mut Typesetter, scene: &Scene<'_>, place: Rect) -> Panel {
    let words = scene.words;
    let mut draft = Draft::new(typesetter);
    let y = (place.height - BUTTON_HEIGHT) / 2.0;
    let margin = margin(place.width);
    let back = format!("‹ {}", words.back);
    let close = format!("{} ×", words.close);
    let width = draft.button_width(&back);
    let rect = Rect::new(margin, y, width, BUTTON_HEIGHT);
    let mut left = rect.right();
    draft.button(rect, &back, Look::OnBar, Press::Back, TargetKind::Button);
    if !matches!(scene.visit.place(), Place::Home | Place::Thanks) {
        let width = draft.button_width(&words.home);
        let rect = Rect::new(left + GAP, y, width, BUTTON_HEIGHT);
        left = rect.right();
        draft.button(
            rect,
            &words.home,
            Look::OnBar,
            Press::Home,
            TargetKind::Button,
        );
    }
    let width = draft.button_width(&close);
    let rect = Rect::new(place.width - margin - width, y, width, BUTTON_HEIGHT);
    draft.button(rect, &close, Look::OnBar, Press::Close, TargetKind::Button);
    hotline(
        &mut draft,
        scene,
        left + 2.0 * GAP,
        rect.x - 2.0 * GAP,
        place.height,
    );
    draft.finish(Part::Bottom, place, Role::Frame, place.height, &())
}

fn hotline(draft: &mut Draft<'_>, scene: &Scene<'_>, left: f32, right: f32, height: f32) {
    let Some(number) = scene.visit.catalogue().show().hotline.as_deref() else {
        return;
    };
    let style = button(Role::OnFrame);
    let whole = draft
        .typesetter
        .line(&format!("{} **{number}**", scene.words.hotline), style);
    let block = if whole.width <= right - left {
        whole
    } else {
        // The number alone under its label.
        let text = format!("{}\n\n**{number}**", scene.words.hotline);
        draft.typesetter.block(&text, style.at(32.0), right - left)
    };
    if block.lines.len() <= 2 {
        draft.centred(&block, Rect::new(left, 0.0, right - left, height));
    }
}

/// The name of a language in itself.
const fn name_of(language: Language) -> &'static str {
    match language {
        Language::Vi => "Tiếng Việt",
        Language::Km => "ភាសាខ្មែរ",
        Language::En => "English",
    }
}

/// The margin beside what is touched.
pub(super) fn margin(width: f32) -> f32 {
    if width < 1400.0 { 40.0 } else { MARGIN }
}
