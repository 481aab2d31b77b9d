//! Alerts of other systems: the Common Alerting Protocol 1.2 (OASIS, 2010), as XML.
//!
//! Taken are identifier, message type, status, references, and of each `info` its language, severity, urgency,
//! end, sender, headline, description and instruction, a sound in it, and its area where that is a unit. What
//! screens cannot show is left out; what would change the meaning is refused with the line and the remedy.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use motcua_show::Language;
use motcua_show::alert::{AlertId, AlertKind, AlertSeverity, Urgency};
use ring::digest::{SHA256, digest};
use roxmltree::{Document, Node};

use super::Draft;

/// The namespace of CAP 1.2.
const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";

/// Reads an alert; `path` is for what is said about it.
///
/// # Errors
/// When it is no CAP 1.2, or is not to be shown.
pub fn read(path: &Path, text: &str) -> anyhow::Result<Draft> {
    let document = Document::parse(text)
        .with_context(|| format!("{} is no XML; export it anew", path.display()))?;
    Cap {
        path,
        document: &document,
    }
    .draft()
}

struct Cap<'a> {
    path: &'a Path,
    document: &'a Document<'a>,
}

impl<'a> Cap<'a> {
    fn draft(&self) -> anyhow::Result<Draft> {
        let alert = self.document.root_element();
        if alert.tag_name().namespace() != Some(NAMESPACE) || alert.tag_name().name() != "alert" {
            bail!(
                "{}: this is no alert of CAP 1.2; its root is <alert xmlns=\"{NAMESPACE}\">",
                self.at(alert)
            );
        }
        let identifier = self.required(alert, "identifier")?;
        let mut draft = Draft {
            id: Some(id_of(identifier)),
            kind: Some(self.kind(alert)?),
            references: self.references(alert)?,
            ..Draft::default()
        };
        let infos: Vec<Node<'a, 'a>> = children(alert, "info").collect();
        if infos.is_empty() && draft.kind != Some(AlertKind::Cancel) {
            bail!(
                "{}: the alert has no <info>, so it says nothing",
                self.at(alert)
            );
        }
        for info in &infos {
            self.take(*info, &mut draft)?;
        }
        if draft.headline.is_empty() && draft.kind != Some(AlertKind::Cancel) {
            bail!(
                "{}: no <info> is in Vietnamese, Khmer or English (its <language>), which is what screens show",
                self.at(alert)
            );
        }
        Ok(draft)
    }

    fn kind(&self, alert: Node<'a, 'a>) -> anyhow::Result<AlertKind> {
        let status = self.required(alert, "status")?;
        let is_exercise = match status {
            "Actual" => false,
            "Exercise" | "Test" => true,
            other => bail!(
                "{}: the status is {other:?}, which is not meant for people; Actual, Exercise and Test are",
                self.at_child(alert, "status")
            ),
        };
        Ok(match self.required(alert, "msgType")? {
            "Cancel" => AlertKind::Cancel,
            _ if is_exercise => AlertKind::Exercise,
            "Alert" => AlertKind::Alert,
            "Update" => AlertKind::Update,
            other => bail!(
                "{}: the message is of type {other:?}, which is not meant for people; Alert, Update and Cancel are",
                self.at_child(alert, "msgType")
            ),
        })
    }

    /// `sender,identifier,sent`, parted by spaces.
    fn references(&self, alert: Node<'a, 'a>) -> anyhow::Result<Vec<AlertId>> {
        let Some(written) = child(alert, "references") else {
            return Ok(Vec::new());
        };
        written
            .split_whitespace()
            .map(|reference| match reference.split(',').nth(1) {
                Some(identifier) if !identifier.is_empty() => Ok(id_of(identifier)),
                _ => bail!(
                    "{}: {reference:?} is no reference; one is written sender,identifier,sent",
                    self.at_child(alert, "references")
                ),
            })
            .collect()
    }

