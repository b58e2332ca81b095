//! One request to a provider, and how far it came.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode, Upgraded};
use url::Url;

use super::outbound::{Guard, Refused};
use super::setup::SetupFault;
use super::tls::{self, Authorities};
use super::{Outcome, said, sentence};
use crate::domain::time::Instant;

/// From the first byte to the last of the answer.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(15);
/// To resolve, connect and agree on encryption; shorter than the whole, so that
/// a time-out says on which side of "the bytes may have left" it happened.
const CONNECT_LIMIT: Duration = Duration::from_secs(8);
/// Connections that rest longer are likely dead without knowing it.
const IDLE_LIMIT: Duration = Duration::from_secs(20);
/// The most that is read of an answer.
const ANSWER_LIMIT: usize = 64 * 1024;
/// A provider that asks for longer is not going to be waited for.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// One client for each kind of destination, so that connections are shared.
#[derive(Default)]
pub(super) struct Clients(Mutex<HashMap<(Guard, Authorities), Client>>);

impl Clients {
    pub(super) fn client(&self, guard: Guard, authorities: &Authorities) -> Result<Client, SetupFault> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&(guard, authorities.clone())) {
            return Ok(client.clone());
        }
        let client = build(guard, authorities)
            .map_err(|error| SetupFault::new("ca_file", format!("The certificates cannot be used: {}.", reason(&error))))?;
        clients.insert((guard, authorities.clone()), client.clone());
        Ok(client)
    }
}

fn build(guard: Guard, authorities: &Authorities) -> Result<Client, reqwest::Error> {
    let extra: Vec<_> = authorities.0.iter().map(|der| reqwest::Certificate::from_der(der)).collect::<Result<_, _>>()?;
    let client = || {
        Client::builder()
            .user_agent(concat!("Baton/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // A proxy would resolve names by itself, behind the guard's back.
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(guard))
            .timeout(TIME_LIMIT)
            .connect_timeout(CONNECT_LIMIT)
            .pool_idle_timeout(IDLE_LIMIT)
    };
    // A bare machine has no authorities of its own. Then nobody is trusted but
    // the desk's own, which the handshake says better than a refusal to start.
    client().tls_certs_merge(extra.clone()).build().or_else(|_| client().tls_certs_only(extra).build())
}

pub(super) struct Request {
    pub(super) method: Method,
    pub(super) address: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// From the first byte to the last of the answer.
    pub(super) time_limit: Duration,
    /// The most that is read of the answer, in bytes.
    pub(super) answer_limit: usize,
}

impl Request {
    pub(super) fn new(method: Method, address: Url) -> Self {
        Self { method, address, headers: HeaderMap::new(), body: Vec::new(), time_limit: TIME_LIMIT, answer_limit: ANSWER_LIMIT }
    }
}

/// What the provider answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The beginning of the body.
    pub(super) body: String,
    /// It broke off or took too long before the end.
    pub(super) cut: bool,
}

/// Sends the request. `Err` is the outcome where there was no answer.
pub(super) async fn exchange(client: &Client, guard: Guard, request: Request) -> Result<Answer, Outcome> {
    let limit = request.answer_limit;
    Ok(read(begin(client, guard, request).await?, limit).await)
}

/// An answer that comes line by line and may never end.
#[derive(Debug)]
pub(super) enum Followed {
    Lines(Vec<String>),
    /// It was no success, so it is read as any other answer.
    Refused(Answer),
}

