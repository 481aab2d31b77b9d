//! Sets a slip: one column, as long as it needs, in pieces that are drawn one after the other.
//!
//! Invariant: a row is never cut by the end of a piece, and nothing reaches beyond the paper's dots.

use motcua_typeset::page::Reading;
use motcua_typeset::{Block, Element, Rect, Role, Style, Typesetter, Weight};
use qrcodegen::{QrCode, QrCodeEcc};

use super::slip::{Case, Code, Fact, Paper, Slip};

/// Dots that make one design pixel: body text is 3.4 mm high on paper of 203 dpi, as in a printed form.
pub const SCALE: f32 = NARROWEST / 720.0;
/// Dots across the narrowest paper; a screen's least width has the same scale there.
const NARROWEST: f32 = 384.0;

/// A piece is closed once it is so many design pixels high, about 15 cm.
const PIECE: f32 = 2200.0;

const HEADLINES: [f32; 5] = [96.0, 84.0, 72.0, 60.0, 52.0];
/// The height of a headline, in design pixels, from which it is set smaller: 5 cm.
const HIGHEST_HEADLINE: f32 = 750.0;
const BODY: f32 = 52.0;
/// Papers from which they are set smaller, and how: paper is not endless.
const MANY_PAPERS: usize = 24;
const SMALL_BODY: f32 = 44.0;
const LABEL: f32 = 40.0;
const COUNTER: f32 = 76.0;

/// Space between rows, and before a part.
const GAP: f32 = 14.0;
const PART: f32 = 34.0;
/// A box to tick, and where the text beside it begins.
const BOX: f32 = 40.0;
const BESIDE_BOX: f32 = 62.0;
const STROKE: f32 = 5.0;
const RULE: f32 = 5.0;
/// Dots of a module of a QR code: 0.6 mm reads easily, 0.4 mm still.
const MODULE_DOTS: f32 = 5.0;
/// Light modules around a code (ISO/IEC 18004).
const QUIET_ZONE: i32 = 4;

/// A part of the slip that is drawn at once; its elements begin at its upper left corner.
#[derive(Debug, Default)]
pub struct Piece {
    /// What is on it, in design pixels.
    pub elements: Vec<Element>,
    /// Height in dots.
    pub dots: u32,
}

/// The pieces of a slip, from top to bottom.
pub fn pieces(typesetter: &mut Typesetter, slip: &Slip) -> Vec<Piece> {
    let mut column = Column {
        typesetter,
        width: slip.dots as f32 / SCALE,
        pieces: vec![Piece::default()],
        y: 0.0,
    };
    column.head(slip);
    if let Some(counter) = &slip.counter {
        column.counter(counter);
    }
    for fact in &slip.facts {
        column.fact(fact);
    }
    column.papers(&slip.papers_head, &slip.cases);
    for code in &slip.codes {
        column.code(code);
    }
    column.foot(slip);
    column.pieces
}

struct Column<'a> {
    typesetter: &'a mut Typesetter,
    width: f32,
    pieces: Vec<Piece>,
    /// How far down the last piece is filled, in design pixels.
    y: f32,
}

