//! A panel while it is being set.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use motcua_show::visit::Press;
use unicode_segmentation::UnicodeSegmentation as _;

use super::sizes::button;
use super::{Panel, Part, Target, TargetKind};
use crate::block::Block;
use crate::geometry::Rect;
use crate::page::{Element, Role, Weight};
use crate::remembered::Setting;
use crate::spacing::{WORD_JOINER, is_khmer};
use crate::style::Style;
use crate::typesetter::Typesetter;

/// Radius of buttons, tiles and cards.
pub(super) const RADIUS: f32 = 14.0;
/// The edge of what can be touched.
pub(super) const EDGE: f32 = 3.0;
/// Height of a button.
pub(super) const BUTTON_HEIGHT: f32 = 84.0;
/// Space between a button's edge and its label.
const BUTTON_PADDING: f32 = 28.0;
/// The sizes of a button's label as parts of the usual one, until it fits on one line.
const SHRINKING: [f32; 4] = [1.0, 0.94, 0.89, 0.84];
/// Those until it fits on two, which hold closer together than lines that are read.
const SHRINKING_ON_TWO: [f32; 7] = [1.0, 0.94, 0.89, 0.84, 0.8, 0.76, 0.73];
const TWO_LINES_LEADING: f32 = 1.16;

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// On the page.
    Plain,
    /// On the page, the one that most will want.
    Strong,
    /// On a bar.
    OnBar,
    /// On a bar, chosen.
    ChosenOnBar,
    /// On the page, chosen.
    Chosen,
}

impl Look {
    const fn roles(self) -> (Role, Role, Role) {
        match self {
            Self::Plain => (Role::Card, Role::Edge, Role::Text),
            Self::Strong | Self::Chosen => (Role::Text, Role::Edge, Role::Card),
            Self::OnBar => (Role::Frame, Role::OnFrameMuted, Role::OnFrame),
            Self::ChosenOnBar => (Role::OnFrame, Role::OnFrame, Role::Frame),
        }
    }
}

/// Elements and targets of a panel, relative to its corner.
pub(super) struct Draft<'t> {
    pub typesetter: &'t mut Typesetter,
    pub elements: Vec<Element>,
    pub targets: Vec<Target>,
}

impl<'t> Draft<'t> {
    pub(super) fn new(typesetter: &'t mut Typesetter) -> Self {
        Self {
            typesetter,
            elements: Vec::new(),
            targets: Vec::new(),
        }
    }

    /// Sets text and says how high it is.
    pub(super) fn text(&mut self, text: &str, style: Style, x: f32, y: f32, width: f32) -> f32 {
        let block = self.typesetter.remembered(text, style, width);
        block.place(x, y, &mut self.elements);
        block.height
    }

    /// Sets a text of the database, in which an asterisk is an asterisk, and says how high it is.
    pub(super) fn plain(&mut self, text: &str, style: Style, x: f32, y: f32, width: f32) -> f32 {
        self.text(&literal(text), style, x, y, width)
    }

    pub(super) fn fill(&mut self, rect: Rect, role: Role, radius: f32) {
        self.elements.push(Element::Fill { rect, role, radius });
    }

    pub(super) fn outline(&mut self, rect: Rect, role: Role, fill: Role, radius: f32) {
        self.elements.push(Element::Outline {
            rect,
            stroke: EDGE,
            role,
            fill: Some(fill),
            radius,
        });
    }

    pub(super) fn target(&mut self, rect: Rect, press: Press, label: &str, kind: TargetKind) {
        self.targets.push(Target {
            rect,
            press,
            label: label.to_owned(),
            kind,
            radius: RADIUS,
        });
    }

    /// The width that a button with this label wants.
    pub(super) fn button_width(&mut self, label: &str) -> f32 {
        let block = self.typesetter.line(label, button(Role::Text));
        (block.width + 2.0 * BUTTON_PADDING).max(BUTTON_HEIGHT)
    }

    pub(super) fn button(
        &mut self,
        rect: Rect,
        label: &str,
        look: Look,
        press: Press,
        kind: TargetKind,
    ) {
        let (fill, edge, ink) = look.roles();
        self.outline(rect, edge, fill, RADIUS);
        self.label(rect, label, button(ink));
        self.target(rect, press, label, kind);
    }

