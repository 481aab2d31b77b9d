//! An alert: what happens and what to do, in the largest type that it fits in, over the whole screen.
//!
//! It is read from 5 m: body text of 84 design pixels has there the 20 arc minutes that 50 have at 3 m. All
//! languages stand on one page if they fit in such type, else each has a page, and what is too long for one
//! page goes on to the next. The colours say how bad it is and are the same in every show.

use crate::block::Block;
use crate::geometry::{Rect, Viewport};
use crate::page::{AlertTone, Element, Page, Role, Surround, Weight};
use crate::parts;
use crate::spacing::is_khmer;
use crate::style::Style;
use crate::typesetter::Typesetter;

/// Sizes of headline and text, largest first.
const SIZES: [(f32, f32); 6] = [
    (230.0, 112.0),
    (200.0, 104.0),
    (170.0, 96.0),
    (150.0, 90.0),
    (130.0, 84.0),
    (112.0, 76.0),
];
/// How many of them are large enough for several languages on one page.
const SHARED: usize = 5;
/// Sizes of a text that has a page to itself.
const ALONE: [f32; 7] = [112.0, 104.0, 96.0, 90.0, 84.0, 76.0, 68.0];
/// Sizes of a headline that has a page to itself.
const HEADLINES: [f32; 8] = [230.0, 200.0, 170.0, 150.0, 130.0, 112.0, 96.0, 84.0];
/// Lines that a headline takes at most where a smaller size would take fewer: one word a line is not read.
const MOST_LINES: usize = 4;
/// Size of label, sender and time.
const LABEL: f32 = 60.0;
/// Margins of the page.
const MARGIN: f32 = 80.0;
/// Space between headline and text.
const BETWEEN: f32 = 36.0;
/// Space between two languages.
const APART: f32 = 64.0;
/// Thickness of the rules under the label and over the sender.
const RULE: f32 = 4.0;
/// Space between a rule and what it parts.
const AROUND_RULE: f32 = 24.0;
/// Space between the sign and the label.
const AFTER_SIGN: f32 = 32.0;

/// What an alert says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// How bad it is.
    pub tone: AlertTone,
    /// What it says in each language, the main one first.
    pub parts: Vec<AlertPart>,
}

/// What an alert says in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertPart {
    /// What it is: "Cảnh báo khẩn cấp", "Diễn tập".
    pub label: String,
    /// What happens.
    pub title: String,
    /// More about it, what to do.
    pub texts: Vec<String>,
    /// Who says it.
    pub sender: Option<String>,
    /// Until when.
    pub until: Option<String>,
}

/// The room between the label and the sender.
struct Frame {
    elements: Vec<Element>,
    room: Rect,
}

/// Headline and texts, one below the other.
#[derive(Default)]
struct Column(Vec<Block>);

impl Column {
    fn height(&self) -> f32 {
        let gaps = BETWEEN * self.0.len().saturating_sub(1) as f32;
        self.0.iter().map(|block| block.height).sum::<f32>() + gaps
    }
}

impl Alert {
    /// The pages for a screen, to be shown one after the other.
    #[must_use]
    pub fn pages(&self, typesetter: &mut Typesetter, viewport: Viewport) -> Vec<Page> {
        let all: Vec<&AlertPart> = self.parts.iter().collect();
        if let Some(page) = self.together(typesetter, viewport, &all, &SIZES[..SHARED]) {
            return vec![page];
        }
        let mut pages = Vec::new();
        for part in &all {
            match self.together(typesetter, viewport, &[*part], &SIZES) {
                Some(page) => pages.push(page),
                None => pages.extend(self.spread(typesetter, viewport, part)),
            }
        }
        pages
    }

