//! Fingers, mouse and keyboard: one finger at a time reaches the page.
//!
//! A second finger or a palm beside the first does nothing, but on the keyboard, where the next key is often
//! touched before the last is let go: there the first finger counts as lifted.

#[cfg(test)]
mod tests;

use motcua_show::visit::Press;
use motcua_show::visit::keyboard::Key as VisitKey;
use slint::LogicalPosition;
use slint::platform::{PointerEventButton, WindowEvent as Input};
use winit::event::{ElementState, MouseButton, Touch, TouchPhase, WindowEvent};
use winit::keyboard::{Key, ModifiersState, NamedKey};

use super::FromScreen;
use crate::view::View;

/// Who touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pointer {
    Mouse,
    Finger(u64),
}

/// What touches the screen.
#[derive(Debug, Default)]
pub(super) struct Fingers {
    /// The one that reaches the page, and where it is.
    active: Option<(Pointer, (f64, f64))>,
    mouse: (f64, f64),
    /// What is held down on a keyboard of the machine.
    modifiers: ModifiersState,
}

impl Fingers {
    /// Takes an event of the window; what it means goes to the page, or to `tell`.
    pub(super) fn take(&mut self, event: &WindowEvent, view: &View, tell: &dyn Fn(FromScreen)) {
        match event {
            WindowEvent::CursorMoved { position, .. } => {
                self.mouse = (position.x, position.y);
                self.moved(Pointer::Mouse, self.mouse, view);
            }
            WindowEvent::MouseInput {
                state,
                button: MouseButton::Left,
                ..
            } => match state {
                ElementState::Pressed => self.pressed(Pointer::Mouse, self.mouse, view, tell),
                ElementState::Released => self.released(Pointer::Mouse, self.mouse, view),
            },
            WindowEvent::Touch(Touch {
                phase,
                location,
                id,
                ..
            }) => {
                let (finger, at) = (Pointer::Finger(*id), (location.x, location.y));
                match phase {
                    TouchPhase::Started => self.pressed(finger, at, view, tell),
                    TouchPhase::Moved => self.moved(finger, at, view),
                    TouchPhase::Ended => self.released(finger, at, view),
                    TouchPhase::Cancelled => self.cancelled(finger, view),
                }
            }
            WindowEvent::ModifiersChanged(held) => self.modifiers = held.state(),
            // A letter with Ctrl or Alt is a command to some other program, and nothing typed.
            WindowEvent::KeyboardInput { event, .. }
                if event.state.is_pressed()
                    && view.visiting.is_open()
                    && !(self.modifiers.control_key()
                        || self.modifiers.alt_key()
                        || self.modifiers.super_key()) =>
            {
                for press in presses(&event.logical_key, event.text.as_deref()) {
                    tell(FromScreen::Pressed(press));
                }
            }
            _ => {}
        }
        for press in view.visiting.take_pressed() {
            tell(FromScreen::Pressed(press));
        }
    }

    fn pressed(
        &mut self,
        pointer: Pointer,
        at: (f64, f64),
        view: &View,
        tell: &dyn Fn(FromScreen),
    ) {
        if !view.visiting.is_open() {
            // The finger that opens the lookup presses nothing in it.
            self.active = None;
            let code = view.link_at(at);
            tell(FromScreen::Touched { code });
            return;
        }
        tell(FromScreen::Touched { code: None });
        if let Some((first, place)) = self.active {
            if first == pointer
                || !view
                    .visiting
                    .are_on_keys([view.logical(place), view.logical(at)])
            {
                return;
            }
            self.released(first, place, view);
        }
        self.active = Some((pointer, at));
        let position = position(view, at);
        view.input(Input::PointerMoved { position });
        view.input(Input::PointerPressed {
            position,
            button: PointerEventButton::Left,
        });
    }

    fn moved(&mut self, pointer: Pointer, at: (f64, f64), view: &View) {
        if let Some((active, place)) = &mut self.active
            && *active == pointer
        {
            *place = at;
            view.input(Input::PointerMoved {
                position: position(view, at),
            });
        }
    }

    fn released(&mut self, pointer: Pointer, at: (f64, f64), view: &View) {
        if self
            .active
            .take_if(|(active, _)| *active == pointer)
            .is_some()
        {
            view.input(Input::PointerReleased {
                position: position(view, at),
                button: PointerEventButton::Left,
            });
            // A finger that is gone hovers nowhere.
            view.input(Input::PointerExited);
        }
    }

    fn cancelled(&mut self, pointer: Pointer, view: &View) {
        if self
            .active
            .take_if(|(active, _)| *active == pointer)
            .is_some()
        {
            view.input(Input::PointerExited);
        }
    }
}

fn position(view: &View, at: (f64, f64)) -> LogicalPosition {
    let (x, y) = view.logical(at);
    LogicalPosition::new(x, y)
}

/// What a key of the machine's keyboard means.
fn presses(key: &Key, text: Option<&str>) -> Vec<Press> {
    match key {
        Key::Named(NamedKey::Backspace) => vec![Press::Key(VisitKey::Erase)],
        Key::Named(NamedKey::Enter) => vec![Press::Key(VisitKey::Search)],
        Key::Named(NamedKey::Escape) => vec![Press::Back],
        _ => {
            let letters = text.unwrap_or_default().chars();
            letters
                .filter(|letter| !letter.is_control())
                .map(Press::Character)
                .collect()
        }
    }
}
