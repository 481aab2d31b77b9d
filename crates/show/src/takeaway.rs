//! What a visitor takes along: a short text that a QR code holds, addresses to open, and what is read aloud.
//!
//! Pure, and without a word of its own: what stands around a procedure's own text comes in as [`TakeawayWords`].
//! Invariants: nothing is said that the procedure does not say; a fee that is not set is never free, and a
//! time without unit gets none.

mod address;
mod answer;
mod cut;
mod short;
mod spoken;

pub use address::{online_address, receipt_address};
pub use short::{LONGEST_SHORT_TEXT, short_text};
pub use spoken::spoken_text;

macro_rules! takeaway_words {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The words around a procedure's own text, in one language. `{0}`, `{1}` are places for values.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct TakeawayWords {
            $($(#[$doc])* pub $name: String,)*
        }

        impl TakeawayWords {
            /// Every key, in the order of the fields.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Takes each word from `word`, which is asked by key.
            pub fn from_fn(mut word: impl FnMut(&str) -> String) -> Self {
                Self { $($name: word(stringify!($name)),)* }
            }
        }
    };
}

// Words that pages have too are called as pages call them, so that one table serves both.
takeaway_words! {
    /// Before the code: "Mã {0}".
    code_of,
    /// Head of the papers: "Giấy tờ mang theo".
    bring,
    /// Number of originals: "{0} bản chính".
    originals,
    /// Number of copies: "{0} bản sao".
    copies,
    /// Papers that there was no room for, after some: "… và {0} giấy tờ khác".
    more_papers,
    /// Papers where there was room for none: "{0} giấy tờ, xem danh sách đầy đủ tại quầy".
    papers_elsewhere,
    /// A time limit without a unit: "{0} (không ghi đơn vị)".
    no_unit,
    /// "Thời hạn".
    time_limit,
    /// "Lệ phí".
    fee,
    /// A fee that nobody has set: "Chưa có mức thu: do {0} quy định".
    fee_set_by,
    /// Nothing is said: "Chưa có thông tin".
    not_stated,
    /// Where it is handed in: "Nộp tại {0}".
    receive_at,
    /// The ways to file, where no place is named: "Nộp: {0}".
    filed,
    /// "Trực tiếp".
    in_person,
    /// "Trực tuyến".
    online,
    /// "Bưu chính công ích".
    by_post,
}

fn filled(word: &str, value: &str) -> String {
    word.replace("{0}", value)
}