    /// Several languages on one page, if they fit in one of these sizes.
    fn together(
        &self,
        typesetter: &mut Typesetter,
        viewport: Viewport,
        parts: &[&AlertPart],
        sizes: &[(f32, f32)],
    ) -> Option<Page> {
        let frame = self.frame(typesetter, viewport, parts);
        let apart = (APART + RULE) * parts.len().saturating_sub(1) as f32;
        for &(title, text) in sizes {
            let columns: Vec<Column> = parts
                .iter()
                .map(|part| self.column(typesetter, part, title, text, frame.room.width))
                .collect();
            let is_last = Some(&(title, text)) == sizes.last();
            let is_tall = |column: &Column| {
                column
                    .0
                    .first()
                    .is_some_and(|head| head.lines.len() > MOST_LINES)
            };
            if !is_last && columns.iter().any(is_tall) {
                continue;
            }
            let taken = columns.iter().map(Column::height).sum::<f32>() + apart;
            let is_torn = parts.iter().any(|part| {
                is_torn(
                    typesetter,
                    &part.title,
                    self.headline(title),
                    frame.room.width,
                )
            });
            if taken <= frame.room.height && !is_torn {
                return Some(self.page(frame, &columns, taken));
            }
        }
        None
    }

    /// One language over several pages: the headline, then each text.
    fn spread(
        &self,
        typesetter: &mut Typesetter,
        viewport: Viewport,
        part: &AlertPart,
    ) -> Vec<Page> {
        let mut pages = Vec::new();
        let width = viewport.width - 2.0 * MARGIN;
        let whole = HEADLINES
            .into_iter()
            .find(|&size| !is_torn(typesetter, &part.title, self.headline(size), width));
        let from = HEADLINES
            .iter()
            .position(|&size| Some(size) == whole)
            .unwrap_or(HEADLINES.len() - 1);
        let texts = part
            .texts
            .iter()
            .map(|text| (text, &ALONE[..], self.text(ALONE[0])));
        let title = (&part.title, &HEADLINES[from..], self.headline(HEADLINES[0]));
        for (text, sizes, style) in std::iter::once(title).chain(texts) {
            let room = self.frame(typesetter, viewport, &[part]).room;
            let mut rest = Some(typesetter.fit(text, sizes, style, room.width, room.height));
            while let Some(block) = rest {
                let (first, more) = block.split_at(room.height);
                let frame = self.frame(typesetter, viewport, &[part]);
                let column = Column(vec![first]);
                let taken = column.height();
                pages.push(self.page(frame, &[column], taken));
                rest = more;
            }
        }
        pages
    }

