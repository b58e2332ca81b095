//! The built page in Chromium, over the real desk: what axe, a small window
//! and a hasty hand find there.

#[path = "page/attaching.rs"]
mod attaching;
#[path = "page/backup.rs"]
mod backup;
#[path = "page/board.rs"]
mod board;
#[path = "page/describing.rs"]
mod describing;
#[path = "page/directory.rs"]
mod directory;
#[path = "page/first_day.rs"]
mod first_day;
#[path = "page/held.rs"]
mod held;
#[path = "page/insights.rs"]
mod insights;
#[path = "page/policy.rs"]
mod policy;
#[path = "page/promises.rs"]
mod promises;
#[path = "page/recognising.rs"]
mod recognising;
#[path = "page/scene.rs"]
mod scene;
#[path = "page/sharing.rs"]
mod sharing;
#[path = "page/states.rs"]
mod states;
#[path = "page/stories.rs"]
mod stories;
#[path = "page/tickets.rs"]
mod tickets;
#[path = "page/tour.rs"]
mod tour;
#[path = "page/waiting.rs"]
mod waiting;
#[path = "page/walk.rs"]
mod walk;
#[path = "page/zoom.rs"]
mod zoom;
