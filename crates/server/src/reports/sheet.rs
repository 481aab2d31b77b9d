//! Tables for people: CSV and XLSX, with headings in Vietnamese.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use super::ReportError;

/// Rows of a worksheet, the headings among them.
pub const MOST_ROWS: usize = 1_048_576;

/// By these bytes Excel knows that a list is UTF-8; without them Vietnamese letters are broken.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// What a formula may begin with in a spreadsheet. What an author or a screen wrote must never become one.
const FORMULAS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// What it is called, at most 31 letters.
    pub title: &'static str,
    /// The headings.
    pub headings: Vec<&'static str>,
    /// The rows, each as long as the headings.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// A length of time in milliseconds, shown in minutes.
    Minutes(i64),
    /// A day.
    Day(Date),
    /// A civil time.
    Time(DateTime),
    /// Nothing.
    Nothing,
}

impl Cell {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A day, where there is one.
    #[must_use]
    pub fn day(day: Option<Date>) -> Self {
        day.map_or(Self::Nothing, Self::Day)
    }

    /// An instant, as clocks in a zone show it.
    #[must_use]
    pub fn time(at: Timestamp, zone: &TimeZone) -> Self {
        Self::Time(at.to_zoned(zone.clone()).datetime())
    }
}

impl Sheet {
    /// The table as CSV in UTF-8 that Excel reads.
    ///
    /// Lengths of time are whole minutes, because a Vietnamese Excel takes a decimal point for something else.
    ///
    /// # Errors
    /// Never in practice: it is written into memory.
    pub fn csv(&self) -> Result<Vec<u8>, ReportError> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(MARK.to_vec());
        writer.write_record(&self.headings)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(plain))?;
        }
        let written = writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()));
        Ok(written?)
    }

    /// The table as a worksheet of Excel.
    ///
    /// # Errors
    /// When it is longer than a worksheet can be.
    pub fn xlsx(&self) -> Result<Vec<u8>, ReportError> {
        if self.rows.len() >= MOST_ROWS {
            return Err(ReportError::TooLong(self.rows.len() + 1));
        }
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name(self.title)?;
        let bold = Format::new().set_bold();
        let formats = Formats {
            minutes: Format::new().set_num_format("#,##0.0"),
            day: Format::new().set_num_format("dd/mm/yyyy"),
            time: Format::new().set_num_format("dd/mm/yyyy hh:mm"),
        };
        for (column, heading) in (0..).zip(&self.headings) {
            sheet.write_string_with_format(0, column, *heading, &bold)?;
        }
        for (row, cells) in (1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                formats.write(sheet, row, column, cell)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofit();
        Ok(book.save_to_buffer()?)
    }
}

struct Formats {
    minutes: Format,
    day: Format,
    time: Format,
}

impl Formats {
    fn write(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        cell: &Cell,
    ) -> Result<(), ReportError> {
        match cell {
            // A string of a worksheet is never a formula.
            Cell::Text(text) => sheet.write_string(row, column, text)?,
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            Cell::Number(number) => sheet.write_number(row, column, *number as f64)?,
            Cell::Minutes(ms) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "milliseconds of a century are below 2^53"
                )]
                let minutes = *ms as f64 / 60_000.0;
                sheet.write_number_with_format(row, column, minutes, &self.minutes)?
            }
            Cell::Day(day) => match excel(day.at(0, 0, 0, 0)) {
                Some(day) => sheet.write_datetime_with_format(row, column, &day, &self.day)?,
                None => sheet.write_string(row, column, day.to_string())?,
            },
            Cell::Time(time) => match excel(*time) {
                Some(time) => sheet.write_datetime_with_format(row, column, &time, &self.time)?,
                None => sheet.write_string(row, column, time.to_string())?,
            },
            Cell::Nothing => sheet,
        };
        Ok(())
    }
}

/// A time as Excel counts it; none before 1900, of which it knows nothing.
fn excel(time: DateTime) -> Option<ExcelDateTime> {
    let part = |part: i8| u8::try_from(part).ok();
    let day = ExcelDateTime::from_ymd(
        u16::try_from(time.year()).ok()?,
        part(time.month())?,
        part(time.day())?,
    );
    let hour = u16::try_from(time.hour()).ok()?;
    day.ok()?
        .and_hms(hour, part(time.minute())?, part(time.second())?)
        .ok()
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) if text.starts_with(FORMULAS) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Minutes(ms) => ((ms + 30_000) / 60_000).to_string(),
        Cell::Day(day) => day.strftime("%d/%m/%Y").to_string(),
        Cell::Time(time) => time.strftime("%d/%m/%Y %H:%M").to_string(),
        Cell::Nothing => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};

    use super::*;

    fn sheet() -> Sheet {
        let text = |text: &str| Cell::text(text);
        Sheet {
            title: "Thử",
            headings: vec!["Đơn vị", "Số lần", "Phút", "Ngày", "Lúc"],
            rows: vec![
                vec![
                    text("Phường Phú Lợi, \"quầy 2\"\ntầng 1"),
                    Cell::Number(3),
                    Cell::Minutes(90_000),
                    Cell::Day("2026-11-23".parse().unwrap()),
                    Cell::Time("2026-11-23T07:30".parse().unwrap()),
                ],
                vec![
                    text("=HYPERLINK(\"http://x\")"),
                    Cell::Number(-1),
                    Cell::Minutes(0),
                    Cell::Nothing,
                    Cell::Nothing,
                ],
            ],
        }
    }

    #[test]
    fn a_list_is_read_by_excel_and_holds_no_formula() {
        let bytes = sheet().csv().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let body = text.strip_prefix('\u{feff}').unwrap();
        assert_eq!(
            body,
            "Đơn vị,Số lần,Phút,Ngày,Lúc\r\n\
             \"Phường Phú Lợi, \"\"quầy 2\"\"\ntầng 1\",3,2,23/11/2026,23/11/2026 07:30\r\n\
             \"'=HYPERLINK(\"\"http://x\"\")\",-1,0,,\r\n"
        );
        for bad in ["=1", "+1", "-1", "@x", "\t=1", "\r=1"] {
            assert!(plain(&Cell::text(bad)).starts_with('\''), "{bad:?}");
        }
    }

    #[test]
    fn a_worksheet_reads_back() {
        let bytes = sheet().xlsx().unwrap();
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("Thử").unwrap();
        let cell = |row, column| range.get((row, column)).unwrap().clone();
        assert_eq!(cell(0, 0), Data::String("Đơn vị".into()));
        assert_eq!(
            cell(1, 0),
            Data::String("Phường Phú Lợi, \"quầy 2\"\ntầng 1".into())
        );
        assert_eq!(cell(1, 2), Data::Float(1.5));
        assert_eq!(cell(2, 0), Data::String("=HYPERLINK(\"http://x\")".into()));
        let formulas = book.worksheet_formula("Thử").unwrap();
        assert!(
            formulas
                .used_cells()
                .all(|(_, _, formula)| formula.is_empty())
        );
    }
}
