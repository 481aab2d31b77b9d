//! Announcements (thông báo): one idea, read from the door.

use motcua_show::item::Announcement;

use super::article::Article;
use crate::context::Scene;
use crate::page::Page;
use crate::typesetter::Typesetter;
use crate::words::filled;

/// The pages of an announcement.
pub fn pages(
    typesetter: &mut Typesetter,
    scene: &Scene<'_>,
    announcement: &Announcement,
) -> Vec<Page> {
    let agency = scene
        .optional(announcement.agency.as_ref())
        .map(str::to_owned);
    let number = announcement
        .number
        .as_deref()
        .map(|number| filled(&scene.words.number_of, &[number]));
    let byline: Vec<String> = agency.into_iter().chain(number).collect();
    Article {
        label: &scene.words.announcement,
        facts: announcement
            .date
            .map(|day| scene.date(day))
            .into_iter()
            .collect(),
        headline: scene.text(&announcement.title),
        body: scene
            .optional(announcement.body.as_ref())
            .unwrap_or_default(),
        byline: byline.join(" · "),
        link: announcement.link.as_deref(),
        purpose: scene
            .optional(announcement.link_purpose.as_ref())
            .unwrap_or_default(),
    }
    .pages(typesetter, scene)
}
