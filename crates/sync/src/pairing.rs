//! How a screen and a server come to trust each other over a network that nobody trusts.
//!
//! The screen shows six digits, which a person types into the server. Both run SPAKE2 (RFC 9382's
//! protocol, by the crate `spake2`) over them: each side has committed to its message before it learns
//! anything of the other's key, and a wrong guess of the digits gives a key that opens nothing and says
//! nothing about the right digits. Who sits in between gets one guess in a million a try, cannot grind
//! through the digits afterwards, and can neither enrol a key of its own nor hand the screen another
//! root, since key and root are bound by the exchange.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ED25519, UnparsedPublicKey};
use spake2::{Ed25519Group, Identity as Name, Password, Spake2};

use crate::api::{Acceptance, Confirmation, EnrolmentRequest, Offered};
use crate::identity::{BadKey, ScreenKey};

/// The side that answers.
const SERVER: &[u8] = b"motcua-server";

/// Keeps keys of this protocol apart from any other use of the same secret.
const SALT: &[u8] = b"motcua pairing 1";

/// Bytes of every key here.
const KEY_LENGTH: usize = 32;

/// The six digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(String);

/// A text that is no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a code; it is the six digits that the screen shows")]
pub struct NotACode(String);

impl Code {
    /// Draws a code.
    ///
    /// # Errors
    /// When the machine gives no random numbers.
    pub fn draw() -> Result<Self, BadKey> {
        let mut bytes = [0; 8];
        SystemRandom::new().fill(&mut bytes).map_err(|_| BadKey)?;
        // Of 2^64 numbers a million takes its remainders evenly to within one in 10^13.
        Ok(Self(format!(
            "{:06}",
            u64::from_le_bytes(bytes) % 1_000_000
        )))
    }

    /// Reads a code as a person types it: blanks and dashes between the digits do not count.
    ///
    /// # Errors
    /// When there are not six digits.
    pub fn read(typed: &str) -> Result<Self, NotACode> {
        let digits: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(NotACode(typed.chars().take(20).collect()))
        }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a message of the pairing cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    /// It is not what the protocol sends.
    #[error("the message of the pairing is damaged")]
    Malformed,
    /// It was made with other digits: it is meant for another screen, or somebody guesses.
    #[error("the message of the pairing was made with another code")]
    OtherCode,
}

/// The screen's side of one pairing.
#[derive(Debug)]
pub struct ScreenSide {
    state: Spake2<Ed25519Group>,
    request: EnrolmentRequest,
}

impl ScreenSide {
    /// Begins a pairing of the screen with `key`, which shows `code`.
    #[must_use]
    pub fn begin(code: &Code, key: &ScreenKey) -> Self {
        let (state, pake) = Spake2::start_a(
            &Password::new(code.as_str()),
            &Name::new(key.public_key()),
            &Name::new(SERVER),
        );
        let request = EnrolmentRequest {
            public_key: BASE64_STANDARD.encode(key.public_key()),
            pake: BASE64_STANDARD.encode(pake),
        };
        Self { state, request }
    }

    /// What is sent to the server.
    #[must_use]
    pub const fn request(&self) -> &EnrolmentRequest {
        &self.request
    }

    /// Opens what the server answered. It says who took the screen, and what proves to the server that
    /// the screen knows the code.
    ///
    /// # Errors
    /// When it is damaged or was made with another code; the pairing is over then, and is begun anew.
    pub fn open(
        self,
        offered: &Offered,
        key: &ScreenKey,
    ) -> Result<(Acceptance, Confirmation), PairingError> {
        let answer = decode(&offered.pake)?;
        let secret = self
            .state
            .finish(&answer)
            .map_err(|_| PairingError::Malformed)?;
        let keys = Keys::derive(&secret, &self.request, &offered.pake)?;
        let mut sealed = decode(&offered.sealed)?;
        let opened = keys
            .seal
            .open_in_place(nonce(), Aad::empty(), &mut sealed)
            .map_err(|_| PairingError::OtherCode)?;
        let acceptance = serde_json::from_slice(opened).map_err(|_| PairingError::Malformed)?;
        let confirmation = Confirmation {
            confirmation: BASE64_STANDARD.encode(keys.confirmation),
            signature: BASE64_STANDARD.encode(key.sign(&keys.confirmation)),
        };
        Ok((acceptance, confirmation))
    }
}

/// The server's side: answers `request` with the code that was typed in. The bytes are what
/// [`is_confirmed`] needs when the screen confirms.
///
/// # Errors
/// When the request is damaged.
pub fn answer(
    code: &Code,
    request: &EnrolmentRequest,
    acceptance: &Acceptance,
) -> Result<(Offered, Vec<u8>), PairingError> {
    let public_key = decode(&request.public_key)?;
    let (state, pake) = Spake2::<Ed25519Group>::start_b(
        &Password::new(code.as_str()),
        &Name::new(&public_key),
        &Name::new(SERVER),
    );
    let secret = state
        .finish(&decode(&request.pake)?)
        .map_err(|_| PairingError::Malformed)?;
    let pake = BASE64_STANDARD.encode(pake);
    let keys = Keys::derive(&secret, request, &pake)?;
    let mut sealed = serde_json::to_vec(acceptance).map_err(|_| PairingError::Malformed)?;
    keys.seal
        .seal_in_place_append_tag(nonce(), Aad::empty(), &mut sealed)
        .map_err(|_| PairingError::Malformed)?;
    let offered = Offered {
        pake,
        sealed: BASE64_STANDARD.encode(sealed),
    };
    Ok((offered, keys.confirmation.to_vec()))
}