/// Sends the request and reads lines until one is `enough`, the answer ends, or
/// `patience` is over. A line that is not whole is left to the next call.
pub(super) async fn follow(
    client: &Client,
    guard: Guard,
    request: Request,
    patience: Duration,
    enough: impl Fn(&str) -> bool,
) -> Result<Followed, Outcome> {
    let (host, limit) = (host_and_port(&request.address), request.answer_limit);
    let mut response = begin(client, guard, request).await?;
    if !response.status().is_success() {
        return Ok(Followed::Refused(read(response, limit).await));
    }
    let over = tokio::time::sleep(patience);
    tokio::pin!(over);
    let (mut bytes, mut broke_off) = (Vec::new(), None);
    let satisfied = |bytes: &[u8]| String::from_utf8_lossy(whole(bytes)).lines().any(&enough);
    while bytes.len() < limit && !satisfied(&bytes) {
        let next = tokio::select! {
            next = response.chunk() => next,
            () = &mut over => break,
        };
        match next {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => {
                // The last line may lack its end.
                bytes.push(b'\n');
                break;
            }
            Err(error) => {
                broke_off = Some(reason(&error.without_url()));
                break;
            }
        }
    }
    let lines: Vec<String> = String::from_utf8_lossy(whole(&bytes)).lines().map(str::to_string).collect();
    match broke_off {
        Some(why) if lines.is_empty() => Err(Outcome::temporary(format!("{host} broke off in the middle of its answer ({why})."))),
        _ => Ok(Followed::Lines(lines)),
    }
}

/// What of it ends with a line break.
fn whole(bytes: &[u8]) -> &[u8] {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(&[], |end| &bytes[..=end])
}

/// What became of a connection that was asked to speak another protocol.
pub(super) enum Switched {
    To(HeaderMap, Upgraded),
    /// Whoever was asked did not agree to it.
    Refused(Answer),
}

/// Sends a request for another protocol than HTTP on the same connection.
pub(super) async fn switch(client: &Client, guard: Guard, request: Request) -> Result<Switched, Outcome> {
    let (host, limit) = (host_and_port(&request.address), request.answer_limit);
    let response = begin(client, guard, request).await?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(Switched::Refused(read(response, limit).await));
    }
    let headers = response.headers().clone();
    let broke_off = |error: reqwest::Error| Outcome::temporary(format!("{host} broke off ({}).", reason(&error.without_url())));
    Ok(Switched::To(headers, response.upgrade().await.map_err(broke_off)?))
}

async fn begin(client: &Client, guard: Guard, request: Request) -> Result<Response, Outcome> {
    let host = host_and_port(&request.address);
    // A host that is an address is never looked up, so the resolver does not see it.
    let literal = match request.address.host() {
        Some(url::Host::Ipv4(address)) => Some(address.into()),
        Some(url::Host::Ipv6(address)) => Some(address.into()),
        _ => None,
    };
    if let Some(address) = literal {
        guard.judge(&host, address).map_err(|refused| Outcome::permanent(refused.to_string()))?;
    }
    let Request { method, address, headers, body, time_limit, .. } = request;
    let sending = client.request(method, address).headers(headers).body(body).timeout(time_limit).send();
    sending.await.map_err(|error| unanswered(&error.without_url(), &host, time_limit))
}

async fn read(mut response: Response, limit: usize) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let (mut bytes, mut cut) = (Vec::new(), false);
    while bytes.len() < limit {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk[..chunk.len().min(limit - bytes.len())]),
            Ok(None) => break,
            Err(_) => {
                cut = true;
                break;
            }
        }
    }
    Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), cut }
}

fn unanswered(error: &reqwest::Error, host: &str, time_limit: Duration) -> Outcome {
    if error.is_builder() {
        return Outcome::permanent(format!("The request could not be made: {}.", reason(error)));
    }
    if let Some(refused) = tls::find::<Refused>(error) {
        return if refused.lasts() { Outcome::permanent(refused.to_string()) } else { Outcome::temporary(refused.to_string()) };
    }
    if error.is_connect() {
        return tls::fault(error, host)
            .map_or_else(|| Outcome::temporary(no_connection(error, error.is_timeout(), host)), Outcome::permanent);
    }
    if error.is_timeout() {
        return Outcome::uncertain(format!(
            "{host} did not answer within {} seconds. It may have arrived all the same.",
            time_limit.as_secs()
        ));
    }
    Outcome::uncertain(format!("{host} broke the connection off before it answered ({}). It may have arrived all the same.", reason(error)))
}

