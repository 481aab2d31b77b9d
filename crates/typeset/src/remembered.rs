//! Blocks that were laid out before.
//!
//! A page that is touched is set anew at every touch, and most of it is as it was. Only texts of the show are
//! remembered, never what a visitor typed. Invariant: a block is the one that would be laid out again.

use std::collections::HashMap;
use std::sync::Arc;

use crate::block::Block;
use crate::style::Style;

/// Bytes of text after which everything is forgotten: the longest list three times over.
const MOST: usize = 1_000_000;

/// How a text is laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Setting {
    /// The style.
    pub(crate) style: Style,
    /// The width in design pixels.
    pub(crate) width: f32,
    /// After how many lines it is cut short.
    pub(crate) lines: usize,
}

/// The blocks, by text and setting.
#[derive(Default)]
pub(crate) struct Remembered {
    blocks: HashMap<String, Vec<(Setting, Arc<Block>)>>,
    bytes: usize,
}

impl Remembered {
    /// The block of a text, where it is remembered.
    pub(crate) fn find(&self, text: &str, setting: Setting) -> Option<Arc<Block>> {
        let blocks = self.blocks.get(text)?;
        let (_, block) = blocks.iter().find(|(of, _)| *of == setting)?;
        Some(Arc::clone(block))
    }

    /// Remembers the block of a text.
    pub(crate) fn keep(&mut self, text: &str, setting: Setting, block: &Arc<Block>) {
        if self.bytes + text.len() > MOST {
            *self = Self::default();
        }
        self.bytes += text.len();
        let blocks = self.blocks.entry(text.to_owned()).or_default();
        blocks.push((setting, Arc::clone(block)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_found_by_text_and_setting() {
        let mut remembered = Remembered::default();
        let setting = |lines| Setting {
            style: Style::body(),
            width: 500.0,
            lines,
        };
        let block = Arc::new(Block::default());
        remembered.keep("một", setting(3), &block);
        assert!(remembered.find("một", setting(3)).is_some());
        assert!(remembered.find("một", setting(2)).is_none());
        assert!(remembered.find("hai", setting(3)).is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let mut remembered = Remembered::default();
        let setting = Setting {
            style: Style::body(),
            width: 500.0,
            lines: 1,
        };
        let block = Arc::new(Block::default());
        for number in 0..3 * MOST / 1000 {
            remembered.keep(&format!("{number:01000}"), setting, &block);
            assert!(remembered.bytes <= MOST);
            assert!(remembered.blocks.len() <= MOST / 1000);
        }
    }
}
