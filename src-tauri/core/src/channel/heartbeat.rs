//! A sign of life to an address that somebody else watches. It goes by the rules of every other address; nothing of what
//! is answered but its status is repeated, for it may name the address again.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use url::Url;

use super::http::{self, Clients, Request};
use super::one_way;
use super::outbound::Guard;
use super::tls::{self, Authorities};
use super::{Outcome, SetupFault};
use crate::domain::heartbeat::{BeatMethod, HeartbeatSettings};
use crate::domain::time::Instant;
use crate::host::Secret;

/// The field of a form that the address is in.
const FIELD: &str = "address";

/// Connections of its own: it is sent beside the engine, which may hang.
#[derive(Default)]
pub struct HeartbeatLine(Clients);

/// What may be shown of an address that can be used.
pub fn host(address: &Secret, settings: &HeartbeatSettings) -> Result<String, SetupFault> {
    read(address, settings).map(|(address, _)| http::host_and_port(&address))
}

impl HeartbeatLine {
    /// Sends one. `body` goes along where the address is posted to. `Err` says why it did not get through.
    pub async fn send(&self, address: &Secret, settings: &HeartbeatSettings, body: Vec<u8>, now: Instant) -> Result<String, String> {
        tls::prepare();
        let (address, guard) = read(address, settings).map_err(|fault| fault.words)?;
        let client = self.0.client(guard, &Authorities::default()).map_err(|fault| fault.words)?;
        let host = http::host_and_port(&address);
        let mut request = Request::new(Method::GET, address);
        if settings.method == BeatMethod::Post {
            request.method = Method::POST;
            request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request.body = body;
        }
        let outcome = match http::exchange(&client, guard, request).await {
            Ok(mut answer) => {
                answer.body.clear();
                http::classify(&answer, &host, now)
            }
            Err(outcome) => outcome,
        };
        match outcome {
            Outcome::Accepted { words, .. } => Ok(words),
            other => Err(other.words().to_string()),
        }
    }
}

fn read(address: &Secret, settings: &HeartbeatSettings) -> Result<(Url, Guard), SetupFault> {
    let guard = if settings.allow_private { Guard::Private } else { Guard::Public };
    let address = one_way::url(address.reveal()).map_err(|words| SetupFault::new(FIELD, words))?;
    one_way::may_go(&address, guard, settings.allow_plain).map_err(|words| SetupFault::new(FIELD, words))?;
    Ok((address, guard))
}