    /// Sets a label in the middle of a rectangle, smaller or on two lines where it has to be; a word is never
    /// broken.
    pub(super) fn label(&mut self, rect: Rect, label: &str, style: Style) {
        let width = rect.width - BUTTON_PADDING.min(rect.width * 0.15);
        for part in SHRINKING {
            let block = self
                .typesetter
                .block(label, style.at(style.size * part), width);
            if block.lines.len() == 1 && block.width <= width {
                return self.centred(&block, rect);
            }
        }
        for part in SHRINKING_ON_TWO {
            let size = style.size * part;
            let style = Style {
                leading: size * TWO_LINES_LEADING,
                ..style.at(size)
            };
            let block = self.typesetter.block(label, style, width);
            let fits = block.lines.len() == 2 && block.height <= rect.height;
            if fits && self.has_whole_words(label, style, width) {
                return self.centred(&block, rect);
            }
        }
        let whole = self.typesetter.line(label, style);
        let part = (width / whole.width).min(1.0);
        let block = self.typesetter.line(label, style.at(style.size * part));
        self.centred(&block, rect);
    }

    /// Whether every word has room on a line. Khmer is written without spaces between its words; its lines end
    /// where the typesetter knows a word to end.
    pub(super) fn has_whole_words(&mut self, text: &str, style: Style, width: f32) -> bool {
        text.split_whitespace()
            .filter(|word| !word.contains(is_khmer))
            .all(|word| self.typesetter.literal_line(word, style).width <= width)
    }

    /// Sets a block in the middle of a rectangle.
    pub(super) fn centred(&mut self, block: &Block, rect: Rect) {
        let y = rect.y + (rect.height - block.height) / 2.0;
        block.place_centred(rect.x + rect.width / 2.0, y, &mut self.elements);
    }

    /// Sets a text whose `**marked**` words stand out in the accent and are underlined, in at most `lines`
    /// lines; says how high it is.
    pub(super) fn marked(
        &mut self,
        text: &str,
        style: Style,
        (x, y): (f32, f32),
        width: f32,
        lines: usize,
    ) -> f32 {
        let set = |typesetter: &mut Typesetter| {
            let mut block = typesetter.block(text, style, width);
            shorten(typesetter, &mut block, style, width, lines);
            block
        };
        // What is marked says what a visitor typed: it is not remembered.
        let block = if text.contains("**") {
            Arc::new(set(self.typesetter))
        } else {
            let setting = Setting {
                style,
                width,
                lines,
            };
            self.typesetter.remembered_or(text, setting, set)
        };
        let mut placed = Vec::new();
        block.place(x, y, &mut placed);
        for element in &mut placed {
            if let Element::Text(run) = element
                && run.weight == Weight::Bold
                && style.weight != Weight::Bold
            {
                run.role = Role::Accent;
                let rule = Rect::new(
                    run.rect.x,
                    run.rect.y + run.size * 1.38,
                    run.rect.width,
                    3.0,
                );
                self.fill(rule, Role::Accent, 0.0);
            }
        }
        self.elements.extend(placed);
        block.height
    }

    /// The panel; `holds` is what it is about.
    pub(super) fn finish(
        self,
        part: Part,
        place: Rect,
        ground: Role,
        height: f32,
        holds: &impl Hash,
    ) -> Panel {
        let mut hasher = DefaultHasher::new();
        holds.hash(&mut hasher);
        Panel {
            part,
            place,
            ground,
            elements: self.elements,
            targets: self.targets,
            height: height.max(place.height),
            holds: hasher.finish(),
        }
    }
}

/// A text in which asterisks are no markup.
pub(super) fn literal(text: &str) -> String {
    text.replace('*', &format!("*{WORD_JOINER}"))
}

