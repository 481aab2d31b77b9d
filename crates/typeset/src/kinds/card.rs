//! The built-in card: what shows when nothing else can, and before anything else does.
//!
//! Knows only the office's own words, each of which may be missing. The clock is the frame's.

use jiff::civil::{Date, DateTime};
use motcua_show::schedule::Weekday;
use motcua_show::{Language, Show, Text};

use crate::block::Block;
use crate::context::Scene;
use crate::geometry::{Rect, Viewport};
use crate::page::{Element, Page, Role};
use crate::parts;
use crate::style::{BODIES, HEADLINES, LONG_HEADLINES, Style};
use crate::typesetter::Typesetter;
use crate::words::{Words, filled};

/// What the card says; what is missing is left out, and the name has a default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// The name of the office.
    pub title: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// The telephone number of the hotline.
    pub hotline: Option<String>,
    /// Where reflections and proposals are received.
    pub feedback: Option<String>,
    /// That the office is closed, which stands in the place of the request to wait.
    pub closed: Option<Closed>,
}

/// An office that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// When it opens; none where that is not known.
    pub opens: Option<DateTime>,
    /// The day on which that is said.
    pub today: Date,
}

impl Closed {
    /// The sentence, in the language of `words`.
    fn sentence(self, words: &Words) -> String {
        let Some(opens) = self.opens else {
            return words.closed_now.clone();
        };
        let day = opens.date();
        let time = format!("**{}**", opens.strftime("%H:%M"));
        if day == self.today {
            return filled(&words.opens_today, &[&time]);
        }
        if self.today.tomorrow().ok() == Some(day) {
            return filled(&words.opens_tomorrow, &[&time]);
        }
        let weekday = match Weekday::of(day) {
            Weekday::Mon => &words.on_monday,
            Weekday::Tue => &words.on_tuesday,
            Weekday::Wed => &words.on_wednesday,
            Weekday::Thu => &words.on_thursday,
            Weekday::Fri => &words.on_friday,
            Weekday::Sat => &words.on_saturday,
            Weekday::Sun => &words.on_sunday,
        };
        let day = day.strftime("%d/%m/%Y").to_string();
        filled(&words.opens_on, &[&time, weekday, &day])
    }
}

/// Sizes of the telephone number.
const NUMBERS: &[f32] = &[104.0, 84.0, 68.0];
/// The most that the telephone number takes of the height.
const NUMBER_PART: f32 = 0.2;
/// The most that hotline and feedback address take of the height; without room the address is left out.
const CONTACT_PART: f32 = 0.45;
/// The least size of the name.
const LEAST_NAME: f32 = 60.0;
/// Height of the short rule under the name.
const RULE: f32 = 8.0;
/// Width of that rule.
const RULE_WIDTH: f32 = 160.0;
/// Space around the rule.
const AROUND_RULE: f32 = 40.0;
/// Space between the telephone number and the feedback address beside it.
const BETWEEN: f32 = 88.0;
/// Lines that the name takes at most where a smaller size would take fewer.
const NAME_LINES: usize = 3;

/// The built-in card, for the scene's screen and in its language.
pub fn card(typesetter: &mut Typesetter, scene: &Scene<'_>, card: &Card) -> Page {
    card.page(typesetter, scene.context.viewport, scene.words)
}

impl Card {
    /// What the show says of its office.
    #[must_use]
    pub fn of(show: &Show, language: Language) -> Self {
        let said = |text: Option<&Text>| text.map(|text| text.best(language).to_owned());
        Self {
            title: said(Some(&show.title)),
            unit: said(show.unit.as_ref()),
            hotline: show.hotline.clone(),
            feedback: said(show.feedback.as_ref()),
            closed: None,
        }
    }

