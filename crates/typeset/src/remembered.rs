//! Blocks that were laid out before.
//!
//! A page that is touched is set anew at every touch, and most of it is as it was. Only texts of the show are
//! remembered, never what a visitor typed. Invariant: a block is the one that the typesetter would lay out.

use std::collections::HashMap;
use std::sync::Arc;

use crate::block::Block;
use crate::style::Style;

/// Bytes of text after which everything is forgotten: the longest pages a few times over.
const MOST: usize = 400_000;

/// The blocks, by text, style and width.
#[derive(Default)]
pub(crate) struct Remembered {
    blocks: HashMap<String, Vec<(Style, f32, Arc<Block>)>>,
    bytes: usize,
}

impl Remembered {
    /// The block of a text, where it is remembered.
    pub(crate) fn find(&self, text: &str, style: Style, width: f32) -> Option<Arc<Block>> {
        self.blocks
            .get(text)?
            .iter()
            .find(|(of, in_width, _)| *of == style && *in_width == width)
            .map(|(_, _, block)| Arc::clone(block))
    }

    /// Remembers the block of a text.
    pub(crate) fn keep(&mut self, text: &str, style: Style, width: f32, block: &Arc<Block>) {
        if self.bytes + text.len() > MOST {
            *self = Self::default();
        }
        self.bytes += text.len();
        let blocks = self.blocks.entry(text.to_owned()).or_default();
        blocks.push((style, width, Arc::clone(block)));
    }
}
