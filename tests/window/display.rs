//! The X display as seen from outside the player: its pixels, its windows, its pointer, its screen saver.

use x11rb::connection::Connection as _;
use x11rb::protocol::screensaver::{ConnectionExt as _, State};
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::{
    Blanking, ChangeWindowAttributesAux, ConnectionExt as _, Exposures, ImageFormat, MapState,
    ScreenSaver,
};
use x11rb::rust_connection::RustConnection;

use super::picture::Picture;
use super::session::Session;

/// A colour that no page has, so that everything the player leaves uncovered is seen.
pub const GROUND: [u8; 3] = [0xFF, 0x00, 0xFF];

/// A connection to the display of a session.
pub struct Display {
    connection: RustConnection,
    root: u32,
    size: (u16, u16),
}

/// Where a window lies.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub border: u32,
}

impl Display {
    /// Connects and paints the ground.
    pub fn of(session: &Session) -> Self {
        let (connection, number) = x11rb::connect(Some(session.variable("DISPLAY"))).unwrap();
        let screen = &connection.setup().roots[number];
        let (root, size) = (
            screen.root,
            (screen.width_in_pixels, screen.height_in_pixels),
        );
        let display = Self {
            connection,
            root,
            size,
        };
        let [red, green, blue] = GROUND;
        let ground = ChangeWindowAttributesAux::new()
            .background_pixel(u32::from_be_bytes([0, red, green, blue]));
        display
            .connection
            .change_window_attributes(root, &ground)
            .unwrap()
            .check()
            .unwrap();
        display
            .connection
            .clear_area(false, root, 0, 0, 0, 0)
            .unwrap()
            .check()
            .unwrap();
        display
            .connection
            .xfixes_query_version(5, 0)
            .unwrap()
            .reply()
            .unwrap();
        display
            .connection
            .screensaver_query_version(1, 1)
            .unwrap()
            .reply()
            .unwrap();
        display
    }

    /// What is to be seen.
    pub fn shot(&self) -> Picture {
        let (width, height) = self.size;
        Picture::of_bgrx(&self.pixels(), width.into(), height.into())
    }

    /// Every pixel that is to be seen.
    pub fn whole(&self) -> image::RgbImage {
        let (width, height) = self.size;
        let pixels = self.pixels();
        let rgb = pixels
            .chunks_exact(4)
            .flat_map(|bgrx| [bgrx[2], bgrx[1], bgrx[0]]);
        image::RgbImage::from_raw(width.into(), height.into(), rgb.collect()).unwrap()
    }

    /// Every pixel as the server gives it: blue, green, red and nothing.
    fn pixels(&self) -> Vec<u8> {
        let (width, height) = self.size;
        let image =
            self.connection
                .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0);
        image.unwrap().reply().unwrap().data
    }

    /// A part of what is to be seen: blue, green, red and nothing for each pixel.
    pub fn part(&self, x: i16, y: i16, width: u16, height: u16) -> Vec<u8> {
        let format = ImageFormat::Z_PIXMAP;
        let image = self
            .connection
            .get_image(format, self.root, x, y, width, height, !0);
        image.unwrap().reply().unwrap().data
    }

    /// The places of all windows on the screen, a manager's frames included, the lowest first.
    pub fn windows(&self) -> Vec<Place> {
        let tree = self
            .connection
            .query_tree(self.root)
            .unwrap()
            .reply()
            .unwrap();
        let places = tree.children.into_iter().filter_map(|window| {
            let attributes = self
                .connection
                .get_window_attributes(window)
                .ok()?
                .reply()
                .ok()?;
            let place = self.connection.get_geometry(window).ok()?.reply().ok()?;
            // Managers keep windows of their own beyond the edge.
            let is_on_screen = i32::from(place.x) + i32::from(place.width) > 0;
            (attributes.map_state == MapState::VIEWABLE && is_on_screen).then_some(Place {
                x: place.x.into(),
                y: place.y.into(),
                width: place.width.into(),
                height: place.height.into(),
                border: place.border_width.into(),
            })
        });
        places.collect()
    }

    /// Moves the pointer.
    pub fn move_pointer(&self, x: i16, y: i16) {
        self.connection
            .warp_pointer(x11rb::NONE, self.root, 0, 0, 0, 0, x, y)
            .unwrap()
            .check()
            .unwrap();
    }

    /// Whether a pointer is to be seen where it stands.
    pub fn has_pointer(&self) -> bool {
        let cursor = self
            .connection
            .xfixes_get_cursor_image()
            .unwrap()
            .reply()
            .unwrap();
        cursor.cursor_image.iter().any(|pixel| pixel >> 24 != 0)
    }

    /// Lets the display blank after `seconds` without input.
    pub fn blank_after(&self, seconds: i16) {
        let timer =
            self.connection
                .set_screen_saver(seconds, 0, Blanking::PREFERRED, Exposures::ALLOWED);
        timer.unwrap().check().unwrap();
        self.connection
            .force_screen_saver(ScreenSaver::RESET)
            .unwrap()
            .check()
            .unwrap();
    }

    /// Whether it has blanked.
    pub fn is_blank(&self) -> bool {
        let info = self
            .connection
            .screensaver_query_info(self.root)
            .unwrap()
            .reply()
            .unwrap();
        info.state == u8::from(State::ON)
    }
}
