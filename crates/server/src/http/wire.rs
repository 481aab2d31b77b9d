//! What operators' requests and answers look like, beyond what [`motcua_sync::api`] shares with screens and
//! authors. The command line uses the same types.

use jiff::civil::Date;
use motcua_sync::api::Command;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::tokens::{Token, TokenKind};

/// `POST units`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddUnit {
    /// What people call it.
    pub name: String,
    /// What it is, in the province's own words.
    pub kind: String,
    /// Id or name of the unit above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The first day on which it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub first_day: Option<Date>,
    /// The last day on which it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<Date>,
    /// Id or name of who takes its screens after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
}

/// `PATCH units/{id}`: what is absent stays, what is null is cleared.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeUnit {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Id or name of another unit above it.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>)]
    pub parent: Option<Option<String>>,
    /// Another first day.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, format = Date)]
    pub first_day: Option<Option<Date>>,
    /// Another last day.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_day: Option<Option<Date>>,
    /// Id or name of another successor.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<String>)]
    pub successor: Option<Option<String>>,
}

/// The answer to `POST units`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AddedUnit {
    /// The id that was made of its name.
    pub id: String,
    /// `current`, or `unsigned` while it waits for signatures made off the server.
    #[schema(value_type = String)]
    pub state: motcua_sync::api::PublishedState,
}

/// The answer to `GET screens`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScreenList {
    /// The screens, by unit and name.
    pub screens: Vec<crate::screens::Screen>,
}

/// The answer to `POST screens/accept`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    /// The screen's id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The id of its unit.
    pub unit: String,
    /// `current`, or `unsigned` while its place waits for signatures made off the server.
    #[schema(value_type = String)]
    pub state: motcua_sync::api::PublishedState,
}

/// `PATCH screens/{id}`: what is absent stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeScreen {
    /// Id or name of another unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// `POST screens/{id}/commands`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// One of `identify`, `screenshot`, `restart`, `sync-now`.
    #[schema(value_type = String)]
    pub command: Command,
}

/// The answer to it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Ordered {
    /// What to ask for its result by.
    pub id: String,
}

/// `POST tokens`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddToken {
    /// Whose it is, in words.
    pub name: String,
    /// What it allows.
    pub kind: TokenKind,
    /// Id or name of the unit that it counts for; an author's token has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// The answer to it: the only time that the token is shown.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AddedToken {
    /// What it is revoked by.
    pub id: String,
    /// The token.
    pub token: String,
}

/// The answer to `GET tokens`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenList {
    /// The tokens, the oldest first.
    pub tokens: Vec<Token>,
}

/// Whether a signed change reached the screens.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Changed {
    /// `current`, or `unsigned` while it waits for signatures made off the server.
    #[schema(value_type = String)]
    pub state: motcua_sync::api::PublishedState,
}

/// Tells null, which clears, from absent, which leaves.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_clears_and_absence_leaves() {
        let change: ChangeUnit =
            serde_json::from_str(r#"{"last_day": null, "successor": "b"}"#).unwrap();
        assert_eq!(change.last_day, Some(None));
        assert_eq!(change.first_day, None);
        assert_eq!(change.successor, Some(Some("b".to_owned())));
        let written = serde_json::to_string(&change).unwrap();
        assert_eq!(written, r#"{"last_day":null,"successor":"b"}"#);
    }
}
