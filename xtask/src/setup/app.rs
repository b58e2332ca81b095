//! The app itself, with the page embedded in it.

use crate::house::cargo;
use crate::setup::page;
use crate::step::{Outcome, step};

pub fn build() -> Outcome {
    page::build()?;
    step("The app", cargo().args(["build", "--package", "baton"]))
}
