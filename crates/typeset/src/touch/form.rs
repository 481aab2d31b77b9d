//! A form of a procedure: its pages, or what keeps them from being shown.

use super::draft::Draft;
use super::procedure::one_line_of;
use super::sizes::Sizes;
use super::{FormPages, Panel, Part, Scene, bars};
use crate::geometry::Rect;
use crate::page::{Element, Fit, Role};
use crate::typesetter::Typesetter;
use crate::words::filled;

/// A form as text: its pages, where it has any, lie over this.
pub(super) fn panels(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    code: &str,
    form: usize,
    place: Rect,
) -> Vec<Panel> {
    let sizes = Sizes {
        factor: scene.visit.options().size.factor(),
    };
    let mut draft = Draft::new(typesetter);
    let margin = bars::margin(place.width);
    let width = place.width - 2.0 * margin;
    let name = scene
        .visit
        .procedure(code)
        .and_then(|procedure| procedure.forms.get(form))
        .map_or("", |form| form.name.as_str());
    let mut y = 16.0 + draft.plain(&one_line_of(name), sizes.head(), margin, 16.0, width);
    match &scene.worked_out.form {
        FormPages::Opening => {
            y += draft.text(
                &scene.words.form_is_opening,
                sizes.body(),
                margin,
                y + 12.0,
                width,
            );
        }
        FormPages::NotThere => {
            let said = filled(&scene.words.form_not_there, &[&scene.counter()]);
            y += draft.text(&said, sizes.body(), margin, y + 12.0, width);
        }
        FormPages::Pages(sizes) => {
            for (wide, high) in sizes {
                let (wide, high) = (*wide as f32, *high as f32);
                let shown = (wide / scene.viewport.scale).min(width);
                let rect = Rect::new(margin, y + 20.0, shown, shown * high / wide.max(1.0));
                draft.elements.push(Element::Media {
                    rect,
                    fit: Fit::Sheet,
                });
                y = rect.bottom();
            }
            y += 20.0;
        }
    }
    let holds = (code.to_owned(), form);
    vec![draft.finish(Part::Main, place, Role::Surface, y, &holds)]
}