impl Column<'_> {
    fn head(&mut self, slip: &Slip) {
        self.centred(&slip.office, strong(BODY));
        self.centred(&slip.unit, plain(LABEL));
        if !(is_blank(&slip.office) && is_blank(&slip.unit)) {
            self.rule();
        }
        if !is_blank(&slip.headline) {
            let style = Style::headline(HEADLINES[0]).coloured(Role::Ink);
            let block = self.typesetter.fit(
                &slip.headline,
                &HEADLINES,
                style,
                self.width,
                HIGHEST_HEADLINE,
            );
            self.block(&block, 0.0);
        }
        self.text(&slip.code, plain(LABEL));
    }

    /// Where to go stands out: a frame around large letters.
    fn counter(&mut self, counter: &Fact) {
        if is_blank(&counter.value) {
            return;
        }
        let inset = 24.0;
        let room = self.width - 2.0 * inset;
        let label = self.typesetter.block(&counter.label, plain(LABEL), room);
        let value = self.typesetter.block(&counter.value, strong(COUNTER), room);
        let height = label.height + value.height + 2.0 * inset * 0.7;
        let mut elements = vec![outline(Rect::new(0.0, 0.0, self.width, height))];
        label.place_centred(self.width / 2.0, inset * 0.7, &mut elements);
        value.place_centred(self.width / 2.0, inset * 0.7 + label.height, &mut elements);
        self.space(PART);
        self.row(elements, height);
    }

    fn fact(&mut self, fact: &Fact) {
        if is_blank(&fact.value) {
            return;
        }
        self.space(GAP);
        self.text(&fact.label, plain(LABEL));
        self.text(&fact.value, strong(BODY));
    }

    fn papers(&mut self, head: &str, cases: &[Case]) {
        let count: usize = cases.iter().map(|case| case.papers.len()).sum();
        if count == 0 {
            return;
        }
        self.rule();
        self.text(head, strong(BODY));
        let size = if count < MANY_PAPERS {
            BODY
        } else {
            SMALL_BODY
        };
        for case in cases.iter().filter(|case| !case.papers.is_empty()) {
            if !is_blank(&case.title) {
                self.space(PART);
                self.text(&case.title, strong(size));
            }
            for paper in &case.papers {
                self.paper(paper, size);
            }
        }
    }

    fn paper(&mut self, paper: &Paper, size: f32) {
        let room = self.width - BESIDE_BOX;
        let name = self.typesetter.block(&paper.name, plain(size), room);
        let counts = self.typesetter.block(&paper.counts, strong(LABEL), room);
        if name.is_empty() {
            return;
        }
        // The box stands on the first line's letters.
        let top = (name.first_baseline() - BOX + 4.0).max(0.0);
        let tick = Rect::new(0.0, top, BOX, BOX);
        let mut elements = vec![outline(tick)];
        if paper.is_ticked {
            elements.push(ticked(tick));
        }
        name.place(BESIDE_BOX, 0.0, &mut elements);
        counts.place(BESIDE_BOX, name.height, &mut elements);
        self.space(GAP);
        self.row(elements, (name.height + counts.height).max(top + BOX));
    }

    fn code(&mut self, code: &Code) {
        // What no code can hold is left out together with what it is for.
        let Ok(qr) = QrCode::encode_text(&code.content, QrCodeEcc::Medium) else {
            return;
        };
        let modules = (qr.size() + 2 * QUIET_ZONE) as f32;
        let dots = (self.width * SCALE / modules)
            .floor()
            .clamp(1.0, MODULE_DOTS)
            * modules;
        let side = dots / SCALE;
        // On whole dots, so that no module is wider than its neighbour.
        let x = ((self.width - side) / 2.0 * SCALE).floor().max(0.0) / SCALE;
        self.space(PART);
        self.row(
            vec![Element::Qr {
                rect: Rect::new(x, 0.0, side, side),
                content: code.content.clone(),
            }],
            side,
        );
        self.centred(&code.caption, strong(LABEL));
    }

    fn foot(&mut self, slip: &Slip) {
        if slip.notes.iter().all(|note| is_blank(note)) && is_blank(&slip.date) {
            return;
        }
        self.rule();
        for note in &slip.notes {
            self.text(note, plain(LABEL));
        }
        self.text(&slip.date, plain(LABEL));
    }

    fn text(&mut self, text: &str, style: Style) {
        if is_blank(text) {
            return;
        }
        let block = self.typesetter.block(text, style, self.width);
        self.block(&block, 0.0);
    }

    fn centred(&mut self, text: &str, style: Style) {
        if is_blank(text) {
            return;
        }
        let block = self.typesetter.block(text, style, self.width);
        let mut elements = Vec::new();
        block.place_centred(self.width / 2.0, 0.0, &mut elements);
        self.row(elements, block.height);
    }

    fn block(&mut self, block: &Block, x: f32) {
        let mut elements = Vec::new();
        block.place(x, 0.0, &mut elements);
        self.row(elements, block.height);
    }

    fn rule(&mut self) {
        self.space(GAP);
        let rect = Rect::new(0.0, 0.0, self.width, RULE);
        let line = Element::Fill {
            rect,
            role: Role::Ink,
            radius: 0.0,
        };
        self.row(vec![line], RULE);
        self.space(GAP);
    }

    fn space(&mut self, height: f32) {
        self.row(Vec::new(), height);
    }

    /// Adds a row; its places begin at its upper left corner.
    fn row(&mut self, elements: Vec<Element>, height: f32) {
        // Whole dots, so that the next row begins on one.
        let height = (height * SCALE).ceil() / SCALE;
        if self.y > 0.0 && self.y + height > PIECE {
            self.pieces.push(Piece::default());
            self.y = 0.0;
        }
        let y = self.y;
        self.y += height;
        if let Some(piece) = self.pieces.last_mut() {
            piece
                .elements
                .extend(elements.into_iter().map(|element| down(element, y)));
            piece.dots = (self.y * SCALE).round() as u32;
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Strokes of regular letters are two dots thin and break where heat is low; these are three.
fn plain(size: f32) -> Style {
    set(size, Weight::SemiBold)
}

fn strong(size: f32) -> Style {
    set(size, Weight::ExtraBold)
}

fn set(size: f32, weight: Weight) -> Style {
    Style {
        size,
        weight,
        role: Role::Ink,
        leading: size * 1.3,
        tracking: 0.0,
        reading: Reading::Body,
    }
}

fn outline(rect: Rect) -> Element {
    Element::Outline {
        rect,
        stroke: STROKE,
        role: Role::Ink,
        fill: None,
        radius: 0.0,
    }
}

/// A tick inside a box.
fn ticked(place: Rect) -> Element {
    let at = |x: f32, y: f32| (place.x + x * place.width, place.y + y * place.height);
    Element::Polyline {
        points: vec![at(0.22, 0.52), at(0.42, 0.74), at(0.8, 0.24)],
        stroke: STROKE * 1.4,
        role: Role::Ink,
    }
}

/// Moves an element down, by design pixels.
pub fn down(mut element: Element, by: f32) -> Element {
    match &mut element {
        Element::Text(run) => run.rect.y += by,
        Element::Fill { rect, .. }
        | Element::Outline { rect, .. }
        | Element::Qr { rect, .. }
        | Element::Media { rect, .. } => rect.y += by,
        Element::Polyline { points, .. } => points.iter_mut().for_each(|(_, y)| *y += by),
    }
    element
}
