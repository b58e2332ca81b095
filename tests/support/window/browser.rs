//! Chromium, for what only its tools can say of the page.

use serde_json::json;
use std::path::Path;

use super::desktop::{Desktop, Look};
use super::process::Process;
use super::webdriver::{Session, free_port};

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

pub struct Browser {
    // Dropped first: closing the session ends the browser.
    session: Session,
    _driver: Process,
}

impl Browser {
    pub fn open(desktop: &Desktop) -> Self {
        let port = free_port();
        let driver = Process::start("chromedriver", [format!("--port={port}")], desktop.env());
        let session = Session::open(port, &json!({ "goog:chromeOptions": { "args": SWITCHES } }));
        Self { session, _driver: driver }
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Opens the page at this width and height, as it looks to somebody who chose that.
    pub fn show(&self, url: &str, look: Look, (width, height): (u32, u32)) {
        let scheme = if look == Look::Dark { "dark" } else { "light" };
        self.session.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
        // Without motion: nothing is looked at while it fades in.
        let features =
            json!([{ "name": "prefers-color-scheme", "value": scheme }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.session.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
        self.session.go(url);
    }

    /// What axe finds wrong with what is on screen, each with where and why.
    pub fn violations(&self) -> Vec<String> {
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&axe).unwrap_or_else(|error| panic!("{} (`npm ci` in ui/): {error}", axe.display()));
        self.session.run(&axe, &[]);
        let found = self
            .session
            .run_until_called(RUN_AXE, &[json!(RULES)])
            .unwrap_or_else(|refused| panic!("axe did not finish: {}", refused.message));
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
