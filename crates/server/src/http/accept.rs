//! Where the QR code of a screen that waits leads: how to take it.

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// The digits stand behind the `#` of the address and never reach the server; the page need not know them.
const PAGE: &str = r#"<!doctype html>
<html lang="vi">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nhận màn hình</title>
<style>
body { font: 1.125rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 2rem 1rem;
  color: #13203b; background: #f8f5ec; }
h1 { font-size: 1.75rem; line-height: 1.25; }
code { display: block; padding: 1rem; overflow-x: auto; color: #fff; background: #13203b; border-radius: .5rem; }
</style>
<main>
<h1>Nhận màn hình vào đơn vị</h1>
<p>Sáu chữ số đang hiện trên màn hình. Người quản trị nhập sáu chữ số đó trên máy chủ:</p>
<code>motcua-server screens accept MÃ --unit "TÊN ĐƠN VỊ"</code>
<p>Mã đổi sau mỗi 30 phút. Chỉ nhập mã mà chính mình nhìn thấy trên màn hình.</p>
<p lang="en">Type the six digits that the screen shows into the server with the command above.</p>
</main>
</html>
"#;

/// How to take a screen, for the person who scanned its code.
#[utoipa::path(get, path = "/accept", tag = "enrolment",
    responses((status = 200, description = "A page in Vietnamese, text/html")))]
pub async fn page() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'",
        ),
    ];
    (headers, PAGE).into_response()
}
