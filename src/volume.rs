//! How loud a screen is at which hour.

use jiff::civil::Time;

/// Loudness of a screen, in percent, by the civil time of its show's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volumes {
    usual: u8,
    windows: Vec<Window>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Window {
    from: Time,
    until: Time,
    volume: u8,
}

impl Volumes {
    /// The same volume at every hour.
    #[must_use]
    pub const fn always(usual: u8) -> Self {
        Self {
            usual,
            windows: Vec::new(),
        }
    }

    /// Reads windows such as `11:30-13:30 20, 17:00-06:30 0`; outside of them the `usual` volume counts. One
    /// whose end is not after its beginning runs past midnight; where two meet, the first counts.
    ///
    /// # Errors
    /// What is wrong, as a clause that can follow "but".
    pub fn read(usual: u8, text: &str) -> Result<Self, String> {
        let windows = text
            .split(',')
            .map(Window::read)
            .collect::<Result<_, _>>()?;
        Ok(Self { usual, windows })
    }

    /// The volume outside of every window, in percent.
    #[must_use]
    pub const fn usual(&self) -> u8 {
        self.usual
    }

    /// The volume at a time of day, in percent.
    #[must_use]
    pub fn at(&self, time: Time) -> u8 {
        let window = self.windows.iter().find(|window| window.holds(time));
        window.map_or(self.usual, |window| window.volume)
    }
}

impl Window {
    fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (hours, volume) = text.rsplit_once(char::is_whitespace).ok_or_else(|| {
            format!("{text:?} must be hours and a volume, such as \"11:30-13:30 20\"")
        })?;
        let (from, until) = hours.split_once(['-', '–']).ok_or_else(|| {
            format!("{hours:?} must be two times of day, such as \"11:30-13:30\"")
        })?;
        let time = |written: &str| {
            let written = written.trim();
            written
                .parse::<Time>()
                .map_err(|_| format!("{written:?} must be a time of day, such as \"17:00\""))
        };
        let volume = volume
            .trim_end_matches('%')
            .parse()
            .ok()
            .filter(|volume| *volume <= 100)
            .ok_or_else(|| format!("{volume:?} must be a volume, 0 to 100"))?;
        Ok(Self {
            from: time(from)?,
            until: time(until)?,
            volume,
        })
    }

    fn holds(&self, time: Time) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&time)
        } else {
            time >= self.from || time < self.until
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hour_has_its_volume() {
        let volumes = Volumes::read(80, "11:30-13:30 20, 17:00-06:30 0").unwrap();
        for (time, volume) in [
            ("11:29:59", 80),
            ("11:30", 20),
            ("13:29:59", 20),
            ("13:30", 80),
            ("16:59:59", 80),
            ("17:00", 0),
            ("23:59:59", 0),
            ("00:00", 0),
            ("06:29:59", 0),
            ("06:30", 80),
        ] {
            assert_eq!(volumes.at(time.parse().unwrap()), volume, "{time}");
        }
        assert_eq!(Volumes::always(30).at("12:00".parse().unwrap()), 30);
        let all_day = Volumes::read(80, "07:00-07:00 5%").unwrap();
        assert_eq!(all_day.at("07:00".parse().unwrap()), 5);
        assert_eq!(all_day.at("06:59".parse().unwrap()), 5);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Volumes::read(80, text).unwrap_err(), expected, "{text}");
        };
        check(
            "11:30-13:30 20, ",
            "\"\" must be hours and a volume, such as \"11:30-13:30 20\"",
        );
        check(
            "11:30-13:30",
            "\"11:30-13:30\" must be hours and a volume, such as \"11:30-13:30 20\"",
        );
        check(
            "noon 20",
            "\"noon\" must be two times of day, such as \"11:30-13:30\"",
        );
        check(
            "11:30-25:00 20",
            "\"25:00\" must be a time of day, such as \"17:00\"",
        );
        check("11:30-13:30 120", "\"120\" must be a volume, 0 to 100");
    }
}
