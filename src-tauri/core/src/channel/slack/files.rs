//! Files in a message's thread: a place to put one is asked for, it is put there, and
//! only then shown. Before that nobody sees anything of it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{PAGE, Refused, Slack};
use crate::channel::api::UPLOAD_LIMIT;
use crate::channel::files::{File, Files, Parcel};
use crate::channel::http;
use crate::channel::{Outcome, Sending};
use crate::domain::time::Instant;

impl Files for Slack {
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a> {
        Box::pin(async move { self.share(parcel).await.unwrap_or_else(|outcome| outcome) })
    }
}

impl Slack {
    async fn share(&self, parcel: &Parcel) -> Result<Outcome, Outcome> {
        let (file, now) = (parcel.file(), parcel.with.now);
        let message = parcel.below.as_deref().and_then(|name| name.split_once('/'));
        let (channel, ts) = message.ok_or_else(|| Outcome::permanent("Slack did not say which message it belongs to."))?;
        // What was itself written in a thread is followed there.
        let thread = parcel.with.address.split_once('/').map_or(ts, |(_, thread)| thread);
        let took_it = |words: String| Outcome::Accepted { words, provider_id: None };
        if parcel.with.attempt > 1 && self.is_there(channel, thread, file, now).await.map_err(|refused| not_shown(refused.outcome))? {
            return Ok(took_it(format!("{} has it already: an earlier try had arrived.", self.api.host())));
        }
        let length = file.bytes.len().to_string();
        let asked = self.question("files.getUploadURLExternal", &[("filename", &file.name), ("length", &length)]);
        let place: Place = self.ask(asked, now).await.map_err(|refused| not_shown(refused.outcome))?;
        let put =
            self.api.post_to(&place.upload_url)?.bytes("application/octet-stream", file.bytes.clone()).limits(UPLOAD_LIMIT, 64 * 1024);
        let answer = self.api.make(put).await.map_err(not_shown)?;
        match http::classify(&answer, &self.api.host(), now) {
            Outcome::Accepted { .. } => {}
            refused => return Err(not_shown(refused)),
        }
        let files = json!([{ "id": place.file_id, "title": file.name }]).to_string();
        let pairs = [("files", files.as_str()), ("channel_id", channel), ("thread_ts", thread)];
        let done: Result<Value, Refused> = self.ask(self.question("files.completeUploadExternal", &pairs), now).await;
        done.map(|_| took_it(format!("{} took it.", self.api.host()))).map_err(|refused| refused.outcome)
    }

    /// Whether an earlier try is in the thread, known by its name and size.
    async fn is_there(&self, channel: &str, thread: &str, file: &File, now: Instant) -> Result<bool, Refused> {
        let pairs = [("channel", channel), ("ts", thread), ("limit", PAGE)];
        let page: Thread = self.ask(self.question("conversations.replies", &pairs), now).await?;
        let mut shown = page.messages.iter().flat_map(|message| &message.files);
        Ok(shown.any(|shown| shown.title == file.name && shown.size == file.bytes.len() as u64))
    }
}

/// What failed before it was shown is known to be seen by nobody.
fn not_shown(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Uncertain { words } => Outcome::temporary(words.replace(" It may have arrived all the same.", "")),
        other => other,
    }
}

#[derive(Deserialize)]
struct Place {
    upload_url: String,
    file_id: String,
}

#[derive(Deserialize)]
struct Thread {
    messages: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    files: Vec<Shown>,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    title: String,
    #[serde(default)]
    size: u64,
}
