//! What was shown, in one hash: everything that an item says, and the bytes of every file that it shows.
//!
//! Whoever has the show's files can compute it again; nothing in it depends on the order of keys.

use std::collections::BTreeMap;

use motcua_show::alert::Alert;
use motcua_show::procedure::base_code;
use motcua_show::release::{ReleasePath, Sha256Hex};
use motcua_show::subtitles::beside;
use motcua_show::{Content, Item, Show};
use ring::digest::{Context, SHA256};
use serde::Serialize;
use serde_json::Value;

use crate::chain::finish;

/// Keeps hashes of this format apart from all others.
const CONTENT: &[u8] = b"motcua proof content 1\n";

/// The hash of an item of `show`. `file` says what the bytes of a file of the show hash to; none where there is no
/// such file.
///
/// It is SHA-256 over `motcua proof content 1`, the item, each procedure that it shows in order of their codes, and
/// each file that it shows in order of their places as place, space, SHA-256; each of these in a line of its own. Item
/// and procedures are JSON without spaces, the keys of each object in the order of their code points.
///
/// # Errors
/// When the item cannot be written as JSON, which no item that was read causes.
pub fn content_of(
    item: &Item,
    show: &Show,
    file: impl Fn(&ReleasePath) -> Option<Sha256Hex>,
) -> Result<Sha256Hex, serde_json::Error> {
    let mut hash = Hash::new();
    hash.line(&canonical(item)?);
    let shown: BTreeMap<_, _> = show
        .procedures
        .iter()
        .filter(|(code, procedure)| match &item.content {
            Content::Procedure(named) => base_code(&named.code) == code.as_str(),
            Content::Procedures(board) => board.lists(procedure),
            _ => false,
        })
        .collect();
    for procedure in shown.values() {
        hash.line(&canonical(procedure)?);
    }
    let film = item.content.video().into_iter();
    let subtitles = film
        .flat_map(|film| beside(&film.media.source, show.language))
        .map(|place| place.file);
    let files: BTreeMap<ReleasePath, Sha256Hex> = item
        .content
        .files()
        .map(ToOwned::to_owned)
        .chain(subtitles)
        .filter_map(|source| {
            let place = ReleasePath::of_source(source.to_str()?).ok()?;
            let hash = file(&place)?;
            Some((place, hash))
        })
        .collect();
    for (place, sha256) in &files {
        hash.line(&format!("{place} {sha256}"));
    }
    Ok(hash.finish())
}

/// The hash of an alert: as that of an item is, of the alert as its envelope signs it, without `_type`.
///
/// # Errors
/// When it cannot be written as JSON, which no alert that was read causes.
pub fn alert_of(alert: &Alert) -> Result<Sha256Hex, serde_json::Error> {
    let mut hash = Hash::new();
    hash.line(&canonical(alert)?);
    Ok(hash.finish())
}

/// The hash of the built-in card of `show`: office, unit and hotline.
///
/// It is made as that of an item is, of `{"hotline":…,"kind":"card","title":…,"unit":…}`.
///
/// # Errors
/// When it cannot be written as JSON, which no show that was read causes.
pub fn card_of(show: &Show) -> Result<Sha256Hex, serde_json::Error> {
    #[derive(Serialize)]
    struct Card<'a> {
        kind: &'static str,
        title: &'a motcua_show::text::Text,
        unit: Option<&'a motcua_show::text::Text>,
        hotline: Option<&'a str>,
    }
    let mut hash = Hash::new();
    hash.line(&canonical(&Card {
        kind: "card",
        title: &show.title,
        unit: show.unit.as_ref(),
        hotline: show.hotline.as_deref(),
    })?);
    Ok(hash.finish())
}

/// JSON without spaces, the keys of each object in the order of their code points.
fn canonical(value: &impl Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string(&sorted(serde_json::to_value(value)?))
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let keys: BTreeMap<String, Value> = map.into_iter().collect();
            let keys = keys.into_iter();
            Value::Object(keys.map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        plain => plain,
    }
}

struct Hash(Context);

impl Hash {
    fn new() -> Self {
        let mut context = Context::new(&SHA256);
        context.update(CONTENT);
        Self(context)
    }

    fn line(&mut self, line: &str) {
        self.0.update(line.as_bytes());
        self.0.update(b"\n");
    }

    fn finish(self) -> Sha256Hex {
        finish(self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn show(written: &str) -> Show {
        let reading = motcua_show::read_show(Path::new("show.toml"), written);
        reading.value.expect("the show is read")
    }

    fn hash(byte: u8) -> Sha256Hex {
        Sha256Hex::of_digest([byte; 32])
    }

    #[test]
    fn it_changes_with_what_is_said_and_with_every_file() {
        let written = |caption: &str| {
            show(&format!(
                "title = \"Một cửa\"\n[[playlist]]\nname = \"loop\"\n[[playlist.item]]\nkind = \"video\"\n\
                 name = \"film\"\nsource = \"../media/a.mp4\"\ncaption = \"{caption}\"\n"
            ))
        };
        let of = |show: &Show, files: &[(&str, u8)]| {
            content_of(show.item("film").unwrap(), show, |place| {
                let found = files.iter().find(|(name, _)| *name == place.as_str())?;
                Some(hash(found.1))
            })
            .unwrap()
        };
        let one = written("Một");
        let alone = of(&one, &[("media/a.mp4", 1)]);
        assert_eq!(alone, of(&one, &[("media/a.mp4", 1), ("media/b.mp4", 2)]));
        assert_ne!(alone, of(&one, &[("media/a.mp4", 2)]));
        assert_ne!(alone, of(&one, &[("media/a.mp4", 1), ("media/a.vtt", 3)]));
        assert_ne!(alone, of(&written("Hai"), &[("media/a.mp4", 1)]));
    }

    #[test]
    fn an_auditor_computes_the_same_by_hand() {
        let show = show(
            "title = \"Một cửa\"\nhotline = \"1022\"\n[[playlist]]\nname = \"loop\"\n[[playlist.item]]\n\
             kind = \"image\"\nname = \"bring\"\nsource = \"bring.png\"\ndwell = \"12s\"\n",
        );
        let found = content_of(show.item("bring").unwrap(), &show, |_| Some(hash(7))).unwrap();
        let by_hand = format!(
            "motcua proof content 1\n{{\"dwell\":\"12000ms\",\"kind\":\"image\",\"name\":\"bring\",\"source\":\"bring.png\"}}\n\
             bring.png {}\n",
            "07".repeat(32)
        );
        let digest = ring::digest::digest(&SHA256, by_hand.as_bytes());
        assert_eq!(found.as_str(), hex::encode(digest));
        let by_hand = "motcua proof content 1\n{\"hotline\":\"1022\",\"kind\":\"card\",\"title\":\"Một cửa\",\"unit\":null}\n";
        let digest = ring::digest::digest(&SHA256, by_hand.as_bytes());
        assert_eq!(card_of(&show).unwrap().as_str(), hex::encode(digest));
    }
}