/// Cuts a block after so many lines; the last then says that there is more, within the width.
fn shorten(typesetter: &mut Typesetter, block: &mut Block, style: Style, width: f32, lines: usize) {
    if block.lines.len() <= lines {
        return;
    }
    block.lines.truncate(lines);
    let Some(last) = block.lines.last_mut() else {
        return;
    };
    // Room for the sign is made by the letters before it, and by whole stretches where they are short.
    while let Some(run) = last.runs.last_mut() {
        let style = Style {
            weight: run.weight,
            ..style
        };
        let mut kept = run.text.trim_end();
        while !kept.is_empty() {
            let text = format!("{}…", kept.trim_end_matches([' ', ',', ';', ':', '–', '-']));
            let advance = typesetter.literal_line(&text, style).width;
            if run.rect.x + advance <= width {
                run.text = text;
                run.rect.width = advance;
                *block = Block::of(std::mem::take(&mut block.lines));
                return;
            }
            let letter = kept.graphemes(true).next_back().map_or(0, str::len);
            kept = kept[..kept.len() - letter].trim_end();
        }
        last.runs.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::touch::sizes::Sizes;

    const STYLE: Style = Sizes { factor: 1.0 }.name();

    fn shortened(text: &str, width: f32, lines: usize) -> Block {
        let mut typesetter = Typesetter::new();
        let mut block = typesetter.block(text, STYLE, width);
        shorten(&mut typesetter, &mut block, STYLE, width, lines);
        block
    }

    fn read(block: &Block) -> String {
        let runs = block.lines.iter().flat_map(|line| &line.runs);
        runs.map(|run| run.text.as_str()).collect()
    }

    /// What is left of a text is its beginning, says that there is more, and stays within the width.
    fn check(text: &str, width: f32, lines: usize) {
        let block = shortened(text, width, lines);
        assert_eq!(block.lines.len(), lines);
        assert!(block.width <= width, "{text}: {} in {width}", block.width);
        let height = block.lines.last().map_or(0.0, |line| line.y + line.height);
        assert_eq!(block.height, height);
        let read = read(&block);
        let kept = read.strip_suffix('…').unwrap();
        let written: String = text.replace("**", "").replace([' ', '\u{a0}'], "");
        let kept = kept.replace([' ', '\u{a0}'], "");
        assert!(written.starts_with(&kept) && !kept.is_empty(), "{read}");
        let last = block.lines.last().unwrap().runs.last().unwrap();
        let style = Style {
            weight: last.weight,
            ..STYLE
        };
        let measured = Typesetter::new().literal_line(&last.text, style).width;
        assert!((last.rect.width - measured).abs() < 0.5, "{}", last.text);
    }

    #[test]
    fn what_fits_stays_whole() {
        let block = shortened("Đăng ký khai sinh", 2000.0, 1);
        assert_eq!(read(&block), "Đăng ký khai sinh");
        assert_eq!(shortened("", 300.0, 2), Block::default());
        assert_eq!(shortened("một hai", 2000.0, 3).lines.len(), 1);
    }

    #[test]
    fn what_is_cut_says_that_there_is_more() {
        let text =
            "Thủ tục đăng ký khai sinh, kết hợp đăng ký nhận cha, mẹ, con và cấp thẻ bảo hiểm";
        for width in [260.0, 300.0, 341.0, 520.0] {
            check(text, width, 1);
            check(text, width, 2);
        }
    }

    #[test]
    fn bold_words_and_long_ones_are_cut_within_the_width() {
        check(
            "Thủ tục **khai sinh** cho trẻ em bị **bỏ rơi** và con",
            300.0,
            2,
        );
        check(
            "Thủ tục **k** **h** a i s i n h cho trẻ em bị bỏ rơi",
            200.0,
            1,
        );
        check(&"W".repeat(80), 300.0, 2);
    }

    #[test]
    fn a_letter_is_never_cut_from_its_marks() {
        let khmer = "ការចុះបញ្ជីកំណើតរបស់កុមារនៅក្នុងប្រទេស";
        let block = shortened(khmer, 260.0, 1);
        assert!(block.width <= 260.0);
        let read = read(&block);
        let kept: Vec<&str> = read.strip_suffix('…').unwrap().graphemes(true).collect();
        let written: Vec<&str> = khmer.graphemes(true).collect();
        assert_eq!(kept, written[..kept.len()]);
    }

    #[test]
    fn marked_words_are_underlined_where_they_stand() {
        let mut typesetter = Typesetter::new();
        let mut draft = Draft::new(&mut typesetter);
        let text = "Thủ tục **khai sinh** cho trẻ em";
        let height = draft.marked(text, STYLE, (50.0, 20.0), 900.0, 3);
        assert_eq!(height, STYLE.leading);
        let mut runs = Vec::new();
        let mut rules = Vec::new();
        for element in &draft.elements {
            match element {
                Element::Text(run) => runs.push(run),
                Element::Fill { rect, .. } => rules.push(*rect),
                _ => {}
            }
        }
        let marked: Vec<_> = runs.iter().filter(|run| run.role == Role::Accent).collect();
        assert_eq!(marked.len(), 1);
        assert_eq!(marked[0].text.trim(), "khai sinh");
        assert_eq!(rules.len(), 1);
        assert_eq!(rules[0].x, marked[0].rect.x);
        assert_eq!(rules[0].width, marked[0].rect.width);
        assert!(rules[0].y > 20.0 && rules[0].bottom() < 20.0 + height);
    }

    #[test]
    fn asterisks_of_the_database_are_no_marks() {
        let mut typesetter = Typesetter::new();
        let mut draft = Draft::new(&mut typesetter);
        draft.plain("a ** b ** c *** d", STYLE, 0.0, 0.0, 900.0);
        let [Element::Text(run)] = draft.elements.as_slice() else {
            panic!("{:?}", draft.elements);
        };
        assert_eq!(run.text, "a ** b ** c *** d");
    }
}