    fn page(&self, frame: Frame, columns: &[Column], taken: f32) -> Page {
        let Frame { mut elements, room } = frame;
        let mut y = room.y + ((room.height - taken) / 2.0).max(0.0);
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                let above = y - (APART + RULE) / 2.0 - RULE / 2.0;
                elements.push(self.rule(Rect::new(room.x, above, room.width / 4.0, RULE)));
            }
            for block in &column.0 {
                block.place(room.x, y, &mut elements);
                y += block.height + BETWEEN;
            }
            y += APART + RULE - BETWEEN;
        }
        Page {
            surround: Surround::Whole,
            ..parts::page(elements)
        }
    }

    /// Ground, sign, label, sender and time, and the room that they leave.
    fn frame(
        &self,
        typesetter: &mut Typesetter,
        viewport: Viewport,
        parts: &[&AlertPart],
    ) -> Frame {
        let (width, height) = (viewport.width, viewport.height);
        let inner = width - 2.0 * MARGIN;
        let mut elements = vec![Element::Fill {
            rect: Rect::new(0.0, 0.0, width, height),
            role: Role::Alert(self.tone),
            radius: 0.0,
        }];
        let sign = LABEL * 1.3;
        let label = joined(parts.iter().map(|part| part.label.as_str()));
        let label_width = inner - sign - AFTER_SIGN;
        let label = typesetter.block(&label, self.label(), label_width);
        let top = MARGIN * 0.7;
        self.sign(
            typesetter,
            Rect::new(
                MARGIN,
                top + (label.height.min(LABEL * 1.6) - sign) / 2.0,
                sign,
                sign,
            ),
            &mut elements,
        );
        let under = top + label.height;
        label.place(MARGIN + sign + AFTER_SIGN, top, &mut elements);
        elements.push(self.rule(Rect::new(MARGIN, under + AROUND_RULE / 2.0, inner, RULE)));
        let above = under + AROUND_RULE / 2.0 + RULE + AROUND_RULE;
        let below = self.foot(typesetter, viewport, parts, &mut elements);
        Frame {
            elements,
            room: Rect::new(MARGIN, above, inner, (below - above).max(0.0)),
        }
    }

    /// Sets who says it and until when at the foot; returns where the room above ends.
    fn foot(
        &self,
        typesetter: &mut Typesetter,
        viewport: Viewport,
        parts: &[&AlertPart],
        elements: &mut Vec<Element>,
    ) -> f32 {
        let inner = viewport.width - 2.0 * MARGIN;
        let bottom = viewport.height - MARGIN * 0.7;
        let until = joined(parts.iter().filter_map(|part| part.until.as_deref()));
        let sender = joined(parts.iter().filter_map(|part| part.sender.as_deref()));
        if until.is_empty() && sender.is_empty() {
            return bottom;
        }
        let until = typesetter.block(&until, self.label(), inner);
        let beside = inner - until.width - AFTER_SIGN;
        let quiet = self.label().weighing(Weight::SemiBold);
        let over = typesetter.block(&sender, quiet, inner);
        let narrow = typesetter.block(&sender, quiet, beside.max(inner / 3.0));
        // Where it would take more lines beside the time, the sender goes over it.
        let is_beside = narrow.lines.len() <= over.lines.len() && narrow.width <= beside;
        let sender = if is_beside { narrow } else { over };
        let height = if is_beside {
            sender.height.max(until.height)
        } else {
            sender.height + until.height
        };
        let y = bottom - height;
        let (x, until_y) = if is_beside {
            (viewport.width - MARGIN - until.width, y)
        } else {
            (MARGIN, y + sender.height)
        };
        sender.place(MARGIN, y, elements);
        until.place(x, until_y, elements);
        elements.push(self.rule(Rect::new(MARGIN, y - AROUND_RULE / 2.0 - RULE, inner, RULE)));
        y - AROUND_RULE / 2.0 - RULE - AROUND_RULE
    }

    fn column(
        &self,
        typesetter: &mut Typesetter,
        part: &AlertPart,
        title: f32,
        text: f32,
        width: f32,
    ) -> Column {
        let head = typesetter.block(&part.title, self.headline(title), width);
        let texts = part
            .texts
            .iter()
            .map(|written| typesetter.block(written, self.text(text), width));
        Column(std::iter::once(head).chain(texts).collect())
    }

    /// A triangle with an exclamation mark: what is seen before anything is read.
    fn sign(&self, typesetter: &mut Typesetter, place: Rect, elements: &mut Vec<Element>) {
        let role = Role::OnAlert(self.tone);
        let stroke = place.width / 10.0;
        let half = stroke / 2.0;
        let (left, right) = (place.x + half, place.right() - half);
        let (top, bottom) = (place.y + half, place.bottom() - half);
        let middle = (left + right) / 2.0;
        let points = vec![
            (left, bottom),
            (middle, top),
            (right, bottom),
            (left, bottom),
            (middle, top),
        ];
        elements.push(Element::Polyline {
            points,
            stroke,
            role,
        });
        let mark = self.label().at(place.height * 0.62);
        let mark = typesetter.line("!", mark);
        let baseline = mark.lines.first().map_or(0.0, crate::block::Line::baseline);
        let y = place.y + place.height * 0.86 - baseline;
        mark.place(middle - mark.width / 2.0, y, elements);
    }

    fn rule(&self, rect: Rect) -> Element {
        Element::Fill {
            rect,
            role: Role::OnAlert(self.tone),
            radius: 0.0,
        }
    }

    fn headline(&self, size: f32) -> Style {
        Style::headline(size).coloured(Role::OnAlert(self.tone))
    }

    fn text(&self, size: f32) -> Style {
        Style::body()
            .weighing(Weight::SemiBold)
            .at(size)
            .coloured(Role::OnAlert(self.tone))
    }

    fn label(&self) -> Style {
        Style::label_strong(Role::OnAlert(self.tone)).at(LABEL)
    }
}

/// What is said in several languages, each different word once.
fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut said: Vec<&str> = Vec::new();
    for word in words {
        if !word.is_empty() && !said.contains(&word) {
            said.push(word);
        }
    }
    said.join(" · ")
}

/// Whether a word is too long for a line. Khmer writes no spaces and is broken where its words end.
fn is_torn(typesetter: &mut Typesetter, text: &str, style: Style, width: f32) -> bool {
    text.split_whitespace()
        .filter(|word| !word.chars().any(is_khmer))
        .any(|word| typesetter.line(word, style).width > width)
}
