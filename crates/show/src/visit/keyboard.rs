//! The keyboard on the screen: its layouts, and what becomes of the keys that are pressed.
//!
//! The screen asks for [`Keyboard::rows`], draws them and says which [`Key`] was pressed. What was typed is
//! held twice: as it is seen, and as the raw letters, because Telex makes "tã" of "tax" and the lookup has
//! to find both. Neither outlives the visit: both are wiped from memory by [`Keyboard::clear`] and when the
//! keyboard is dropped. Only what the crate `vi` holds while it composes one syllable is out of reach.

mod compose;
mod khmer;
mod rows;
mod syllable;
mod typed;

use std::fmt;

use typed::Typed;

/// What is typed holds at most so many characters.
pub const LIMIT: usize = 200;

/// A way of typing Vietnamese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Method {
    /// A key for each of ă â đ ê ô ơ ư and for each tone.
    #[default]
    Accented,
    /// Letters stand for accents: "tieengs" is "tiếng".
    Telex,
    /// Digits stand for accents: "tie6ng1" is "tiếng".
    Vni,
    /// Letters without accents; the lookup reads those too.
    Plain,
}

impl Method {
    /// The way of typing that [`Key::Method`] goes to from this one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Accented => Self::Telex,
            Self::Telex => Self::Vni,
            Self::Vni => Self::Plain,
            Self::Plain => Self::Accented,
        }
    }
}

/// A tone of a Vietnamese syllable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// *Sắc*: á.
    Acute,
    /// *Huyền*: à.
    Grave,
    /// *Hỏi*: ả.
    Hook,
    /// *Ngã*: ã.
    Tilde,
    /// *Nặng*: ạ.
    Dot,
    /// *Ngang*: a. No layout has a key for it, because the same tone pressed twice takes it away.
    None,
}

/// Which keys there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// The Latin letters, and what the way of typing needs beside them.
    Vietnamese(Method),
    /// The keyboard of Cambodia (NiDA), with its second level under Shift.
    Khmer,
    /// Digits and the signs of codes and addresses.
    Numbers,
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// Types this.
    Text(&'static str),
    /// Gives the last syllable this tone, or takes it away where the syllable has it.
    Tone(Tone),
    /// The next letter is a capital, or of the second level.
    Shift,
    /// Takes away the last letter as it is seen.
    Erase,
    /// Takes everything away. No row holds it; it stands in the search box.
    Clear,
    /// A space between words.
    Space,
    /// The next way of typing Vietnamese.
    Method,
    /// To the Khmer letters.
    Khmer,
    /// From the numbers back to the letters that were there before; from Khmer to Vietnamese.
    Letters,
    /// To the digits.
    Numbers,
    /// Search. It changes nothing here.
    Search,
}

/// A key as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cap {
    /// What it is.
    pub key: Key,
    /// What stands on it; empty where the screen says it in the visitor's language or draws a sign.
    pub label: &'static str,
    /// Its width, in twelfths of the row.
    pub width: f32,
}

/// The keyboard and what was typed with it.
pub struct Keyboard {
    layout: Layout,
    /// The way of typing Vietnamese, also while other letters are shown.
    method: Method,
    /// The letters that the numbers took the place of.
    before_numbers: Layout,
    is_shifted: bool,
    typed: Typed,
}

impl Keyboard {
    /// An empty one.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        let method = match layout {
            Layout::Vietnamese(method) => method,
            Layout::Khmer | Layout::Numbers => Method::default(),
        };
        Self {
            layout,
            method,
            before_numbers: match layout {
                Layout::Numbers => Layout::Vietnamese(method),
                letters => letters,
            },
            is_shifted: false,
            typed: Typed::new(),
        }
    }

    /// Which keys are shown.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Whether the next letter is a capital, or of the second level.
    #[must_use]
    pub fn is_shifted(&self) -> bool {
        self.is_shifted
    }

    /// The keys, from the top row to the bottom one; the widths of each row add up to 12.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<Cap>> {
        match self.layout {
            Layout::Vietnamese(method) => rows::vietnamese(method, self.is_shifted),
            Layout::Khmer => khmer::rows(self.is_shifted),
            Layout::Numbers => rows::numbers(),
        }
    }

    /// A key was pressed. What would not fit into [`LIMIT`] changes nothing.
    pub fn press(&mut self, key: Key) {
        match key {
            Key::Text(text) => {
                if self.typed.has_room_for(text) {
                    text.chars().for_each(|letter| self.write(letter));
                }
                self.is_shifted = false;
            }
            Key::Tone(tone) => self.typed.tone(tone),
            Key::Shift => self.is_shifted = !self.is_shifted,
            Key::Erase => self.typed.erase(self.method),
            Key::Clear => self.clear(),
            Key::Space => self.typed.space(),
            Key::Method => {
                if let Layout::Vietnamese(method) = self.layout {
                    self.method = method.next();
                    self.show(Layout::Vietnamese(self.method));
                }
            }
            Key::Khmer => self.show(Layout::Khmer),
            Key::Letters => self.show(match self.layout {
                Layout::Numbers => self.before_numbers,
                Layout::Khmer | Layout::Vietnamese(_) => Layout::Vietnamese(self.method),
            }),
            Key::Numbers => self.show(Layout::Numbers),
            Key::Search => {}
        }
    }

    /// A character from a real keyboard: as if its key were pressed. Control characters and what cannot be
    /// seen are ignored; the zero-width space of Khmer keyboards is a space.
    pub fn type_character(&mut self, character: char) {
        self.write(character);
        self.is_shifted = false;
    }

    /// What was typed, as it is seen: composed letters (NFC), single spaces, none at the beginning.
    #[must_use]
    pub fn text(&self) -> &str {
        self.typed.text()
    }

    /// The letters as they were typed, with the same spaces: those of Telex and the digits of VNI as they
    /// are, tone keys as nothing. Where letters were erased out of the middle of a Telex or VNI syllable it is
    /// spelled anew: "vieetj" without its t is "vieej".
    #[must_use]
    pub fn letters(&self) -> &str {
        self.typed.letters()
    }

    /// Wipes what was typed from memory. The layout stays.
    pub fn clear(&mut self) {
        self.typed.clear();
        self.is_shifted = false;
    }

    /// Whether nothing is typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.typed.text().is_empty()
    }

    fn show(&mut self, layout: Layout) {
        if layout != Layout::Numbers {
            self.before_numbers = layout;
        }
        self.layout = layout;
        self.is_shifted = false;
    }

    fn write(&mut self, character: char) {
        if character.is_control() || is_unseen(character) {
            return;
        }
        if character.is_whitespace() || character == ZERO_WIDTH_SPACE {
            self.typed.space();
            return;
        }
        match self.layout {
            Layout::Vietnamese(method) => {
                let letter = if self.is_shifted {
                    capital(character)
                } else {
                    character
                };
                self.typed.write(letter, Some(method));
            }
            Layout::Khmer | Layout::Numbers => self.typed.write(character, None),
        }
    }
}

/// What was typed is nobody's to read in a log.
impl fmt::Debug for Keyboard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Keyboard")
            .field("layout", &self.layout)
            .field("is_shifted", &self.is_shifted)
            .finish_non_exhaustive()
    }
}

/// What Khmer keyboards put between words.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// Characters that take no room of their own: a visitor could not see what Erase takes away.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200c}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The capital of a letter; itself where that is more than one letter.
fn capital(letter: char) -> char {
    let mut capitals = letter.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) => capital,
        _ => letter,
    }
}

#[cfg(test)]
mod tests;
