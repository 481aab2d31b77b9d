//! Addresses of the national portal (Cổng Dịch vụ công quốc gia).
//!
//! The portal was rebuilt when provincial portals gave way to it. A procedure's page has an id there that
//! does not follow from the code, so only the crawl knows it ([`Procedure::online`]); with the code alone
//! there is the portal's search. The older `ma_thu_tuc` pages are gone.

use crate::procedure::Procedure;

/// The portal's search for a procedure, with the other parameters that its own page writes.
const SEARCH: (&str, &str) = (
    "https://dichvucong.gov.vn/tra-cuu-thu-tuc/danh-sach?keyword=",
    "&showAdvanced=false&formalityType=STANDARD&limit=10&activeKey=STANDARD",
);

/// The portal's lookup of a dossier. Its page is known, the name of its parameter is that of the search: a
/// portal that does not take it opens the same page with an empty field.
const DOSSIER: &str = "https://dichvucong.gov.vn/tra-cuu-ho-so?keyword=";

/// Characters of a receipt's code. The shortest that offices issue have eleven, the longest under thirty.
const RECEIPT_LENGTH: std::ops::RangeInclusive<usize> = 8..=40;

/// The page of a procedure: the one that the show names where it is `https`, else the portal's search for
/// its code; none for a procedure whose code could not be one.
#[must_use]
pub fn online_address(procedure: &Procedure) -> Option<String> {
    let named = procedure.online.as_deref().map(str::trim);
    if let Some(named) = named.filter(|named| is_https(named)) {
        return Some(named.to_owned());
    }
    let code = procedure.base_code().trim();
    is_code(code).then(|| format!("{}{}{}", SEARCH.0, encoded(code), SEARCH.1))
}

/// Where the state of a dossier can be seen, from the code on its receipt ("H51.12-231123-0001"); none for
/// what cannot be one.
#[must_use]
pub fn receipt_address(code: &str) -> Option<String> {
    let code = code.trim();
    (RECEIPT_LENGTH.contains(&code.len()) && is_code(code))
        .then(|| format!("{DOSSIER}{}", encoded(code)))
}

fn is_https(address: &str) -> bool {
    let host = address
        .get(..8)
        .filter(|scheme| scheme.eq_ignore_ascii_case("https://"))
        .and_then(|_| address.get(8..))
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| host.contains('.') && !host.starts_with('.'))
        && !address.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_code(code: &str) -> bool {
    !code.is_empty()
        && code.chars().any(|c| c.is_ascii_alphanumeric())
        && code
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
}

/// Percent-encoded as RFC 3986 section 2.1 says, all but its unreserved characters.
fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipts_code_is_looked_up() {
        let at = "https://dichvucong.gov.vn/tra-cuu-ho-so?keyword=";
        for code in [
            "H51.12-231123-0001",
            "000.00.12.H51-231123-0001",
            "G22.99-1",
        ] {
            assert_eq!(receipt_address(code), Some(format!("{at}{code}")));
        }
        assert_eq!(
            receipt_address(" H51.12-231123-0001\n"),
            Some(format!("{at}H51.12-231123-0001"))
        );
    }

    #[test]
    fn what_is_no_receipts_code_leads_nowhere() {
        let long = "1".repeat(41);
        for code in [
            "",
            "H51.12",
            "H51 12-231123-0001",
            "H51.12/231123/0001",
            "mã số 12345678",
            "........",
            "H51.12-231123-0001&x=1",
            "H51.12-231123%00",
            &long,
        ] {
            assert_eq!(receipt_address(code), None, "{code:?}");
        }
    }

    #[test]
    fn what_is_encoded_is_plain() {
        assert_eq!(encoded("1.001193-a_b~"), "1.001193-a_b~");
        assert_eq!(encoded("ă &"), "%C4%83%20%26");
    }
}
