//! Baton with servers that others have made: what our own little ones take for granted
//! is asked of the real ones. Run by `cargo xtask test peers`.

#[cfg(unix)]
#[path = "peers/mail.rs"]
mod mail;
#[cfg(unix)]
#[path = "peers/matrix.rs"]
mod matrix;
#[cfg(unix)]
#[path = "peers/texts.rs"]
mod texts;
