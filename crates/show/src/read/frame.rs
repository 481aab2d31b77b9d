//! The parts of a show beside its playlists: theme, screen and communication plan.

use toml::de::DeValue;

use super::keys::Keys;
use super::reader::Spot;
use super::value::Value;
use crate::show::{Plan, ScreenSize, Theme, Topic};

/// A table of settings or facts.
macro_rules! table {
    ($what:literal, $example:literal) => {
        fn what() -> String {
            $what.to_owned()
        }

        fn example() -> String {
            $example.to_owned()
        }
    };
}

impl Value for Theme {
    table!("a table of colours", "{ mode = \"light\" }");

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a theme")?;
        let theme = Self {
            mode: keys.setting("mode"),
            accent: keys.optional("accent"),
            surface: keys.optional("surface"),
            card: keys.optional("card"),
            soft: keys.optional("soft"),
            line: keys.optional("line"),
            text: keys.optional("text"),
            muted: keys.optional("muted"),
            frame: keys.optional("frame"),
        };
        super::contrast::check(&mut keys, &theme);
        Some(keys.finish_anyway(theme))
    }
}

impl Value for ScreenSize {
    table!("a table of the screen", "{ diagonal_inches = 43 }");

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        /// From a tablet on the counter to a wall.
        const DIAGONALS: std::ops::RangeInclusive<f64> = 7.0..=300.0;
        let mut keys = Keys::of::<Self>(spot, value, "a screen")?;
        let mut screen = Self {
            diagonal_inches: keys.optional("diagonal_inches"),
        };
        if let Some(inches) = screen
            .diagonal_inches
            .filter(|inches| !DIAGONALS.contains(inches))
        {
            let (line, fault) = (
                keys.line_of("diagonal_inches"),
                format!("no screen measures {inches} inches"),
            );
            keys.reader.error(
                line,
                fault,
                "write the diagonal in inches, such as `diagonal_inches = 43`",
            );
            screen.diagonal_inches = None;
        }
        Some(keys.finish_anyway(screen))
    }
}

impl Value for Plan {
    table!("a table of the communication plan", "{ title = \"…\" }");

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a plan")?;
        let plan = Self {
            number: keys.optional("number"),
            date: keys.optional("date"),
            title: keys.required("title"),
            topics: keys.each("topic"),
        };
        keys.finish(plan)
    }
}

impl Value for Topic {
    table!("a table of one topic", "{ name = \"…\", title = \"…\" }");

    fn read(spot: &mut Spot<'_>, value: &DeValue<'_>) -> Option<Self> {
        let mut keys = Keys::of::<Self>(spot, value, "a topic")?;
        let topic = Self {
            name: keys.required("name"),
            title: keys.required("title"),
            minutes_per_day: keys.optional("minutes_per_day"),
        };
        keys.finish(topic)
    }
}