/// Why nothing could be sent, for mail too.
pub(super) fn no_connection(error: &(dyn Error + 'static), late: bool, host: &str) -> String {
    format!("{} Nothing was sent.", no_way(error, late, host))
}

/// The same where nothing would have been sent.
pub(super) fn no_way(error: &(dyn Error + 'static), late: bool, host: &str) -> String {
    use std::io::ErrorKind;
    let kind = tls::find::<std::io::Error>(error).map(std::io::Error::kind);
    match kind {
        _ if late => format!("{host} could not be reached in time."),
        Some(ErrorKind::ConnectionRefused) => {
            format!("{host} refused the connection: nothing listens there, or a firewall is in between.")
        }
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof) => {
            format!("{host} broke the connection off.")
        }
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            format!("There is no way from this computer to {host}. Check the network.")
        }
        _ => format!("There was no connection to {host} ({}).", reason(error)),
    }
}

/// The innermost cause, which is the one that says something.
pub(super) fn reason(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let words = innermost.to_string();
    said(words.split(" (os error").next().unwrap_or_default())
}

pub(super) fn host_and_port(address: &Url) -> String {
    let host = address.host_str().unwrap_or_default();
    address.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}"))
}

/// What an answer means where the catalogue says nothing of its own about it.
pub(super) fn classify(answer: &Answer, host: &str, now: Instant) -> Outcome {
    let status = answer.status;
    let words = words(answer, host);
    match status.as_u16() {
        200..=299 => Outcome::Accepted { words, provider_id: None },
        300..=399 => {
            let to = answer
                .headers
                .get(LOCATION)
                .and_then(|to| Url::parse(to.to_str().ok()?).ok())
                .map_or_else(|| "elsewhere".to_string(), |to| format!("to {}", host_and_port(&to)));
            Outcome::permanent(format!(
                "{host} answered {status}, a redirect {}, which Baton does not follow. Enter the final address.",
                said(&to)
            ))
        }
        408 | 425 | 429 | 500..=599 => Outcome::Temporary { words, retry_after: retry_after(&answer.headers, now) },
        410 => Outcome::permanent(format!("{} The address is gone for good; the channel needs a new one.", sentence(&words))),
        _ => Outcome::permanent(words),
    }
}

/// The status and the provider's own words.
pub(super) fn words(answer: &Answer, host: &str) -> String {
    let body = said(&answer.body);
    if body.is_empty() { format!("{host} answered {}.", answer.status) } else { format!("{host} answered {}: {body}", answer.status) }
}

/// In seconds or as a date; at most an hour.
pub(super) fn retry_after(headers: &HeaderMap, now: Instant) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = text.parse::<f64>() {
        Duration::try_from_secs_f64(seconds).ok()?
    } else {
        let then = DateTime::parse_from_rfc2822(text).ok()?.timestamp_millis();
        Duration::from_millis(u64::try_from(then - now.0).unwrap_or(0))
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry: Option<&str>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(retry) = retry {
            headers.insert(RETRY_AFTER, retry.parse().expect("a test header"));
        }
        Answer { status: StatusCode::from_u16(status).expect("a status"), headers, body: "no\r\n\u{1b}[31mway".into(), cut: false }
    }

    fn wait(retry: &str) -> Option<Duration> {
        match classify(&answer(429, Some(retry)), "example.org", Instant(784_111_777_000)) {
            Outcome::Temporary { retry_after, .. } => retry_after,
            other => panic!("429 is temporary, not {other:?}"),
        }
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms_and_never_believed_blindly() {
        assert_eq!(wait("7"), Some(Duration::from_secs(7)), "seconds");
        assert_eq!(wait("1.5"), Some(Duration::from_millis(1500)), "some send fractions");
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT"), Some(Duration::from_secs(30)), "a date is counted from the attempt");
        assert_eq!(wait("Sat, 06 Nov 1993 08:50:07 GMT"), Some(Duration::ZERO), "a date in the past is now");
        assert_eq!(wait("9999999999"), Some(LONGEST_WAIT), "nobody waits for a year");
        assert_eq!(wait("soon"), None, "what is no time is no time");
        assert_eq!(wait("-3"), None, "nor is a negative one");
        assert_eq!(wait("NaN"), None, "nor this");
    }

    #[test]
    fn the_providers_words_are_one_clean_line() {
        let outcome = classify(&answer(403, None), "example.org", Instant(0));
        assert_eq!(
            outcome,
            Outcome::permanent("example.org answered 403 Forbidden: no [31mway"),
            "control characters do not reach the window"
        );
    }
}
