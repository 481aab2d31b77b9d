//! The words that pages put around an item's own text, in one language.
//!
//! The words themselves are written in `ui/words.slint`, through `@tr`; the screen reads them from
//! there. Where a word takes a number or a name it holds `{0}`, `{1}`.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The words of pages in one language.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Words {
            $($(#[$doc])* pub $name: String,)*
        }

        impl Words {
            /// Every key, in the order of the fields.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Takes each word from `word`, which is asked by key.
            pub fn from_fn(mut word: impl FnMut(&str) -> String) -> Self {
                Self { $($name: word(stringify!($name)),)* }
            }
        }
    };
}

words! {
    /// Label of an announcement: "Thông báo".
    announcement,
    /// Label of a question: "Dân hỏi – Chính quyền trả lời".
    question,
    /// Label of a guide: "Hướng dẫn".
    guide,
    /// Label of a document: "Văn bản".
    document,
    /// Label of a spoken announcement: "Loa thông báo".
    loudspeaker,
    /// Label of an indicator: "Kết quả cải cách hành chính".
    indicator,
    /// Label of a board: "Niêm yết thủ tục hành chính".
    posted_procedures,
    /// Headline of a board: "Lĩnh vực {0}".
    field_of,
    /// Time limit: "Thời hạn".
    time_limit,
    /// Fee: "Lệ phí".
    fee,
    /// Page number: "Trang {0}/{1}".
    page_of,
    /// The number of a document: "Số {0}".
    number_of,
    /// Under a QR code that says nothing else: "Đến gần, quét mã để xem đầy đủ".
    scan,
    /// Over the telephone number: "Đường dây nóng".
    hotline,
    /// Name of the built-in card without a show: "Bộ phận Một cửa".
    one_stop,
    /// Request of the built-in card: "Xin ông bà vui lòng chờ trong giây lát".
    please_wait,
    /// Over the feedback address: "Nơi tiếp nhận phản ánh, kiến nghị".
    feedback,
    /// Headline of a screen that no server has taken: "Kết nối màn hình với máy chủ".
    connect_screen,
    /// Over the code of such a screen: "Người quản trị nhập mã này trên máy chủ {0}".
    connect_code,
    /// In its place while the server cannot be reached: "Chưa liên lạc được với máy chủ {0}, máy đang thử lại".
    connect_wait,
    /// At its QR code: "Quét mã này để xem hướng dẫn".
    connect_scan,
    /// A level of a procedure: "Cấp {0}".
    level_of,
    /// Head of the official name: "Tên thủ tục".
    official_name,
    /// Head of the steps: "Trình tự thực hiện".
    steps,
    /// Head of the ways to file: "Cách thức nộp".
    ways_to_file,
    /// Head of the papers: "Thành phần hồ sơ".
    papers,
    /// Head of the forms: "Mẫu đơn, tờ khai".
    forms,
    /// Head of who may apply: "Đối tượng thực hiện".
    applicants,
    /// Head of the agency: "Cơ quan thực hiện".
    agency,
    /// Head of the result: "Kết quả".
    result,
    /// Head of the conditions: "Yêu cầu, điều kiện".
    conditions,
    /// Head of the legal basis: "Căn cứ pháp lý".
    legal_basis,
    /// Head of the decision that announced it: "Quyết định công bố".
    decision,
    /// A head repeated on a further page: "{0} (tiếp)".
    continued,
    /// Over the number of ways to file: "Cách nộp".
    ways_short,
    /// The number of ways to file: "3 cách".
    ways_count,
    /// Filing at the counter: "Trực tiếp".
    in_person,
    /// Filing online: "Trực tuyến".
    online,
    /// Filing by public post: "Bưu chính công ích".
    by_post,
    /// Which way an answer is about: "khi nộp {0}".
    when_filed,
    /// An answer that differs between the ways: "tùy cách nộp".
    depends_on_way,
    /// The least of several fees: "Từ {0}".
    from_amount,
    /// A fee that nobody has set: "Chưa có mức thu".
    fee_not_set,
    /// Who sets a fee: "do {0} quy định".
    set_by,
    /// A fee that nobody has set, in one sentence: "Chưa có mức thu: do {0} quy định".
    fee_set_by,
    /// Nothing is said: "Chưa có thông tin".
    not_stated,
    /// Where the whole answer stands: "Xem trang {0}".
    see_page,
    /// Over the checklist: "Giấy tờ mang theo".
    bring,
    /// A paper that is a form: "mẫu có tại quầy".
    form_at_counter,
    /// The form of a paper: "Mẫu: {0}".
    form_named,
    /// Number of originals: "{0} bản chính".
    originals,
    /// Number of copies: "{0} bản sao".
    copies,
    /// Number of sets: "{0} bộ hồ sơ".
    sets,
    /// Papers that the first page has no room for: "Đủ {0} giấy tờ: xem trang {1}".
    all_papers,
    /// Where it is handed in: "Nộp tại {0}".
    receive_at,
    /// Under the QR code of a procedure: "Đến gần, quét mã để nộp trực tuyến".
    scan_to_file,
    /// The day of a decision: "ngày {0}".
    dated,
    /// Head of the names on a board: "Thủ tục".
    procedure,
    /// Where values come from: "Nguồn: {0}".
    source,
    /// The year of a value: "năm {0}".
    in_year,
    /// A fee on a board that is too long for its column: "Xem trong thủ tục".
    see_procedure,
}

/// Puts `values` in the places `{0}`, `{1}`… of a word.
#[must_use]
pub fn filled(word: &str, values: &[&str]) -> String {
    values
        .iter()
        .enumerate()
        .fold(word.to_owned(), |text, (index, value)| {
            text.replace(&format!("{{{index}}}"), value)
        })
}
