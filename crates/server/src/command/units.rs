//! `motcua-server units`.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use motcua_show::units::{Unit, UnitId, Units as Tree};
use motcua_sync::api::UnitList;

use super::Target;
use super::screens::say;
use crate::http::wire::{AddUnit, AddedUnit, ChangeUnit, Changed};
use motcua_sync::access::segment;

/// The tree of units.
#[derive(Debug, Subcommand)]
pub(super) enum Units {
    /// Show the tree.
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Add a unit.
    Add(Add),
    /// Change a unit. An empty value clears.
    Change(Change),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// What people call it, such as "Phường Phú Lợi".
    name: String,
    /// What it is, such as "phường".
    #[arg(long)]
    kind: String,
    /// Id or name of the unit above it.
    #[arg(long, value_name = "UNIT")]
    parent: Option<String>,
    /// The first day on which it exists.
    #[arg(long, value_name = "YYYY-MM-DD")]
    first_day: Option<Date>,
    /// The last day on which it exists.
    #[arg(long, value_name = "YYYY-MM-DD")]
    last_day: Option<Date>,
    /// Id or name of who takes its screens after that.
    #[arg(long, value_name = "UNIT")]
    successor: Option<String>,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Args)]
pub(super) struct Change {
    /// Its id or name.
    unit: String,
    /// Another name.
    #[arg(long)]
    name: Option<String>,
    /// Another kind.
    #[arg(long)]
    kind: Option<String>,
    /// Id or name of another unit above it.
    #[arg(long, value_name = "UNIT")]
    parent: Option<String>,
    /// Another first day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    first_day: Option<String>,
    /// Another last day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    last_day: Option<String>,
    /// Id or name of another successor.
    #[arg(long, value_name = "UNIT")]
    successor: Option<String>,
    #[command(flatten)]
    target: Target,
}

impl Units {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { target } => list(&target),
            Self::Add(add) => add.run(),
            Self::Change(change) => change.run(),
        }
    }
}

fn list(target: &Target) -> anyhow::Result<()> {
    let list: UnitList = target.access()?.get("/api/v1/units")?;
    let tree = Tree {
        format: motcua_show::units::FORMAT,
        units: list.units,
    };
    if tree.units.is_empty() {
        println!(
            "There are no units yet; add the first with `motcua-server units add NAME --kind KIND`."
        );
    }
    show(&tree, None, 0);
    Ok(())
}

/// Shows the units below one, indented.
fn show(tree: &Tree, above: Option<&UnitId>, depth: usize) {
    for unit in tree
        .units
        .iter()
        .filter(|unit| unit.parent.as_ref() == above)
    {
        println!(
            "{:indent$}{}  {} ({}){}",
            "",
            unit.id,
            unit.name,
            unit.kind,
            days(unit),
            indent = depth * 2
        );
        show(tree, Some(&unit.id), depth + 1);
    }
}

fn days(unit: &Unit) -> String {
    let mut words = String::new();
    if let Some(first) = unit.first_day {
        words.push_str(&format!(", from {first}"));
    }
    if let Some(last) = unit.last_day {
        words.push_str(&format!(", until {last}"));
    }
    if let Some(successor) = &unit.successor {
        words.push_str(&format!(", then {successor}"));
    }
    words
}

impl Add {
    fn run(self) -> anyhow::Result<()> {
        let wanted = AddUnit {
            name: self.name,
            kind: self.kind,
            parent: self.parent,
            first_day: self.first_day,
            last_day: self.last_day,
            successor: self.successor,
        };
        let added: AddedUnit = self.target.access()?.post("/api/v1/units", &wanted)?;
        say(
            &format!("{} was added as {}", wanted.name, added.id),
            added.state,
        );
        Ok(())
    }
}

impl Change {
    fn run(self) -> anyhow::Result<()> {
        let wanted = ChangeUnit {
            name: self.name,
            kind: self.kind,
            parent: self.parent.map(unless_empty),
            first_day: day(self.first_day)?,
            last_day: day(self.last_day)?,
            successor: self.successor.map(unless_empty),
        };
        let path = format!("/api/v1/units/{}", segment(&self.unit));
        let changed: Changed = self.target.access()?.patch(&path, &wanted)?;
        say(&format!("{} was changed", self.unit), changed.state);
        Ok(())
    }
}

fn unless_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn day(text: Option<String>) -> anyhow::Result<Option<Option<Date>>> {
    let Some(text) = text else { return Ok(None) };
    let day = unless_empty(text).map(|text| text.parse()).transpose()?;
    Ok(Some(day))
}
