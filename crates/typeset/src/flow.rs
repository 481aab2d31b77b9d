//! Sets things one below the other and turns the page when there is no room left.
//!
//! Knows only a column and what stands on top of each further page. Invariant: nothing is set below
//! the column's lower edge but what is higher than a whole page.

use crate::block::Block;
use crate::geometry::Rect;
use crate::page::{Element, Page};
use crate::parts;

/// Sets what a further page has on top and beside the column, and returns where the column goes on.
type Head<'a> = Box<dyn Fn(&mut Vec<Element>) -> f32 + 'a>;

/// A column over as many pages as it needs.
pub struct Flow<'a> {
    column: Rect,
    head: Head<'a>,
    pages: Vec<Page>,
    elements: Vec<Element>,
    y: f32,
    top: f32,
}

impl<'a> Flow<'a> {
    /// A column that begins on a page that has `elements`, at `y`.
    pub fn new(
        column: Rect,
        elements: Vec<Element>,
        y: f32,
        head: impl Fn(&mut Vec<Element>) -> f32 + 'a,
    ) -> Self {
        // Whatever stands above on the first page, the column's first piece there is not at the top of an
        // empty page.
        Self {
            column,
            head: Box::new(head),
            pages: Vec::new(),
            elements,
            y,
            top: f32::NEG_INFINITY,
        }
    }

    /// The height that is left on this page.
    #[must_use]
    pub fn left(&self) -> f32 {
        self.column.bottom() - self.y
    }

    /// Where the next thing stands on this page.
    #[must_use]
    pub fn y(&self) -> f32 {
        self.y
    }

    /// The column.
    #[must_use]
    pub fn column(&self) -> Rect {
        self.column
    }

    /// The elements of this page, for what is not text.
    pub fn elements(&mut self) -> &mut Vec<Element> {
        &mut self.elements
    }

    /// Leaves `height` free, but not at the top of a page.
    pub fn gap(&mut self, height: f32) {
        if self.y > self.top {
            self.y += height;
        }
    }

    /// Goes down by the height of what the caller has set.
    pub fn advance(&mut self, height: f32) {
        self.y += height;
    }

    /// Turns the page unless `height` is left, or the page is empty anyway.
    pub fn keep(&mut self, height: f32) {
        if self.left() < height && self.y > self.top {
            self.turn();
        }
    }

    /// Begins a new page.
    pub fn turn(&mut self) {
        self.pages
            .push(parts::page(std::mem::take(&mut self.elements)));
        self.y = (self.head)(&mut self.elements);
        self.top = self.y;
    }

    /// Whether nothing stands in the column of this page yet.
    #[must_use]
    pub fn is_at_top(&self) -> bool {
        self.y <= self.top
    }

    /// Sets a block at `indent` from the column's left edge, over as many pages as it takes.
    pub fn block(&mut self, block: Block, indent: f32) {
        self.block_before(block, indent, 0.0);
    }

    /// Like [`Flow::block`], so that `tail` of height is left below its end: what follows is not alone
    /// on a page.
    pub fn block_before(&mut self, block: Block, indent: f32, tail: f32) {
        let mut rest = Some(block).filter(|block| !block.is_empty());
        while let Some(block) = rest.take() {
            // Two lines at least, or the text begins on the next page.
            let least = block
                .lines
                .get(1)
                .or(block.lines.first())
                .map_or(0.0, |line| line.y + line.height);
            self.keep(least.min(block.height));
            let left = self.left();
            let room = match block
                .lines
                .len()
                .checked_sub(2)
                .and_then(|last| block.lines.get(last))
            {
                // The last two lines go over to the page of what follows.
                Some(line)
                    if block.height <= left && block.height + tail > left && line.y > 0.0 =>
                {
                    line.y
                }
                _ => left,
            };
            let (here, next) = block.split_at(room);
            here.place(self.column.x + indent, self.y, &mut self.elements);
            self.y += here.height;
            if next.is_some() {
                self.turn();
            }
            rest = next;
        }
    }

    /// The pages.
    #[must_use]
    pub fn finish(mut self) -> Vec<Page> {
        self.pages.push(parts::page(self.elements));
        self.pages
    }
}