/// Whether a confirmation proves that its sender knows the code and holds the private half of `public_key`
/// (32 bytes).
#[must_use]
pub fn is_confirmed(expected: &[u8], public_key: &[u8], confirmation: &Confirmation) -> bool {
    let (Ok(given), Ok(signature)) = (
        decode(&confirmation.confirmation),
        decode(&confirmation.signature),
    ) else {
        return false;
    };
    // The key makes the comparison independent of where the two differ.
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SALT);
    let tag = ring::hmac::sign(&key, expected);
    ring::hmac::verify(&key, &given, tag.as_ref()).is_ok()
        && UnparsedPublicKey::new(&ED25519, public_key)
            .verify(expected, &signature)
            .is_ok()
}

struct Keys {
    seal: LessSafeKey,
    confirmation: [u8; KEY_LENGTH],
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        KEY_LENGTH
    }
}

impl Keys {
    /// Both messages go into the keys, so that neither can be exchanged on the way.
    fn derive(
        secret: &[u8],
        request: &EnrolmentRequest,
        answer: &str,
    ) -> Result<Self, PairingError> {
        let extracted = Salt::new(HKDF_SHA256, SALT).extract(secret);
        let expand = |purpose: &str| -> Result<[u8; KEY_LENGTH], PairingError> {
            let info = [purpose, &request.public_key, &request.pake, answer].map(str::as_bytes);
            let mut key = [0; KEY_LENGTH];
            extracted
                .expand(&info, Bytes32)
                .and_then(|okm| okm.fill(&mut key))
                .map_err(|_| PairingError::Malformed)?;
            Ok(key)
        };
        let seal = UnboundKey::new(&CHACHA20_POLY1305, &expand("seal")?)
            .map_err(|_| PairingError::Malformed)?;
        Ok(Self {
            seal: LessSafeKey::new(seal),
            confirmation: expand("confirmation")?,
        })
    }
}

/// Each key seals one message only, so the nonce need not change.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn decode(base64: &str) -> Result<Vec<u8>, PairingError> {
    BASE64_STANDARD
        .decode(base64)
        .map_err(|_| PairingError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acceptance(root: &str) -> Acceptance {
        Acceptance {
            screen: "s".into(),
            token: "t".into(),
            name: "Sảnh".into(),
            unit: "Phường".into(),
            root: root.into(),
            ca: None,
        }
    }

    fn code(digits: &str) -> Code {
        Code::read(digits).unwrap()
    }

    #[test]
    fn the_same_digits_pair() {
        let key = ScreenKey::generate().unwrap();
        let screen = ScreenSide::begin(&code("482 113"), &key);
        let (offered, expected) =
            answer(&code("482113"), screen.request(), &acceptance("root")).unwrap();
        let (taken, confirmation) = screen.open(&offered, &key).unwrap();
        assert_eq!(taken, acceptance("root"));
        assert!(is_confirmed(&expected, key.public_key(), &confirmation));
        let other = ScreenKey::generate().unwrap();
        assert!(!is_confirmed(&expected, other.public_key(), &confirmation));
        assert!(!is_confirmed(&[0; 32], key.public_key(), &confirmation));
    }

    #[test]
    fn who_guesses_wrong_can_neither_hand_out_a_root_nor_be_taken() {
        let key = ScreenKey::generate().unwrap();
        let screen = ScreenSide::begin(&code("482113"), &key);
        let (offered, expected) =
            answer(&code("482114"), screen.request(), &acceptance("evil")).unwrap();
        assert_eq!(
            screen.open(&offered, &key).unwrap_err(),
            PairingError::OtherCode
        );
        let nothing = Confirmation {
            confirmation: String::new(),
            signature: String::new(),
        };
        assert!(!is_confirmed(&expected, key.public_key(), &nothing));
    }

    #[test]
    fn who_relays_cannot_put_a_key_of_its_own_in() {
        // In between: the screen's message under another public key.
        let (key, evil) = (
            ScreenKey::generate().unwrap(),
            ScreenKey::generate().unwrap(),
        );
        let screen = ScreenSide::begin(&code("000001"), &key);
        let forged = EnrolmentRequest {
            public_key: BASE64_STANDARD.encode(evil.public_key()),
            pake: screen.request().pake.clone(),
        };
        let (offered, _) = answer(&code("000001"), &forged, &acceptance("root")).unwrap();
        assert_eq!(
            screen.open(&offered, &key).unwrap_err(),
            PairingError::OtherCode
        );
    }

    #[test]
    fn what_was_changed_on_the_way_does_not_open() {
        let key = ScreenKey::generate().unwrap();
        let screen = ScreenSide::begin(&code("123456"), &key);
        let (mut offered, _) =
            answer(&code("123456"), screen.request(), &acceptance("root")).unwrap();
        let mut sealed = BASE64_STANDARD.decode(&offered.sealed).unwrap();
        sealed[3] ^= 1;
        offered.sealed = BASE64_STANDARD.encode(sealed);
        assert_eq!(
            screen.open(&offered, &key).unwrap_err(),
            PairingError::OtherCode
        );
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(Code::read(" 482-113 ").unwrap().as_str(), "482113");
        for bad in ["", "48211", "4821133", "48211a", "٤٨٢١١٣"] {
            assert!(Code::read(bad).is_err(), "{bad}");
        }
        assert_eq!(Code::draw().unwrap().as_str().len(), 6);
    }
}
