//! The bars above and below, in the same place on every page.

use motcua_show::Language;
use motcua_show::visit::{Place, Press, Size};

use super::draft::{BUTTON_HEIGHT, Draft, Look};
use super::sizes::button;
use super::{Panel, Part, Scene, TargetKind};
use crate::geometry::{MARGIN, Rect};
use crate::page::{Role, Weight};
use crate::style::Style;
use crate::typesetter::Typesetter;

/// Height of a bar of one row.
pub(super) const BAR: f32 = 112.0;
/// Space between buttons.
const GAP: f32 = 16.0;

/// The bar above: title, languages, size of text, contrast, height. It takes two rows where one is too narrow.
pub(super) fn top(typesetter: &mut Typesetter, scene: &Scene<'_>, x: f32, y: f32, width: f32) -> Panel {
    let words = scene.words;
    let options = scene.visit.options();
    let mut draft = Draft::new(typesetter);
    let title = Style {
        weight: Weight::Bold,
        ..button(Role::OnFrame).at(44.0)
    };
    let title = draft.typesetter.line(&words.look_up, title);
    let mut buttons: Vec<(String, Press, bool, TargetKind)> = Language::ALL
        .into_iter()
        .map(|language| {
            let is_chosen = language == options.language;
            (
                name_of(language).to_owned(),
                Press::Language(language),
                is_chosen,
                TargetKind::Choice(is_chosen),
            )
        })
        .collect();
    let is_large = options.size != Size::Normal;
    let mut switch = |label: &str, press, is_on| {
        buttons.push((label.to_owned(), press, is_on, TargetKind::Tick(is_on)));
    };
    switch(&words.larger, Press::Larger, is_large);
    switch(&words.contrast, Press::Contrast, options.has_high_contrast);
    let lower = if options.is_lowered {
        &words.raise
    } else {
        &words.lower
    };
    switch(lower, Press::Lower, options.is_lowered);
    let widths: Vec<f32> = buttons
        .iter()
        .map(|(label, ..)| draft.button_width(label))
        .collect();
    let all: f32 = widths.iter().sum::<f32>() + GAP * (buttons.len() - 1) as f32;
    let margin = margin(width);
    let has_one_row = title.width + 2.0 * GAP + all + 2.0 * margin <= width;
    let height = if has_one_row {
        BAR
    } else {
        title.height + 12.0 + BAR
    };
    let title_y = if has_one_row {
        (BAR - title.height) / 2.0
    } else {
        14.0
    };
    title.place(margin, title_y, &mut draft.elements);
    let row = height - BAR + (BAR - BUTTON_HEIGHT) / 2.0;
    // What does not fit beside each other is made narrower; labels shrink with it.
    let room = width - 2.0 * margin - GAP * (buttons.len() - 1) as f32;
    let wanted: f32 = widths.iter().sum();
    let squeeze = (room / wanted).min(1.0);
    let mut at = if has_one_row {
        width - margin - all
    } else {
        margin
    };
    for ((label, press, is_on, kind), wanted) in buttons.into_iter().zip(widths) {
        let rect = Rect::new(at, row, wanted * squeeze, BUTTON_HEIGHT);
        let look = if is_on { Look::ChosenOnBar } else { Look::OnBar };
        draft.button(rect, &label, look, press, kind);
        at += rect.width + GAP;
    }
    let place = Rect::new(x, y, width, height);
    draft.finish(Part::Top, place, Role::Frame, height, &())
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
        draft.button(rect, &words.home, Look::OnBar, Press::Home, TargetKind::Button);
    }
    let width = draft.button_width(&close);
    let rect = Rect::new(place.width - margin - width, y, width, BUTTON_HEIGHT);
    draft.button(rect, &close, Look::OnBar, Press::Close, TargetKind::Button);
    hotline(&mut draft, scene, left + 2.0 * GAP, rect.x - 2.0 * GAP, place.height);
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
