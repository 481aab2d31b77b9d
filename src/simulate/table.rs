//! The same for people, in a terminal.

use std::fmt::Write as _;

use motcua_show::coverage::{Air, minutes};
use motcua_show::timeline::{Reason, Slot};

use super::{Simulation, Sums};

/// The most characters of a name in a table; a longer one is cut.
const WIDEST: usize = 32;

impl Simulation {
    /// One line a slot, with a heading for each day.
    pub(super) fn write_table(&self, mut out: impl std::io::Write) -> std::io::Result<()> {
        let mut last_day = None;
        for slot in self.slots() {
            let start = slot.start.to_zoned(self.timeline.zone().clone());
            if last_day.replace(start.date()) != Some(start.date()) {
                writeln!(out, "{}", start.strftime("%A %Y-%m-%d (UTC%:z)"))?;
            }
            let end = slot.end.to_zoned(self.timeline.zone().clone());
            let end = if slot.end.to_zoned(self.timeline.zone().clone()).date() > start.date() {
                "24:00:00".to_owned()
            } else {
                end.strftime("%H:%M:%S").to_string()
            };
            writeln!(
                out,
                "  {} – {end}  {}  {}  {}",
                start.strftime("%H:%M:%S"),
                column(slot.item.as_deref().unwrap_or("(built-in card)"), WIDEST),
                column(slot.playlist.as_deref().unwrap_or("–"), 20),
                self.reason(&slot),
            )?;
        }
        out.flush()
    }

    /// Why a slot plays, as a clause.
    fn reason(&self, slot: &Slot) -> String {
        match slot.reason {
            Reason::Default => "no entry is open: the default playlist".to_owned(),
            Reason::NothingScheduled => {
                "no entry is open, and there is no default playlist".to_owned()
            }
            Reason::NothingDue => "nothing that could play is to be shown now".to_owned(),
            Reason::Scheduled => {
                let line = self.line(slot);
                let (entry, priority) = (line.entry.unwrap_or(0), line.priority.unwrap_or(0));
                let mut said = format!("entry {entry}, priority {priority}");
                if let (Some(share), Some(of)) = (line.share, line.of_shares)
                    && of > share
                {
                    let _ = write!(said, ", share {share} of {of}");
                }
                said
            }
        }
    }

    /// The sums as tables.
    pub(super) fn write_sums_as_table(&self, mut out: impl std::io::Write) -> std::io::Result<()> {
        let sums = self.sums();
        let days = match sums.coverage.opening_days {
            1 => "1 opening day".to_owned(),
            days => format!("{days} opening days"),
        };
        writeln!(
            out,
            "{} to {}, {days}\n",
            self.civil(self.from),
            self.civil(self.until)
        )?;
        heading(&mut out, "Playlist")?;
        for (name, air) in &sums.coverage.playlists {
            row(&mut out, name, air)?;
        }
        row(&mut out, "(built-in card)", &sums.coverage.card)?;
        self.write_topics(&sums, &mut out)?;
        writeln!(out)?;
        heading(&mut out, "Item")?;
        for (name, air) in &sums.coverage.items {
            row(&mut out, name, air)?;
        }
        self.write_duties(&sums, &mut out)?;
        out.flush()
    }

    fn write_topics(&self, sums: &Sums, out: &mut impl std::io::Write) -> std::io::Result<()> {
        if sums.coverage.topics.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        heading(out, "Topic")?;
        for (name, air) in &sums.coverage.topics {
            row(out, name, air)?;
        }
        let planned: Vec<_> = sums
            .topics
            .iter()
            .filter_map(|topic| Some((topic, topic.target?)))
            .collect();
        if planned.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{}  {:>12}  {:>8}  {:>8}",
            column("Minutes per opening day", WIDEST),
            "in hours",
            "target",
            "missing"
        )?;
        for (topic, target) in planned {
            let missing = if topic.missing > 0.0 {
                format!("{:.1}", topic.missing)
            } else {
                "–".to_owned()
            };
            writeln!(
                out,
                "{}  {:>12.1}  {target:>8}  {missing:>8}",
                column(&topic.topic, WIDEST),
                topic.minutes_per_day
            )?;
        }
        Ok(())
    }

    fn write_duties(&self, sums: &Sums, out: &mut impl std::io::Write) -> std::io::Result<()> {
        if !sums.duties.is_empty() {
            writeln!(
                out,
                "\n{}  {:<10}  {:<10}  {:>8}  decision",
                column("Procedure", WIDEST),
                "effective",
                "repealed",
                "showings"
            )?;
        }
        for posted in sums.procedures(self) {
            let day = |day: Option<jiff::civil::Date>| {
                day.map_or_else(|| "–".to_owned(), |day| day.to_string())
            };
            let duty = posted.duty;
            writeln!(
                out,
                "{}  {:<10}  {:<10}  {:>8}  {}",
                column(&format!("{} {}", duty.code, duty.name), WIDEST),
                day(duty.effective),
                day(duty.repealed),
                posted.showings,
                duty.decision.as_deref().unwrap_or("–"),
            )?;
        }
        for lacking in &sums.lacking {
            writeln!(
                out,
                "The decision {} announces {}, which the show lacks.",
                lacking.decision, lacking.code
            )?;
        }
        Ok(())
    }
}

fn heading(out: &mut impl std::io::Write, what: &str) -> std::io::Result<()> {
    writeln!(
        out,
        "{}  {:>12}  {:>12}  {:>8}",
        column(what, WIDEST),
        "minutes",
        "in hours",
        "showings"
    )
}

fn row(out: &mut impl std::io::Write, name: &str, air: &Air) -> std::io::Result<()> {
    writeln!(
        out,
        "{}  {:>12.1}  {:>12.1}  {:>8}",
        column(name, WIDEST),
        minutes(air.whole),
        minutes(air.in_hours),
        air.showings
    )
}

/// A text made as wide as a column, cut where it is wider.
fn column(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return format!("{text}{}", " ".repeat(width - count));
    }
    let start: String = text.chars().take(width - 1).collect();
    start + "…"
}
