//! Files in a message's thread: put on the homeserver, and then named by an event. The
//! event has the same name at every try, so it is there once.

use serde::Deserialize;
use serde_json::json;

use super::{Matrix, Sent, in_thread, name, nothing_sent};
use crate::channel::api::UPLOAD_LIMIT;
use crate::channel::files::{Files, Parcel};
use crate::channel::{Outcome, Sending};

impl Files for Matrix {
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Sending<'a> {
        Box::pin(async move { self.share(parcel).await.unwrap_or_else(|outcome| outcome) })
    }
}

impl Matrix {
    async fn share(&self, parcel: &Parcel) -> Result<Outcome, Outcome> {
        let (file, now) = (parcel.file(), parcel.with.now);
        let (room, message) = in_thread(parcel.below.as_deref().unwrap_or_default());
        let message = message.ok_or_else(|| Outcome::permanent("The homeserver did not say which message it belongs to."))?;
        let put = self.api.post(&["_matrix", "media", "v3", "upload"]).query(&[("filename", &file.name)]).bearer(&self.token);
        let put = put.bytes(file.kind.media_type(), file.bytes.clone()).limits(UPLOAD_LIMIT, 64 * 1024);
        let kept: Kept = self.done(put, now).await.map_err(|outcome| nothing_sent(&outcome))?;
        // What was itself written in a thread is followed there.
        let thread = in_thread(&parcel.with.address).1.unwrap_or(message);
        let body = json!({
            "msgtype": if file.kind.is_image() { "m.image" } else { "m.file" },
            "body": file.name,
            "filename": file.name,
            "url": kept.content_uri,
            "info": { "mimetype": file.kind.media_type(), "size": file.bytes.len() },
            "m.mentions": {},
            "m.relates_to": {
                "rel_type": "m.thread", "event_id": thread, "is_falling_back": true, "m.in_reply_to": { "event_id": message },
            },
        });
        let txn = format!("baton-{}-{}", parcel.with.delivery.0.simple(), file.hash);
        let sent: Sent = self.done(self.put(&["rooms", room, "send", "m.room.message", &txn], &body), now).await?;
        Ok(Outcome::Accepted { words: format!("{} took it.", self.api.host()), provider_id: Some(name(room, &sent.event_id)) })
    }
}

#[derive(Deserialize)]
struct Kept {
    content_uri: String,
}
