//! The fields of a procedure flowing over as many pages as legibility needs.
//!
//! On a wide screen a field's head stands in a column of its own, left of the text, so that it costs
//! no line and a reader who arrives late finds it; on an upright one it stands above. Invariants: a head
//! is never without text beside or below it, a page that goes on with a field repeats its head, and every
//! word of every field is on some page.

use crate::block::Block;
use crate::context::Scene;
use crate::geometry::Rect;
use crate::page::{Element, Page, Role};
use crate::parts;
use crate::style::Style;
use crate::typesetter::Typesetter;
use crate::words::filled;

use super::sections::{Field, Marker, Part, Section, Tone};
use super::shorten::{balanced, shortened};

/// The width of one step of indentation.
const STEP: f32 = 44.0;
/// Space between a sign and its text, at least.
const AFTER_SIGN: f32 = 16.0;
/// Side of a box to tick.
pub(super) const BOX: f32 = 44.0;
/// Width of its stroke.
pub(super) const BOX_STROKE: f32 = 4.0;
/// Space between a box and its text.
pub(super) const AFTER_BOX: f32 = 26.0;
/// Space between paragraphs.
const BETWEEN_PARTS: f32 = 14.0;
/// Space before a paragraph that heads others.
const BEFORE_HEADING: f32 = 26.0;
/// What a tightly tracked line may be wider than it was broken for.
pub(in crate::kinds) const HEADLINE_SLACK: f32 = 4.0;
/// Size of the name on top of further pages, and the space between it, the heavy rule and the text.
const RUNNING: f32 = 60.0;
const ABOVE_RULE: f32 = 8.0;
const BELOW_RULE: f32 = 20.0;
/// Space on either side of the hairline between two fields.
const AROUND_HAIRLINE: f32 = 24.0;
/// Width of a hairline.
pub(super) const HAIRLINE: f32 = 2.0;
/// Width of a heavy rule.
pub(super) const HEAVY: f32 = 4.0;
/// Least height of a body that keeps a strip at its foot for the page number; a lower one has it on top.
const LOWEST_WITH_FOOT: f32 = 560.0;

/// The pages that follow the first, and on which of them each field begins (the first of them is 0).
pub(super) struct Flowed {
    pub pages: Vec<Page>,
    pub begins: Vec<(Field, usize)>,
}

/// Where text stands on a page of fields.
struct Grid {
    head: Rect,
    text: Rect,
    is_head_beside: bool,
}

impl Grid {
    fn new(scene: &Scene<'_>, top: f32) -> Self {
        let body = scene.body();
        let foot = if number_stands_on_top(scene) {
            0.0
        } else {
            parts::page_number_height()
        };
        let height = body.bottom() - foot - top;
        let whole = Rect {
            y: top,
            height,
            ..body
        };
        if scene.is_portrait() {
            return Self {
                head: whole,
                text: whole,
                is_head_beside: false,
            };
        }
        let head = Rect {
            width: (body.width * 0.21).clamp(256.0, 372.0),
            ..whole
        };
        let gap = 40.0;
        let text = Rect {
            x: head.right() + gap,
            width: whole.width - head.width - gap,
            ..whole
        };
        Self {
            head,
            text,
            is_head_beside: true,
        }
    }
}

/// Whether the body is too low for a strip at its foot.
pub(super) fn number_stands_on_top(scene: &Scene<'_>) -> bool {
    scene.body().height < LOWEST_WITH_FOOT
}

/// Sets the fields.
pub(super) fn flow(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    name: &str,
    sections: &[Section],
) -> Flowed {
    if sections.is_empty() {
        return Flowed {
            pages: Vec::new(),
            begins: Vec::new(),
        };
    }
    let body = scene.body();
    let beside_number = if number_stands_on_top(scene) {
        body.width - 260.0
    } else {
        body.width - HEADLINE_SLACK
    };
    let lines = if scene.is_portrait() { 2 } else { 1 };
    let running = shortened(
        typesetter,
        name,
        Style::headline(RUNNING),
        beside_number,
        lines,
    )
    .block;
    let rule = Rect::new(
        body.x,
        body.y + running.height + ABOVE_RULE,
        body.width,
        HEAVY,
    );
    let top = rule.bottom() + BELOW_RULE;
    let grid = Grid::new(scene, top);
    let mut flow = Flow {
        typesetter,
        continued: &scene.words.continued,
        rule,
        running,
        y: grid.text.y,
        head_bottom: grid.text.y,
        grid,
        elements: Vec::new(),
        pages: Vec::new(),
    };
    let mut begins = Vec::new();
    for section in sections {
        flow.begin(section);
        begins.push((section.field, flow.pages.len()));
        flow.parts(section);
    }
    flow.turn();
    Flowed {
        pages: flow.pages,
        begins,
    }
}

