//! What a screen says that it showed is in its chain: over a stop, a kill and a new start.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "link/office.rs"]
mod office;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "link/server.rs"]
mod server;
#[allow(dead_code, reason = "each file of tests uses its part")]
#[path = "window/mod.rs"]
mod window;

use std::path::Path;
use std::process::Command;

use motcua_proof::{Ended, Keys, Record, What as Recorded, verify};
use motcua_sync::proof::{folder, read};

use office::{Office, PATIENCE};
use window::player::{Player, What};
use window::programs::are_here;
use window::show::Written;
use window::{alone, await_some};

fn show() -> Written {
    let keys = |title: &str| format!("title = \"{title}\"\nbody = \"Mời ông bà.\"\ndwell = \"3s\"");
    Written::new("title = \"Một cửa\"")
        .item("announcement", "first", &keys("Một"))
        .item("announcement", "second", &keys("Hai"))
}

/// The screen's chain, which must verify.
fn records(state: &Path) -> Vec<Record> {
    let mut proof = Vec::new();
    read::export(&folder(state), &mut proof).unwrap();
    let proof = String::from_utf8(proof).unwrap();
    verify(&proof, &Keys::default()).unwrap_or_else(|error| panic!("{error}"));
    let mut records = Vec::new();
    read::each_line(&folder(state), |_, line| {
        if let motcua_proof::Line::Record { record, .. } = line {
            records.push(record);
        }
        Ok(())
    })
    .unwrap();
    records
}

/// The items that were shown, the card left out.
fn shown(records: &[Record]) -> Vec<String> {
    let items = records.iter().filter_map(|record| match &record.what {
        Recorded::Shown { item, .. } => item.clone(),
        _ => None,
    });
    items.collect()
}

/// The items that the player said were on its display.
fn said(player: &mut Player) -> Vec<String> {
    let items = player
        .events()
        .iter()
        .filter_map(|happened| match &happened.what {
            What::Shown { item, page: 1 } => Some(item.clone()),
            _ => None,
        });
    items.collect()
}

#[test]
fn what_was_on_the_display_is_in_the_chain() {
    if !are_here("the screen and its server", &["Xvfb", "setpriv"]) {
        return;
    }
    let _alone = alone();
    let mut office = Office::open();
    office.push(&show());
    office.wait_for_item("first");
    office.wait_for_item("second");
    await_some("some items were shown", PATIENCE, || {
        (said(&mut office.player).len() >= 4).then_some(())
    });
    office.player.terminate();
    office.player.wait_for_end(PATIENCE);
    let before = records(&office.state);
    let mut all = said(&mut office.player);
    assert_eq!(shown(&before), all);
    assert!(
        matches!(&before[0].what, Recorded::Started { .. }),
        "{:?}",
        before[0]
    );
    assert!(
        matches!(before.last().unwrap().what, Recorded::Stopped),
        "{:?}",
        before.last()
    );
    let stopped = before.iter().rev().find_map(|record| match record.what {
        Recorded::Ended { why, .. } => Some(why),
        _ => None,
    });
    assert_eq!(stopped, Some(Ended::Stopped));
    for record in &before {
        if let Recorded::Ended { of, shown_ms, .. } = record.what {
            let begun = &before[usize::try_from(of).unwrap() - 1];
            assert!(matches!(begun.what, Recorded::Shown { .. }), "{begun:?}");
            assert!(shown_ms <= record.up_ms - begun.up_ms + 1, "{record:?}");
        }
        if let Recorded::Shown {
            item: Some(_),
            release,
            playlist,
            ..
        } = &record.what
        {
            assert!(release.is_some(), "{record:?}");
            assert_eq!(playlist.as_deref(), Some("loop"));
        }
    }

    // Killed in the middle: the chain goes on.
    let tied =
        |office: &Office| Player::tied(&office.session, office.server.address(), &office.state);
    office.player = tied(&office);
    await_some("some items were shown", PATIENCE, || {
        (said(&mut office.player).len() >= 3).then_some(())
    });
    let kill = format!("kill -9 {}", office.player.id());
    Command::new("sh").args(["-c", &kill]).status().unwrap();
    office.player.wait_for_end(PATIENCE);
    let killed = said(&mut office.player);
    office.player = tied(&office);
    await_some("some items were shown", PATIENCE, || {
        (said(&mut office.player).len() >= 2).then_some(())
    });
    office.player.terminate();
    office.player.wait_for_end(PATIENCE);
    all.extend(killed);
    let after = records(&office.state);
    assert_eq!(after[..before.len()], before, "what was recorded stays");
    let starts = after
        .iter()
        .filter(|record| matches!(record.what, Recorded::Started { .. }));
    assert_eq!(starts.count(), 3);
    let items = shown(&after);
    let last = said(&mut office.player);
    assert!(
        items.starts_with(&all),
        "{items:?} begin otherwise than {all:?}"
    );
    assert!(
        items.ends_with(&last),
        "{items:?} end otherwise than {last:?}"
    );
    // Between its last line and the kill the player may have shown one item more.
    assert!(items.len() - all.len() - last.len() <= 1, "{items:?}");
}