    /// The page for a screen, in the language of `words`.
    #[must_use]
    pub fn page(&self, typesetter: &mut Typesetter, viewport: Viewport, words: &Words) -> Page {
        let body = viewport.frame().body;
        let mut contact = self.contact(typesetter, viewport, words, body.width);
        if height(&contact) > body.height * CONTACT_PART {
            let without = Self {
                feedback: None,
                ..self.clone()
            };
            contact = without.contact(typesetter, viewport, words, body.width);
        }
        let contact_y = body.bottom() - height(&contact);
        let room = contact_y - body.y - AROUND_RULE;

        let name = said(self.title.as_deref()).unwrap_or(&words.one_stop);
        let least = typesetter
            .block(name, Style::headline(LEAST_NAME), body.width)
            .height;
        let unit = said(self.unit.as_deref()).unwrap_or_default();
        let unit = typesetter.block(unit, Style::body_muted().at(BODIES[0]), body.width);
        let unit = if least + unit.height > room {
            Block::default()
        } else {
            unit
        };
        let asked = self.closed.map_or_else(
            || words.please_wait.clone(),
            |closed| closed.sentence(words),
        );
        let wait = typesetter.block(&asked, Style::body().at(BODIES[0]), body.width);
        let wait_height = 2.0 * AROUND_RULE + RULE + wait.height;
        let has_wait = least + unit.height + wait_height <= room;
        let below = unit.height + if has_wait { wait_height } else { 0.0 };
        let name = largest(typesetter, name, body.width, room - below);

        let mut elements = Vec::new();
        let mut y = body.y + ((room - name.height - below) / 2.0).max(0.0);
        name.place(body.x, y, &mut elements);
        y += name.height;
        unit.place(body.x, y, &mut elements);
        y += unit.height;
        if has_wait {
            let rule = Rect::new(body.x, y + AROUND_RULE, RULE_WIDTH, RULE);
            elements.push(Element::Fill {
                rect: rule,
                role: Role::Accent,
                radius: 0.0,
            });
            wait.place(body.x, y + 2.0 * AROUND_RULE + RULE, &mut elements);
        }
        for (x, y, block) in contact {
            block.place(body.x + x, contact_y + y, &mut elements);
        }
        parts::page(elements)
    }

    /// Hotline and feedback address with their places, beside each other or one over the other.
    fn contact(
        &self,
        typesetter: &mut Typesetter,
        viewport: Viewport,
        words: &Words,
        width: f32,
    ) -> Vec<(f32, f32, Block)> {
        let mut placed = Vec::new();
        let (mut x, mut y) = (0.0, 0.0);
        if let Some(hotline) = said(self.hotline.as_deref()) {
            let label = typesetter.block(&words.hotline, Style::label(), width);
            let share = viewport.frame().body.height * NUMBER_PART;
            let number = typesetter.fit(hotline, NUMBERS, Style::figure(NUMBERS[0]), width, share);
            let below = label.height;
            if viewport.is_portrait() {
                y = below + number.height + AROUND_RULE;
            } else {
                x = label.width.max(number.width) + BETWEEN;
            }
            placed.push((0.0, 0.0, label));
            placed.push((0.0, below, number));
        }
        if let Some(feedback) = said(self.feedback.as_deref()) {
            // Too narrow a rest beside the number: the address goes under it.
            if width - x < width * 0.35 {
                y = height(&placed) + AROUND_RULE;
                x = 0.0;
            }
            let label = typesetter.block(&words.feedback, Style::label(), width - x);
            let address = typesetter.block(feedback, Style::body(), width - x);
            let below = y + label.height;
            placed.push((x, y, label));
            placed.push((x, below + 6.0, address));
        }
        placed
    }
}

fn height(placed: &[(f32, f32, Block)]) -> f32 {
    placed
        .iter()
        .map(|(_, y, block)| y + block.height)
        .fold(0.0, f32::max)
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn largest(typesetter: &mut Typesetter, name: &str, width: f32, height: f32) -> Block {
    let mut block = Block::default();
    for &size in HEADLINES.iter().chain(&LONG_HEADLINES[1..]) {
        block = typesetter.block(name, Style::headline(size), width);
        if block.height <= height && block.lines.len() <= NAME_LINES {
            break;
        }
    }
    block
}
