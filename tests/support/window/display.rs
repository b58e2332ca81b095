//! A desktop's display as somebody sees it who looks at it: which windows are on
//! it, which one is in front, and the very picture.

use std::collections::HashSet;

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, ImageFormat, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::patience::until;

/// A colour nothing else has, as red, green and blue.
pub const MAGENTA: u32 = 0x00ff_00ff;

pub struct Display {
    x: RustConnection,
    root: Window,
    size: (u16, u16),
}

/// What was to be seen at one moment.
pub struct Picture {
    width: usize,
    /// Blue, green, red and nothing for each pixel, line by line.
    pixels: Vec<u8>,
}

/// Where a window is on the display.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

impl Display {
    pub fn on(name: &str) -> Self {
        let (x, screen) = x11rb::connect(Some(name)).expect("the test's display takes one more");
        let screen = &x.setup().roots[screen];
        let (root, size) = (screen.root, (screen.width_in_pixels, screen.height_in_pixels));
        Self { x, root, size }
    }

    /// Paints the empty desktop, so that it is not taken for anything else.
    pub fn paint_desktop(&self, colour: u32) {
        self.x.change_window_attributes(self.root, &ChangeWindowAttributesAux::new().background_pixel(colour)).expect("a request");
        self.x.clear_area(false, self.root, 0, 0, 0, 0).expect("a request");
        self.x.sync().expect("a painted desktop");
    }

    /// The windows with this title that the window manager knows.
    pub fn windows(&self, title: &str) -> Vec<Window> {
        let mut all = self.listed(self.root, "_NET_CLIENT_LIST");
        all.retain(|window| self.title(*window) == title);
        all
    }

    /// The title of the window in front, empty while there is none.
    pub fn in_front(&self) -> String {
        self.listed(self.root, "_NET_ACTIVE_WINDOW").first().map_or_else(String::new, |window| self.title(*window))
    }

    /// Puts somebody else's window before all others. It stays for as long as the display is looked at.
    pub fn cover_with(&self, title: &str) {
        let window = self.x.generate_id().expect("an id");
        let (width, height) = self.size;
        let colour = CreateWindowAux::new().background_pixel(MAGENTA);
        self.x.create_window(0, window, self.root, 0, 0, width, height, 0, WindowClass::INPUT_OUTPUT, 0, &colour).expect("a request");
        self.x
            .change_property8(x11rb::protocol::xproto::PropMode::REPLACE, window, AtomEnum::WM_NAME, AtomEnum::STRING, title.as_bytes())
            .expect("a request");
        self.x.map_window(window).expect("a request");
        self.x.sync().expect("a window");
        until(&format!("{title} in front"), || (self.in_front() == title).then_some(()));
    }

    /// Closes a window as its own button does.
    pub fn close(&self, window: Window) {
        let message = ClientMessageEvent::new(32, window, self.atom("_NET_CLOSE_WINDOW"), [0_u32; 5]);
        let to = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.x.send_event(false, self.root, to, message).expect("a request");
        self.x.sync().expect("the window manager is told");
    }

    /// Where on the display a window is, without its frame.
    pub fn area(&self, window: Window) -> Area {
        let size = self.x.get_geometry(window).expect("a request").reply().expect("a window has a size");
        let at = self.x.translate_coordinates(window, self.root, 0, 0).expect("a request").reply().expect("a window has a place");
        let whole = |number: i16| usize::try_from(number).unwrap_or(0);
        Area { left: whole(at.dst_x), top: whole(at.dst_y), width: size.width.into(), height: size.height.into() }
    }

    /// The whole display now.
    pub fn picture(&self) -> Picture {
        let (width, height) = self.size;
        let image = self.x.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0).expect("a request");
        let image = image.reply().expect("a picture of the display");
        Picture { width: width.into(), pixels: image.data }
    }

    fn title(&self, window: Window) -> String {
        let name = self.x.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 1024).expect("a request").reply();
        name.map_or_else(|_| String::new(), |name| String::from_utf8_lossy(&name.value).into_owned())
    }

    /// The windows a property names.
    fn listed(&self, of: Window, property: &str) -> Vec<Window> {
        let value = self.x.get_property(false, of, self.atom(property), AtomEnum::WINDOW, 0, 1024).expect("a request").reply();
        value.ok().and_then(|value| value.value32().map(Iterator::collect)).unwrap_or_default()
    }

    fn atom(&self, name: &str) -> Atom {
        self.x.intern_atom(false, name.as_bytes()).expect("a request").reply().expect("a name has an atom").atom
    }
}

impl Picture {
    /// Which part of the area, from 0 to 1, has this colour.
    pub fn share(&self, area: Area, colour: u32) -> f64 {
        let (mut all, mut those) = (0_u32, 0_u32);
        for pixel in self.within(area) {
            all += 1;
            those += u32::from(pixel == colour);
        }
        f64::from(those) / f64::from(all.max(1))
    }

    /// How many colours the area has.
    pub fn colours(&self, area: Area) -> usize {
        self.within(area).collect::<HashSet<u32>>().len()
    }

    /// Every third pixel of every third line: enough to know a colour by, and quickly looked at.
    fn within(&self, area: Area) -> impl Iterator<Item = u32> {
        let lines = self.pixels.chunks_exact(4 * self.width).skip(area.top).take(area.height).step_by(3);
        let of_line = move |line: &'_ [u8]| -> Vec<u32> {
            let pixels = line.chunks_exact(4).skip(area.left).take(area.width).step_by(3);
            pixels.map(|pixel| u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0])).collect()
        };
        lines.flat_map(of_line)
    }
}
