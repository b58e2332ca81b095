//! What has to be on the machine before anything else: looked for, installed
//! where this can be done, and otherwise said plainly.

pub mod app;
pub mod driver;
pub mod page;
#[cfg(unix)]
pub mod peers;
pub mod system;
pub mod toolchain;
