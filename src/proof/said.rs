//! What `motcua proof` says, for people and for programs.

use std::path::Path;
use std::time::Duration;

use motcua_proof::{Break, Countersigned, Ended, Record, Verified, What};
use serde_json::json;

/// What a whole proof shows.
pub fn verified(proof: &Verified) -> String {
    let head = &proof.head;
    let mut said = vec![
        "The record is whole: nothing in it was changed, moved or left out.".to_owned(),
        format!("screen          {}", head.screen),
        format!("chain           {}", head.chain),
    ];
    let from = proof.after.seq + 1;
    said.push(match proof.times {
        Some((first, last)) => format!(
            "records         {} ({from} to {}), {first:.0} to {last:.0} by the screen's clock",
            proof.records, head.seq
        ),
        None => "records         none".to_owned(),
    });
    said.push(match proof.sealed_through {
        Some(seq) => format!("sealed          through record {seq}, by the screen's key"),
        None => "sealed          nothing".to_owned(),
    });
    said.push(match (&proof.countersigned, &proof.server) {
        (Some((seq, at)), Some(server)) => {
            format!("countersigned   through record {seq} by {at:.0}, by the server's key {server}")
        }
        _ => {
            "countersigned   nothing: only the holder of the screen's key vouches for it".to_owned()
        }
    });
    for root in &proof.days {
        said.push(format!(
            "day             {}: in the root {} over {} chains",
            root.day, root.root, root.chains
        ));
    }
    for (from, through) in &proof.lost {
        said.push(format!(
            "lost            records {from} to {through}: the screen had no room and did not reach its server"
        ));
    }
    if let Some(tail) = unsealed(proof) {
        said.push(format!(
            "Warning: the last {tail} records are not sealed; nobody vouches for them."
        ));
    }
    said.join("\n")
}

/// The same as JSON.
pub fn verified_json(proof: &Verified) -> String {
    let countersigned = proof.countersigned.as_ref();
    json!({
        "verified": true,
        "screen": proof.head.screen,
        "chain": proof.head.chain,
        "from": proof.after.seq + 1,
        "through": proof.head.seq,
        "hash": proof.head.hash,
        "records": proof.records,
        "first_at": proof.times.map(|(first, _)| first),
        "last_at": proof.times.map(|(_, last)| last),
        "sealed_through": proof.sealed_through,
        "unsealed": unsealed(proof).unwrap_or(0),
        "countersigned_through": countersigned.map(|(seq, _)| seq),
        "countersigned_at": countersigned.map(|(_, at)| at),
        "server": proof.server,
        "days": proof.days,
        "lost": proof.lost,
    })
    .to_string()
}

/// Where a proof breaks.
pub fn broken(path: &Path, broken: &Break) -> String {
    let record = broken
        .seq
        .map_or_else(String::new, |seq| format!(", record {seq}"));
    format!(
        "{}: line {}{record}: {}.\nWhat stands from there on proves nothing; what stands before it does. Ask for the \
         file anew where it came from, and compare it with the server's.",
        path.display(),
        broken.line,
        broken.broken
    )
}

/// The same as JSON.
pub fn broken_json(broken: &Break) -> String {
    json!({
        "verified": false,
        "line": broken.line,
        "record": broken.seq,
        "fault": broken.broken.to_string(),
    })
    .to_string()
}

/// How many records at the end nobody has signed.
fn unsealed(proof: &Verified) -> Option<u64> {
    let signed = proof
        .sealed_through
        .max(proof.countersigned.map(|(seq, _)| seq))
        .unwrap_or(proof.after.seq);
    (proof.head.seq > signed).then(|| proof.head.seq - signed)
}

/// One record as a line.
pub fn record(record: &Record) -> String {
    let what = match &record.what {
        What::Started { version } => format!("the player {version} was started"),
        What::Stopped => "the player was told to end".to_owned(),
        What::Release { unit, number, .. } => {
            format!("release {number} of {unit} took the stage")
        }
        What::Shown {
            item,
            kind,
            playlist,
            content,
            ..
        } => {
            let item = item.as_deref().unwrap_or("the built-in card");
            let playlist = playlist
                .as_deref()
                .map_or_else(String::new, |playlist| format!(" of {playlist}"));
            let digits = content.as_str().get(..16).unwrap_or_default();
            format!("{item} ({kind}{playlist}) is on the display, content {digits}")
        }
        What::Ended { of, shown_ms, why } => {
            format!(
                "record {of} ended after {}: {}",
                seconds(*shown_ms),
                reason(*why)
            )
        }
        What::Working { for_ms, .. } => {
            format!(
                "the display worked, and the lookup could be opened, for {}",
                seconds(*for_ms)
            )
        }
        What::Alert { id, .. } => format!("the alert {id} is on the display"),
        What::Clock { from, to } => format!("the clock was set from {from:.0} to {to:.0}"),
        What::Lost { from, through } => {
            format!("records {from} to {through} were given up: there was no room")
        }
        What::Unknown => "a record of a later version".to_owned(),
    };
    format!("{:>9}  {:.0}  {what}", record.seq, record.at)
}

/// A countersignature as a line.
pub fn countersigned(by_server: &Countersigned) -> String {
    format!(
        "{:>9}  {:.0}  the server has everything through record {}",
        "", by_server.at, by_server.head.seq
    )
}

fn seconds(ms: u64) -> String {
    format!("{:.1} s", Duration::from_millis(ms).as_secs_f64())
}

const fn reason(why: Ended) -> &'static str {
    match why {
        Ended::Over => "its time was over",
        Ended::Release => "another release took the stage",
        Ended::Visitor => "a visitor touched the screen",
        Ended::Alert => "an alert came",
        Ended::Cancelled => "it was cancelled",
        Ended::Fault => "it could not be shown any longer",
        Ended::Clock => "the clock was set",
        Ended::Stopped => "the player was told to end",
        Ended::Unknown => "a reason of a later version",
    }
}