struct Flow<'a> {
    typesetter: &'a mut Typesetter,
    continued: &'a str,
    grid: Grid,
    /// The procedure's name on top of every page.
    running: Block,
    rule: Rect,
    /// The page that is being filled.
    elements: Vec<Element>,
    /// Where the next paragraph goes.
    y: f32,
    /// The lower edge of the head beside the text.
    head_bottom: f32,
    pages: Vec<Page>,
}

/// A paragraph laid out, with what hangs before it.
struct Set {
    block: Block,
    sign: Option<Block>,
    marker_x: f32,
    text_x: f32,
    gap: f32,
    line: f32,
}

impl Flow<'_> {
    /// Sets the head of a field where its first lines still fit, else on a further page.
    fn begin(&mut self, section: &Section) {
        let head = self.head(&section.head);
        let first: f32 = self.least(&section.parts);
        let needed = if self.grid.is_head_beside {
            first.max(head.height)
        } else {
            head.height + BETWEEN_PARTS + first
        };
        if !self.is_at_top() {
            let between = 2.0 * AROUND_HAIRLINE + HAIRLINE;
            let below = self.y.max(self.head_bottom);
            if below + between + needed > self.grid.text.bottom() {
                self.turn();
            } else {
                let rule = Rect::new(
                    self.rule.x,
                    below + AROUND_HAIRLINE,
                    self.rule.width,
                    HAIRLINE,
                );
                self.elements.push(Element::Fill {
                    rect: rule,
                    role: Role::Line,
                    radius: 0.0,
                });
                self.y = below + between;
            }
        }
        self.place_head(&head);
    }

    /// The height of the first paragraphs that must not be parted.
    fn least(&mut self, parts: &[Part]) -> f32 {
        let mut height = 0.0;
        for part in parts {
            let set = self.set(part);
            let lines = set
                .block
                .lines
                .iter()
                .take(2)
                .map(|line| line.height)
                .sum::<f32>();
            if part.tone != Tone::Heading {
                return height + lines;
            }
            height += set.block.height + BETWEEN_PARTS;
        }
        height
    }

    fn head(&mut self, head: &str) -> Block {
        let style = if self.grid.is_head_beside && self.grid.head.width < 340.0 {
            Style::label_strong(Role::Accent)
        } else {
            Style::body_strong().coloured(Role::Accent)
        };
        balanced(self.typesetter, head, style, self.grid.head.width)
    }

    fn place_head(&mut self, head: &Block) {
        head.place(self.grid.head.x, self.y, &mut self.elements);
        self.head_bottom = self.y + head.height;
        if !self.grid.is_head_beside {
            self.y = self.head_bottom + BETWEEN_PARTS;
        }
    }

    fn parts(&mut self, section: &Section) {
        for (index, part) in section.parts.iter().enumerate() {
            let set = self.set(part);
            let following = &section.parts[index + 1..];
            // A heading takes the beginning of what it heads with it, a name its details.
            let reserve = match (part.tone, following.first().map(|next| next.tone)) {
                (Tone::Heading, Some(_)) => BETWEEN_PARTS + self.least(following),
                (_, Some(Tone::Detail)) => Style::label().leading,
                _ => 0.0,
            };
            self.place_part(
                set,
                reserve,
                part.marker == Marker::Box,
                index == 0,
                &section.head,
            );
        }
    }

    fn place_part(
        &mut self,
        mut set: Set,
        reserve: f32,
        has_box: bool,
        is_first: bool,
        head: &str,
    ) {
        let mut gap = if is_first { 0.0 } else { set.gap };
        let mut is_begun = false;
        loop {
            let room = self.grid.text.bottom() - self.y - gap;
            let page = self.grid.text.height
                - if self.grid.is_head_beside {
                    0.0
                } else {
                    2.0 * set.line
                };
            let whole = set.block.height;
            let room = if whole <= room && whole + reserve > room && whole + reserve <= page {
                room - reserve
            } else {
                room
            };
            let least = set
                .block
                .lines
                .iter()
                .take(2)
                .map(|line| line.height)
                .sum::<f32>();
            let is_fresh = self.is_fresh();
            if least > room && !is_fresh {
                self.turn_within(head);
                gap = 0.0;
                continue;
            }
            self.y += gap;
            let (here, rest) = set.block.split_at(room);
            if !is_begun {
                self.place_marker(set.sign.as_ref(), set.marker_x, set.line, has_box);
                is_begun = true;
            }
            here.place(set.text_x, self.y, &mut self.elements);
            self.y += here.height;
            let Some(rest) = rest else { return };
            set.block = rest;
            gap = 0.0;
            self.turn_within(head);
        }
    }

    fn place_marker(&mut self, sign: Option<&Block>, x: f32, line: f32, has_box: bool) {
        if let Some(sign) = sign {
            sign.place(x, self.y, &mut self.elements);
        }
        if has_box {
            self.elements.push(tick_box(x, self.y + (line - BOX) / 2.0));
        }
    }

    fn set(&mut self, part: &Part) -> Set {
        let style = match part.tone {
            Tone::Plain => Style::body(),
            Tone::Heading => Style::body_strong(),
            Tone::Detail => Style::label(),
        };
        let marker_x = self.grid.text.x + f32::from(part.level) * STEP;
        let (sign, hang) = match &part.marker {
            Marker::None => (None, 0.0),
            Marker::Sign(sign) => {
                let sign = self.typesetter.line(sign, style);
                let hang = (sign.width + AFTER_SIGN).max(STEP);
                (Some(sign), hang)
            }
            Marker::Box | Marker::UnderBox => (None, BOX + AFTER_BOX),
        };
        let text_x = marker_x + hang;
        let block = self
            .typesetter
            .block(&part.text, style, self.grid.text.right() - text_x);
        let gap = match part.tone {
            Tone::Plain => BETWEEN_PARTS,
            Tone::Heading => BEFORE_HEADING,
            Tone::Detail => 0.0,
        };
        Set {
            block,
            sign,
            marker_x,
            text_x,
            gap,
            line: style.leading,
        }
    }

    /// Whether the page that is being filled holds nothing.
    fn is_at_top(&self) -> bool {
        self.elements.is_empty()
    }

    /// Whether the page that is being filled holds no text but a head.
    fn is_fresh(&self) -> bool {
        let top = if self.grid.is_head_beside {
            self.grid.text.y
        } else {
            self.head_bottom + BETWEEN_PARTS
        };
        self.y <= top + 0.5 && self.y >= self.grid.text.y
    }

    /// Turns the page and repeats the head of the field that goes on.
    fn turn_within(&mut self, head: &str) {
        self.turn();
        let head = self.head(&filled(self.continued, &[head]));
        self.place_head(&head);
    }

    fn turn(&mut self) {
        if self.elements.is_empty() {
            return;
        }
        let rule = self.rule;
        let mut elements = Vec::with_capacity(self.elements.len() + self.running.lines.len() + 1);
        self.running.place(
            rule.x,
            rule.y - ABOVE_RULE - self.running.height,
            &mut elements,
        );
        elements.push(Element::Fill {
            rect: rule,
            role: Role::Text,
            radius: 0.0,
        });
        elements.append(&mut self.elements);
        self.pages.push(parts::page(elements));
        self.y = self.grid.text.y;
        self.head_bottom = self.y;
    }
}

/// A box to tick.
pub(super) fn tick_box(x: f32, y: f32) -> Element {
    Element::Outline {
        rect: Rect::new(x, y, BOX, BOX),
        stroke: BOX_STROKE,
        role: Role::Text,
        fill: None,
        radius: 6.0,
    }
}
