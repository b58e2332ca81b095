//! Chromium, for what only its tools can say of the page.

use serde_json::json;

use super::Window;
use super::desktop::{Desktop, Look};
use super::tour::SIZES;
use super::webdriver::Session;
use crate::process::{Process, free_port};

/// Everything a machine without a display and without a network can do without.
const SWITCHES: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
];

/// WCAG 2.2 at level AA and all it builds upon, and what experience adds to it.
const RULES: [&str; 7] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

impl Window {
    /// Opens the page in Chromium instead of the app, as it looks to somebody who chose that.
    pub fn in_chromium(desktop: &Desktop, url: &str, look: Look) -> Self {
        let port = free_port();
        let driver = Process::start("chromedriver", [format!("--port={port}")], desktop.env());
        let session = Session::open(port, &json!({ "goog:chromeOptions": { "args": SWITCHES } }));
        let window = Self { session, _driver: driver };
        window.looks(look);
        window.session.go(url);
        window.resize_in_chromium(SIZES[1]);
        window.ready()
    }

    /// Lets the person choose light or dark for everything.
    pub fn looks(&self, look: Look) {
        let scheme = if look == Look::Dark { "dark" } else { "light" };
        // Without motion: nothing is looked at while it fades in.
        let features =
            json!([{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.session.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Makes Chromium draw the page at this size.
    pub fn resize_in_chromium(&self, (width, height): (u32, u32)) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.session.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// What axe finds wrong with what Chromium shows, each with where and why.
    pub fn violations(&self) -> Vec<String> {
        if self.session.run("return !window.axe", &[]) == json!(true) {
            let axe = crate::root().join("ui/node_modules/axe-core/axe.min.js");
            let axe = std::fs::read_to_string(&axe).unwrap_or_else(|error| panic!("{} (`npm ci` in ui/): {error}", axe.display()));
            self.session.run(&axe, &[]);
        }
        let found = self.session.run_until_called(RUN_AXE, &[json!(RULES)]);
        let found = found.unwrap_or_else(|refused| panic!("axe did not finish: {}", refused.message));
        let found = found.as_array().cloned().unwrap_or_default();
        found.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect()
    }
}

const RUN_AXE: &str = r"
const [tags, done] = arguments
axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
  ({ violations }) => done(violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}\n    ${node.failureSummary.replaceAll('\n', '\n    ')}`))),
  (error) => done([String(error)]),
)
";
