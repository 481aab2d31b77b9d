//! `motcua render`: items into PNG files, drawn as the screen draws them, without a display.

mod presses;
mod serve;
mod targets;
mod touch;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, IsTerminal as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::Zoned;
use jiff::tz::TimeZone;
use motcua_screen::{
    FrameText, Headless, Palette, Posed, Rounds as _, Sheet, Shot, WordsByLanguage,
};
use motcua_show::reading::{item_length, page_starts};
use motcua_show::schedule::Dwell;
use motcua_show::{Content, Item, Severity, Show};

use crate::card;
use crate::cli::{Look, Render};
use crate::loading::{self, Loaded};
use crate::prepare::{self, Prepared, Setting};

/// Draws what the command line asks for.
///
/// # Errors
/// When the show, the item or the page is not there, or a file cannot be written.
pub fn run(arguments: &Render) -> anyhow::Result<ExitCode> {
    let mut studio = Studio::open(&arguments.look)?;
    if arguments.serve {
        return serve::serve(&arguments.show, &arguments.look, &mut studio);
    }
    let loaded = read_show(&arguments.show)?;
    if arguments.targets {
        let targets = match (&arguments.touch, &arguments.item) {
            (Some(presses), _) => touch::targets(&mut studio, &loaded, &arguments.look, presses)?,
            (None, Some(item)) => {
                studio.links(&loaded, &arguments.look, item, arguments.page as usize)?
            }
            (None, None) => bail!("--item names no item"),
        };
        println!("{}", serde_json::to_string(&targets)?);
        if arguments.out.is_none() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    let out = arguments.out.as_deref().context("--out names no file")?;
    if let Some(presses) = &arguments.touch {
        let shot = touch::draw(&mut studio, &loaded, &arguments.look, presses)?;
        write_png(&shot, out)?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.all {
        return studio.draw_all(&loaded, &arguments.look, out);
    }
    let item = arguments.item.as_deref().context("--item names no item")?;
    let drawn = studio.draw(&loaded, &arguments.look, item, arguments.page as usize)?;
    write_png(&drawn.shot, out)?;
    Ok(ExitCode::SUCCESS)
}

/// The screen in memory that everything is drawn on.
pub struct Studio {
    screen: Headless,
    words: Arc<WordsByLanguage>,
}

/// A page that was drawn.
struct Drawn {
    shot: Shot,
    pages: usize,
}

impl Studio {
    /// A screen in memory of this look.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(look: &Look) -> anyhow::Result<Self> {
        let (width, height) = look.size;
        let screen = Headless::new(width, height, None, Palette::LIGHT)?;
        let words = Arc::new(screen.words());
        Ok(Self { screen, words })
    }

    fn draw(
        &mut self,
        loaded: &Loaded,
        look: &Look,
        item: &str,
        page: usize,
    ) -> anyhow::Result<Drawn> {
        let show = loaded.show.as_ref().context("the show cannot be used")?;
        let setting = self.setting(loaded, show, look);
        let now = civil_now(show, look);
        if item == "card" {
            let sheet = card::sheet(
                show,
                setting.viewport,
                &setting.words,
                &setting.palette,
                card::closed(show, now.datetime()),
            );
            return Ok(Drawn {
                shot: self.take(&setting, &now, 0.0, &sheet, &Posed::default()),
                pages: 1,
            });
        }
        let item = find(show, item)?;
        let prepared = prepare::prepare(&setting, item, now.date(), moment(look, item), None)
            .with_context(|| format!("item {:?} cannot be drawn", item.name))?;
        let at = moment(look, item);
        let shot = self.draw_page(&setting, item, &prepared, &now, (page, at))?;
        Ok(Drawn {
            shot,
            pages: prepared.pages.len(),
        })
    }

    /// Where a touch on a page of an item opens a procedure.
    fn links(
        &mut self,
        loaded: &Loaded,
        look: &Look,
        item: &str,
        page: usize,
    ) -> anyhow::Result<Vec<targets::Target>> {
        let show = loaded.show.as_ref().context("the show cannot be used")?;
        let setting = self.setting(loaded, show, look);
        let now = civil_now(show, look);
        let item = find(show, item)?;
        let prepared = prepare::prepare(&setting, item, now.date(), moment(look, item), None)
            .with_context(|| format!("item {:?} cannot be drawn", item.name))?;
        let page = page
            .checked_sub(1)
            .and_then(|page| prepared.pages.get(page));
        let page = page.context("the page is not there")?;
        Ok(targets::of_page(page, setting.viewport))
    }

    fn draw_page(
        &mut self,
        setting: &Setting,
        item: &Item,
        prepared: &Prepared,
        now: &Zoned,
        (page, at): (usize, Duration),
    ) -> anyhow::Result<Shot> {
        let pages = prepared.pages.len();
        let index = page.checked_sub(1).filter(|&index| index < pages);
        let Some((index, sheet)) = index
            .map(|index| anyhow::Ok((index, prepared.sheet(setting, index)?)))
            .transpose()?
        else {
            let has = if pages == 1 {
                "one page".to_owned()
            } else {
                format!("{pages} pages")
            };
            bail!("item {:?} has {has}; there is no page {page}", item.name);
        };
        let sheet = sheet.context("the page is not there")?;
        let length = item_length(&setting.show, item);
        let starts = page_starts(length, &prepared.weights());
        let begun = starts.get(index).copied().unwrap_or_default();
        let progress = begun.as_secs_f32() / length.as_secs_f32().max(1.0);
        Ok(self.take(setting, now, progress, &sheet, &posed(prepared, at)))
    }

    fn take(
        &mut self,
        setting: &Setting,
        now: &Zoned,
        progress: f32,
        sheet: &Sheet,
        posed: &Posed,
    ) -> Shot {
        let emblem = setting.show.emblem.as_ref().and_then(|emblem| {
            let side = (80.0 * setting.viewport.scale) as u32;
            let picture = motcua_media::load_picture(
                &setting.files.path(emblem).ok()?,
                setting.palette.surface.rgb,
            )
            .ok()?;
            Some(motcua_media::contain(&picture, side, side))
        });
        let frame = FrameText::of(&setting.show, emblem);
        self.screen.draw(
            &frame,
            setting.show.language,
            now.datetime(),
            progress,
            sheet,
            posed,
        )
    }

    fn setting(&mut self, loaded: &Loaded, show: &Show, look: &Look) -> Setting {
        let (width, height) = look.size;
        let palette = show.theme.palette_in(look.theme.unwrap_or(show.theme.mode));
        self.screen
            .reset(width, height, show.screen.diagonal_inches, palette);
        Setting {
            show: Arc::new(show.clone()),
            files: loaded.files.clone(),
            viewport: self.screen.viewport(),
            words: Arc::clone(&self.words),
            palette,
            languages: look
                .language
                .map_or_else(|| show.languages(), |language| vec![language]),
            screen_scales_films: false,
            inspection: None,
        }
    }

    fn draw_all(
        &mut self,
        loaded: &Loaded,
        look: &Look,
        folder: &Path,
    ) -> anyhow::Result<ExitCode> {
        let failed = self.draw_some(loaded, look, folder, &|_| true)?;
        let card = self.draw(loaded, look, "card", 1)?;
        write_png(&card.shot, &folder.join("00-card.png"))?;
        Ok(if failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }

    /// Draws every page of the items that are wanted into a folder; says how many could not be drawn.
    ///
    /// # Errors
    /// When the folder cannot be made or the show cannot be used.
    pub fn draw_some(
        &mut self,
        loaded: &Loaded,
        look: &Look,
        folder: &Path,
        is_wanted: &dyn Fn(&Item) -> bool,
    ) -> anyhow::Result<usize> {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let show = loaded.show.as_ref().context("the show cannot be used")?;
        let setting = self.setting(loaded, show, look);
        let now = civil_now(show, look);
        let items: Vec<&Item> = items(show).filter(|item| is_wanted(item)).collect();
        let mut failed = 0;
        for (number, item) in items.iter().enumerate() {
            let drawn = prepare::prepare(&setting, item, now.date(), moment(look, item), None)
                .map_err(anyhow::Error::from)
                .and_then(|prepared| {
                    let at = moment(look, item);
                    self.draw_item(&setting, item, &prepared, (&now, at), number + 1, folder)
                });
            match drawn {
                Ok(pages) if std::io::stderr().is_terminal() => {
                    eprintln!(
                        "{} of {}: {} ({pages} pages)",
                        number + 1,
                        items.len(),
                        item.name
                    );
                }
                Ok(_) => {}
                Err(error) => {
                    failed += 1;
                    eprintln!("item {:?} was not drawn: {error:#}", item.name);
                }
            }
        }
        Ok(failed)
    }

    fn draw_item(
        &mut self,
        setting: &Setting,
        item: &Item,
        prepared: &Prepared,
        (now, at): (&Zoned, Duration),
        number: usize,
        folder: &Path,
    ) -> anyhow::Result<usize> {
        for page in 1..=prepared.pages.len() {
            let shot = self.draw_page(setting, item, prepared, now, (page, at))?;
            write_png(
                &shot,
                &folder.join(format!("{number:02}-{}-{page}.png", item.name)),
            )?;
        }
        Ok(prepared.pages.len())
    }
}

/// Reads a show; its problems go to standard error, and one that cannot be used at all is an error.
fn read_show(path: &Path) -> anyhow::Result<Loaded> {
    let mut loaded = loading::read(path);
    for problem in loaded
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
    {
        eprintln!("{problem}");
    }
    if loaded.show.is_none() {
        bail!("{} cannot be used", path.display());
    }
    loading::look_at_media(&mut loaded);
    Ok(loaded)
}

/// The moment of a film that is drawn: the one that is asked for, else the one that stands for it, two fifths
/// in, when its first words are over.
fn moment(look: &Look, item: &Item) -> Duration {
    if let Some(Dwell(moment)) = look.moment {
        return moment;
    }
    item.content
        .media()
        .and_then(|media| media.length)
        .unwrap_or_default()
        .mul_f64(0.4)
}

/// The films of an item at a moment.
fn posed(prepared: &Prepared, at: Duration) -> Posed {
    let first = prepared.clip().and_then(|clip| clip.frame_at(at).frame);
    let second = prepared.second().and_then(|again| {
        let (clip, begun) = again.current();
        clip.frame_at(at.saturating_sub(begun)).frame
    });
    Posed {
        at,
        // Frames go to the places of the page in order.
        frames: first.map_or_else(Vec::new, |first| {
            [first].into_iter().chain(second).collect()
        }),
    }
}

fn items(show: &Show) -> impl Iterator<Item = &Item> {
    let all = show.playlists.iter().flat_map(|playlist| &playlist.items);
    all.filter(|item| !matches!(item.content, Content::Playlist(_)))
}

/// The item with this name, else with this number in the file, from 1.
fn find<'a>(show: &'a Show, wanted: &str) -> anyhow::Result<&'a Item> {
    if let Some(item) = show.item(wanted) {
        return Ok(item);
    }
    let numbered = wanted
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_sub(1));
    if let Some(item) = numbered.and_then(|index| items(show).nth(index)) {
        return Ok(item);
    }
    if wanted.parse::<usize>().is_ok() {
        bail!(
            "there is no item number {wanted}; the show has {} items, counted from 1",
            items(show).count()
        );
    }
    let names: HashMap<&str, usize> = items(show)
        .map(|item| (item.name.as_str(), strsim::osa_distance(&item.name, wanted)))
        .collect();
    let nearest = names
        .into_iter()
        .min_by_key(|&(name, distance)| (distance, name));
    match nearest {
        Some((name, _)) => bail!("there is no item {wanted:?}; did you mean {name:?}?"),
        None => bail!("the show has no items"),
    }
}

fn civil_now(show: &Show, look: &Look) -> Zoned {
    let zone = TimeZone::get(&show.timezone).unwrap_or(TimeZone::UTC);
    crate::clock::Clock::new(zone, look.at).now()
}

/// Writes a PNG under a temporary name and gives it its own when it is whole.
fn write_png(shot: &Shot, path: &Path) -> anyhow::Result<()> {
    let partial = path.with_extension("png.part");
    let file = File::create(&partial)
        .with_context(|| format!("{} cannot be written", partial.display()))?;
    let mut writer = BufWriter::new(file);
    let encoder = image::codecs::png::PngEncoder::new(&mut writer);
    image::ImageEncoder::write_image(
        encoder,
        &shot.rgb,
        shot.width,
        shot.height,
        image::ExtendedColorType::Rgb8,
    )?;
    writer
        .into_inner()
        .context("the picture could not be written to the end")?
        .sync_all()?;
    std::fs::rename(&partial, path).with_context(|| format!("{} cannot be written", path.display()))
}
