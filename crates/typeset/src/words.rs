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

            /// The word of a key.
            #[must_use]
            pub fn get(&self, key: &str) -> Option<&str> {
                match key {
                    $(stringify!($name) => Some(&self.$name),)*
                    _ => None,
                }
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
    /// Beside the code for inspectors: "Kiểm tra niêm yết: quyết định, mã băm, niêm yết từ khi nào".
    inspection,
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
    /// The built-in card while the office is closed: "Đang ngoài giờ làm việc".
    closed_now,
    /// When it opens the same day, {0} is the hour: "Đang ngoài giờ làm việc. Mở cửa lúc {0} hôm nay".
    opens_today,
    /// When it opens on the day after: "Đang ngoài giờ làm việc. Mở cửa lúc {0} ngày mai".
    opens_tomorrow,
    /// When it opens later, {1} is the day of the week and {2} the day: "… Mở cửa lúc {0} {1}, ngày {2}".
    opens_on,
    /// A day of the week within a sentence: "thứ Hai".
    on_monday,
    /// "thứ Ba".
    on_tuesday,
    /// "thứ Tư".
    on_wednesday,
    /// "thứ Năm".
    on_thursday,
    /// "thứ Sáu".
    on_friday,
    /// "thứ Bảy".
    on_saturday,
    /// "Chủ nhật".
    on_sunday,
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
    /// Headline of an exercise: "Đang thử cảnh báo khẩn cấp".
    drill_title,
    /// What an exercise asks of people: nothing: "Đây chỉ là diễn tập. Ông bà không cần làm gì.".
    drill_body,
    /// Before a code: {0}: "Mã {0}".
    code_of,
    /// Papers that there was no room for: {0} is how many: "… và {0} giấy tờ khác".
    more_papers,
    /// Papers where there was room for none: {0} is how many: "{0} giấy tờ, xem danh sách đầy đủ tại quầy".
    papers_elsewhere,
    /// A time limit without a unit: {0}: "{0} (không ghi đơn vị)".
    no_unit,
    /// The ways to file, where no place is named: {0}: "Nộp: {0}".
    filed,
    /// Before the counter on a slip: "Mời đến".
    go_to,
    /// When a slip was printed: {0}: "In lúc {0}, chỉ để tham khảo".
    printed_at,
    /// While a slip is printed: "Đang in phiếu…".
    printing,
    /// A slip was printed: "Đã in. Mời ông bà lấy phiếu".
    printed,
    /// A slip could not be printed: {0} is the counter: "Chưa in được. Xin hỏi tại {0}".
    not_printed,
    /// While a form's pages are drawn: "Đang mở mẫu…".
    form_is_opening,
    /// A form that cannot be shown: {0} is the counter: "Chưa mở được mẫu này. Xin hỏi tại {0}".
    form_not_there,
    /// The invitation on the loop: "Chạm để tra cứu thủ tục".
    touch_here,
    /// Title of the lookup: "Tra cứu thủ tục".
    look_up,
    /// The question of the first page: "Ông bà cần làm việc gì?".
    what_to_do,
    /// In the empty search field: "Gõ việc cần làm: khai sinh, sổ đỏ, căn cước…".
    type_here,
    /// Over the events of a life: "Chọn theo việc trong đời".
    by_event,
    /// Event: a child is born: "Sinh con".
    event_birth,
    /// What belongs to it: "khai sinh, BHYT, thường trú".
    event_birth_hint,
    /// Event: marriage: "Kết hôn".
    event_marriage,
    /// What belongs to it: "đăng ký, độc thân".
    event_marriage_hint,
    /// Event: house and land: "Nhà, đất".
    event_land,
    /// What belongs to it: "sổ đỏ, tách thửa, xây nhà".
    event_land_hint,
    /// Event: identity papers: "Giấy tờ tùy thân".
    event_identity,
    /// What belongs to it: "căn cước, cư trú".
    event_identity_hint,
    /// Event: trade: "Buôn bán".
    event_trade,
    /// What belongs to it: "hộ kinh doanh, hợp tác xã".
    event_trade_hint,
    /// Event: certification: "Chứng thực".
    event_certification,
    /// What belongs to it: "bản sao, chữ ký".
    event_certification_hint,
    /// Event: allowances: "Trợ cấp".
    event_allowance,
    /// What belongs to it: "người có công, khuyết tật".
    event_allowance_hint,
    /// Event: a death: "Người thân mất".
    event_death,
    /// What belongs to it: "khai tử, mai táng, thừa kế".
    event_death_hint,
    /// Leads to the fields: {0} is the number of procedures: "Tất cả {0} thủ tục theo lĩnh vực".
    all_by_field,
    /// Title of the fields: "Lĩnh vực".
    fields,
    /// Over what is asked for most: "Nhiều người hỏi".
    most_asked,
    /// Leads to the receipt's code: "Hồ sơ của tôi đến đâu?".
    where_is_my_file,
    /// Leads to the feedback page: "Góp ý, phản ánh".
    praise_or_complain,
    /// One place back: "Quay lại".
    back,
    /// To the first page: "Trang đầu".
    home,
    /// Ends the visit: "Kết thúc".
    close,
    /// Larger text: "Chữ to".
    larger,
    /// Stronger contrast: "Tương phản".
    contrast,
    /// Everything lower: "Hạ thấp".
    lower,
    /// Everything back up: "Nâng lên".
    raise,
    /// No level in particular: "Mọi cấp".
    all_levels,
    /// Commune: "Cấp xã".
    level_commune,
    /// Province: "Cấp tỉnh".
    level_province,
    /// Ministry: "Cấp bộ".
    level_ministry,
    /// Others: "Cơ quan khác".
    level_other,
    /// A procedure that this office receives: "Nhận tại đây".
    received_here,
    /// Number of procedures: {0}: "{0} thủ tục".
    count_of,
    /// Over results when nothing matches: "Không có thủ tục nào khớp hẳn. Gần nhất là:".
    nearest,
    /// When there is nothing at all: "Chưa tìm thấy. Xin thử từ khác, hoặc hỏi cán bộ tại {0}.".
    nothing_like_it,
    /// The counter, where no other is named: "quầy hướng dẫn".
    the_counter,
    /// A list that has nothing of a level: "Không có thủ tục nào ở cấp này.".
    none_of_level,
    /// The key that closes the keyboard's work: "Tìm".
    search,
    /// The space key: "Dấu cách".
    space,
    /// A way of typing: keys with marks: "Có dấu".
    method_accented,
    /// A way of typing: no marks: "Không dấu".
    method_plain,
    /// Key that clears the field: "Xóa hết".
    clear,
    /// Tab: papers: "Giấy tờ".
    section_papers,
    /// Tab: ways to file, time, fee: "Cách nộp, lệ phí".
    section_filing,
    /// Tab: steps: "Các bước".
    section_steps,
    /// Tab: everything else: "Thông tin khác".
    section_more,
    /// Tab: related procedures: "Thủ tục gần giống".
    section_related,
    /// Over the checklist: "Chạm vào giấy tờ ông bà đã có".
    tick_what_you_have,
    /// How many papers are missing: {0}: "Còn thiếu {0} giấy tờ".
    still_missing,
    /// All papers are there: {0} is the counter: "Đủ giấy tờ. Mời ông bà đến {0}".
    complete_at,
    /// Where papers are grouped by case: "Chỉ cần giấy tờ của trường hợp mình".
    one_case_only,
    /// When the result can be expected: {0} is a day: "Nộp lúc này, dự kiến có kết quả ngày {0} (để tham khảo)".
    expected_on,
    /// A procedure that a release has taken away: "Thủ tục này vừa được thay đổi. Xin hỏi lại tại {0}.".
    withdrawn,
    /// Under the QR code of the online page: "Quét mã để nộp trực tuyến".
    scan_online,
    /// Under the QR code that holds text: "Quét mã để mang về, không cần mạng".
    scan_text,
    /// Changes to the code of the online page: "Mã nộp trực tuyến".
    show_online_code,
    /// Changes to the code that holds text: "Mã mang về".
    show_text_code,
    /// Prints a slip: "In phiếu".
    print,
    /// Reads aloud: "Nghe".
    listen,
    /// Stops reading aloud: "Dừng đọc".
    stop_listening,
    /// Where to ask without a phone: {0} is the counter: "Không có điện thoại: xin hỏi tại {0}".
    no_phone,
    /// A form that can be opened: "Xem mẫu".
    form_opens,
    /// What to type: the receipt's code: "Gõ mã hồ sơ in trên giấy hẹn trả kết quả".
    receipt_code,
    /// Under the QR code to the portal: "Quét mã để xem trên Cổng Dịch vụ công quốc gia".
    receipt_scan,
    /// A code that cannot be one: "Mã hồ sơ gồm chữ, số, dấu chấm và gạch nối, ví dụ H51.12-261123-0001".
    receipt_wrong,
    /// What becomes of the code: "Mã được xóa khi ông bà rời trang này.".
    receipt_is_wiped,
    /// Title of the feedback page: "Góp ý, phản ánh, kiến nghị".
    feedback_title,
    /// Before the hotline: "Gọi đường dây nóng".
    feedback_call,
    /// Before the address: "Gửi thư hoặc đến gặp".
    feedback_visit,
    /// Under the QR code for feedback: "Quét mã để gửi phản ánh, kiến nghị trực tuyến".
    feedback_online,
    /// The question at the end: "Ông bà có hài lòng không?".
    are_you_satisfied,
    /// Under it: "Chạm một ô. Chỉ ghi thời gian và màn hình, không ghi tên.".
    rating_is_anonymous,
    /// Very unsatisfied: "Rất không hài lòng".
    rate_1,
    /// Unsatisfied: "Không hài lòng".
    rate_2,
    /// Neutral: "Bình thường".
    rate_3,
    /// Satisfied: "Hài lòng".
    rate_4,
    /// Very satisfied: "Rất hài lòng".
    rate_5,
    /// Thanks for a rating: "Cảm ơn ông bà".
    thank_you,
    /// Over the countdown: "Ông bà còn xem không?".
    still_there,
    /// The countdown: {0} seconds: "Màn hình tự quay lại sau {0} giây và xóa những gì đã gõ".
    returns_in,
    /// Stops the countdown: "Tôi còn xem".
    stay,
    /// Label of an alert: "Cảnh báo khẩn cấp".
    alert,
    /// Label of an exercise: "Diễn tập".
    drill,
    /// Label of an alert that is not urgent: "Cảnh báo".
    alert_moderate,
    /// Label of an alert of little threat: "Lưu ý".
    alert_minor,
    /// Until when an alert lasts: {0} is a time: "Đến {0}".
    alert_until,
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