    fn take(&self, info: Node<'a, 'a>, draft: &mut Draft) -> anyhow::Result<()> {
        let severity = match child(info, "severity").unwrap_or("Unknown") {
            "Extreme" => AlertSeverity::Extreme,
            "Severe" => AlertSeverity::Severe,
            "Moderate" => AlertSeverity::Moderate,
            "Minor" => AlertSeverity::Minor,
            "Unknown" => AlertSeverity::Unknown,
            other => bail!(
                "{}: {other:?} is no severity; it is Extreme, Severe, Moderate, Minor or Unknown",
                self.at_child(info, "severity")
            ),
        };
        let urgency = match child(info, "urgency").unwrap_or("Unknown") {
            "Immediate" => Urgency::Immediate,
            "Expected" => Urgency::Expected,
            "Future" => Urgency::Future,
            "Past" => Urgency::Past,
            "Unknown" => Urgency::Unknown,
            other => bail!(
                "{}: {other:?} is no urgency; it is Immediate, Expected, Future, Past or Unknown",
                self.at_child(info, "urgency")
            ),
        };
        let is_first = draft.headline.is_empty();
        draft.severity = if is_first {
            severity
        } else {
            draft.severity.max(severity)
        };
        draft.urgency = if is_first {
            urgency
        } else {
            draft.urgency.max(urgency)
        };
        if let Some(written) = child(info, "expires") {
            let expires: Timestamp = written.parse().with_context(|| {
                format!(
                    "{}: {written:?} is no time; it is written 2026-11-24T10:30:00+07:00",
                    self.at_child(info, "expires")
                )
            })?;
            draft.expires = draft.expires.max(Some(expires));
        }
        self.take_area(info, draft)?;
        if let Some(sound) = children(info, "resource").find_map(sound_of) {
            draft.spoken.get_or_insert(sound);
        }
        let Some(language) = language_of(child(info, "language").unwrap_or("en-US")) else {
            return Ok(());
        };
        let said = |name| child(info, name).map(str::to_owned);
        let headline = said("headline").or_else(|| said("event"));
        let keep = |texts: &mut BTreeMap<_, _>, text: Option<String>| {
            if let Some(text) = text {
                texts.entry(language).or_insert(text);
            }
        };
        keep(&mut draft.headline, headline);
        keep(&mut draft.text, said("description"));
        keep(&mut draft.instruction, said("instruction"));
        draft.sender = draft.sender.take().or_else(|| said("senderName"));
        Ok(())
    }

    /// The area is a unit: by the geocode "unit", else by its name.
    fn take_area(&self, info: Node<'a, 'a>, draft: &mut Draft) -> anyhow::Result<()> {
        for area in children(info, "area") {
            let coded = children(area, "geocode").find_map(|geocode| {
                let name = child(geocode, "valueName")?;
                name.eq_ignore_ascii_case("unit")
                    .then(|| child(geocode, "value"))?
            });
            let Some(unit) = coded.or_else(|| child(area, "areaDesc")) else {
                continue;
            };
            match &draft.unit {
                Some(other) if other != unit => bail!(
                    "{}: the alert is for {other:?} and for {unit:?}; send it to the unit above both with --unit, or split it",
                    self.at(area)
                ),
                _ => draft.unit = Some(unit.to_owned()),
            }
        }
        Ok(())
    }

    fn required(&self, node: Node<'a, 'a>, name: &str) -> anyhow::Result<&'a str> {
        child(node, name)
            .with_context(|| format!("{}: <{name}> is missing, which CAP demands", self.at(node)))
    }

    /// File and line.
    fn at(&self, node: Node<'_, '_>) -> String {
        let line = self.document.text_pos_at(node.range().start).row;
        format!("{}:{line}", self.path.display())
    }

    fn at_child(&self, node: Node<'a, 'a>, name: &str) -> String {
        self.at(children(node, name).next().unwrap_or(node))
    }
}

fn children<'a>(node: Node<'a, 'a>, name: &str) -> impl Iterator<Item = Node<'a, 'a>> {
    let name = name.to_owned();
    node.children().filter(move |child| {
        child.tag_name().name() == name && child.tag_name().namespace() == Some(NAMESPACE)
    })
}

/// The text of a child, without the spaces around it.
fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<&'a str> {
    let text = children(node, name).next()?.text()?.trim();
    (!text.is_empty()).then_some(text)
}

fn language_of(written: &str) -> Option<Language> {
    let code = written.split('-').next().unwrap_or(written);
    code.to_lowercase().parse().ok()
}

/// A sound that is in the file itself.
fn sound_of(resource: Node<'_, '_>) -> Option<String> {
    let find = |name: &str| {
        resource
            .children()
            .find(|child| child.tag_name().name() == name)?
            .text()
    };
    find("mimeType")
        .is_some_and(|kind| kind.trim().starts_with("audio/"))
        .then(|| find("derefUri"))?
        .map(|sound| sound.split_whitespace().collect())
}

/// Identifiers of CAP may hold what an id of ours cannot: then it is a part of their hash.
fn id_of(identifier: &str) -> AlertId {
    identifier.parse().unwrap_or_else(|_| {
        let hash = digest(&SHA256, identifier.as_bytes());
        let hex: String = hash
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("cap-{}", &hex[..32])
            .parse()
            .unwrap_or_else(|_| unreachable!("hexadecimal digits are an id"))
    })
}
