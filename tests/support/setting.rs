//! Sets a scene: channels to real little servers, people on them, a path and a
//! service. What is said here is what a person would type into the window.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use baton_core::api::types::{Action, ChannelChange, IncidentView, OpinionRequest, Whom};
use baton_core::api::{HandedIn, NotFiled};
use baton_core::domain::asking::AfterWait;
use baton_core::domain::assessment::{Affected, Answers, Condition, Expertise, Gut};
use baton_core::domain::attachment::Attachment;
use baton_core::domain::bridge::Bridge;
use baton_core::domain::channel::{ChannelSetup, Reach};
use baton_core::domain::directory::{Level, Method, Path, Person, Service, Target};
use baton_core::domain::draft::Draft;
use baton_core::domain::facts::Facts;
use baton_core::domain::id::{ChannelId, IncidentId, MethodId, PathId, PersonId, RotationId, ServiceId};
use baton_core::domain::presence::Presence;
use baton_core::domain::rotation::{Layer, Rotation};
use baton_core::domain::time::WallTime;
use baton_core::error::Failure;

use crate::http_sink::HttpSink;
use crate::imap_sink::{self, ImapSink};
use crate::providers::jsm::{self, Jsm};
use crate::providers::matrix::{self, Matrix};
use crate::providers::modem::Modem;
use crate::providers::ntfy::{self, Ntfy};
use crate::providers::pagerduty::{self, PagerDuty};
use crate::providers::pushover::{self, Pushover};
use crate::providers::slack::{self, Slack};
use crate::providers::telegram::{self, Telegram};
use crate::providers::twilio::{self, Twilio};
use crate::smtp_sink::SmtpSink;
use crate::world::World;

impl World {
    /// A mail account at this server.
    pub async fn mail(&self, server: &SmtpSink) -> ChannelId {
        let port = server.port().to_string();
        let settings = [("host", "127.0.0.1"), ("port", &port), ("security", "plain"), ("from_address", "desk@example.org")];
        self.channel("mail", "Mail", &settings, &[]).await.expect("the mail account is accepted")
    }

    /// A mail account that sends by the one server and hears in the inbox of the other.
    pub async fn mail_both_ways(&self, server: &SmtpSink, inbox: &ImapSink) -> ChannelId {
        let (port, imap_port) = (server.port().to_string(), inbox.port().to_string());
        let settings = [
            ("host", "127.0.0.1"),
            ("port", &port),
            ("security", "plain"),
            ("from_address", "desk@example.org"),
            ("imap_host", "127.0.0.1"),
            ("imap_port", &imap_port),
            ("imap_security", "plain"),
            ("imap_username", imap_sink::LOGIN.0),
        ];
        self.channel("mail", "Mail", &settings, &[("imap_password", imap_sink::LOGIN.1)]).await.expect("the mail account is accepted")
    }

    /// A Slack-compatible webhook at this server.
    pub async fn slack(&self, server: &HttpSink) -> ChannelId {
        let url = server.url("/hook");
        self.channel("slack-webhook", "#db-oncall", &[("allow_private", "yes"), ("allow_plain", "yes")], &[("url", &url)])
            .await
            .expect("the webhook is accepted")
    }

    /// A bot at this server.
    pub async fn telegram(&self, server: &Telegram) -> ChannelId {
        let (url, open) = (server.url(), [("allow_private", "yes"), ("allow_plain", "yes")]);
        let settings = [&open[..], &[("server", &url)]].concat();
        self.channel("telegram", "Telegram", &settings, &[("token", telegram::TOKEN)]).await.expect("the bot is accepted")
    }

    /// An account at this server that texts from a number of its own.
    pub async fn twilio_text(&self, server: &Twilio) -> ChannelId {
        self.twilio("twilio-text", "Text", server, &[("sender", twilio::OURS)]).await
    }

    /// The same that calls, by a flow where one is named.
    pub async fn twilio_call(&self, server: &Twilio, flow: &str) -> ChannelId {
        let url = server.url();
        self.twilio("twilio-call", "Call", server, &[("from", twilio::OURS), ("flow", flow), ("studio", &url)]).await
    }

    async fn twilio(&self, provider: &str, name: &str, server: &Twilio, settings: &[(&str, &str)]) -> ChannelId {
        let settings = [&[("account", twilio::ACCOUNT)], settings].concat();
        self.two_way(provider, name, &server.url(), &settings, &[("secret", twilio::SECRET)]).await
    }

    /// A modem at this computer.
    pub async fn modem(&self, modem: &Modem) -> ChannelId {
        let folder = modem.path().to_string_lossy().into_owned();
        self.channel("modem", "Modem", &[("folder", &folder)], &[]).await.expect("the folder is accepted")
    }

    /// Pushes by this server, the answers by its topic for them.
    pub async fn ntfy(&self, server: &Ntfy) -> ChannelId {
        self.two_way("ntfy", "ntfy", &server.url(), &[], &[("answers", ntfy::ANSWERS), ("token", ntfy::TOKEN)]).await
    }

    /// An integration at this server, which is read there too.
    pub async fn jsm(&self, server: &Jsm) -> ChannelId {
        self.two_way("jsm", "Jira", &server.url(), &[], &[("key", jsm::KEY)]).await
    }

    /// An account at this homeserver.
    pub async fn matrix(&self, server: &Matrix) -> ChannelId {
        self.two_way("matrix", "Matrix", &server.url(), &[], &[("token", matrix::TOKEN)]).await
    }

    /// A service of PagerDuty's at this server, which is read there too.
    pub async fn pagerduty(&self, server: &PagerDuty) -> ChannelId {
        let (url, keys) = (server.url(), [("routing_key", pagerduty::ROUTING_KEY), ("rest_token", pagerduty::REST_TOKEN)]);
        self.two_way("pagerduty", "PagerDuty", &url, &[("rest_server", &url)], &keys).await
    }

    /// An application at this server.
    pub async fn pushover(&self, server: &Pushover) -> ChannelId {
        self.two_way("pushover", "Pushover", &server.url(), &[], &[("token", pushover::TOKEN)]).await
    }

    /// A channel over a provider's interface at this address.
    async fn two_way(&self, provider: &str, name: &str, url: &str, settings: &[(&str, &str)], secrets: &[(&str, &str)]) -> ChannelId {
        let settings = [&[("allow_private", "yes"), ("allow_plain", "yes"), ("server", url)], settings].concat();
        self.channel(provider, name, &settings, secrets).await.expect("the channel is accepted")
    }

    /// A Slack app at this server, with Socket Mode or without.
    pub async fn slack_app(&self, server: &Slack, socket_mode: bool) -> ChannelId {
        let mut secrets = vec![("token", slack::TOKEN)];
        if socket_mode {
            secrets.push(("app_token", slack::APP_TOKEN));
        }
        self.two_way("slack", "Slack", &server.url(), &[], &secrets).await
    }

    pub async fn channel(
        &self,
        provider: &str,
        name: &str,
        settings: &[(&str, &str)],
        secrets: &[(&str, &str)],
    ) -> Result<ChannelId, Failure> {
        let id = ChannelId::new(self.now());
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, value)| ((*key).to_string(), (*value).to_string())).collect::<BTreeMap<_, _>>()
        };
        let setup = ChannelSetup {
            id,
            provider: provider.into(),
            name: name.into(),
            reach: Reach::Mail,
            settings: owned(settings),
            secrets_set: vec![],
            enabled: true,
            last_test: None,
            sample: false,
        };
        self.desk.save_channel(ChannelChange { setup, secrets: owned(secrets), forget: vec![] }).await.map(|_| id)
    }

    /// The channel for calls that somebody at the desk makes.
    pub async fn by_hand(&self) -> ChannelId {
        let directory = self.desk.directory().await.expect("the directory opens");
        directory.channels.iter().find(|setup| setup.provider == "call").expect("a desk can call from the start").id
    }

    /// Somebody who is reached by these, in this order.
    pub async fn person(&self, name: &str, methods: &[(ChannelId, &str)]) -> Person {
        let person = Person {
            id: PersonId::new(self.now()),
            name: name.into(),
            role: String::new(),
            presence: Presence::default(),
            sequences: BTreeMap::new(),
            methods: methods
                .iter()
                .map(|(channel, address)| Method {
                    id: MethodId::new(self.now()),
                    channel: *channel,
                    address: (*address).into(),
                    proven_at: None,
                    proven_by: None,
                    wrong_since: None,
                })
                .collect(),
            sample: false,
        };
        self.desk.save_person(person.clone()).await.expect("the person is accepted");
        person
    }

    /// A service whose path has these levels: who, and minutes to the next.
    pub async fn service(&self, name: &str, levels: &[(&[&Person], u32)]) -> Service {
        let level = |(people, minutes): &(&[&Person], u32)| Level {
            targets: people.iter().map(|person| Target::Person { id: person.id }).collect(),
            minutes: *minutes,
            ..Level::default()
        };
        self.service_with(name, levels.iter().map(level).collect()).await
    }

    /// A service with a path of these levels.
    pub async fn service_with(&self, name: &str, levels: Vec<Level>) -> Service {
        let path = Path { id: PathId::new(self.now()), name: name.into(), levels, rounds: 1, sample: false };
        self.desk.save_path(path.clone()).await.expect("the path is accepted");
        let id = ServiceId::new(self.now());
        let service = Service {
            id,
            name: name.into(),
            owner: None,
            path: Some(path.id),
            paths: BTreeMap::new(),
            cost_per_hour: Some(10_000),
            orders_per_hour: None,
            customers: None,
            checklist: vec![],
            stakeholders: vec![],
            templates: vec![],
            bridge: Bridge::default(),
            sample: false,
        };
        self.desk.save_service(service.clone()).await.expect("the service is accepted");
        service
    }

    /// People who take turns of a day each, from 08:00 on in UTC, today's first.
    pub async fn rotation(&self, name: &str, people: &[&Person]) -> Rotation {
        let from = self.now().utc().date_naive().and_hms_opt(8, 0, 0).expect("a time of day");
        let layer = Layer { people: people.iter().map(|person| person.id).collect(), from: WallTime(from), shift_hours: 24, hours: vec![] };
        let id = RotationId::new(self.now());
        let rotation = Rotation { id, name: name.into(), zone: "UTC".into(), layers: vec![layer], overrides: vec![], sample: false };
        self.desk.save_rotation(rotation.clone()).await.expect("the rotation is accepted");
        rotation
    }

    /// A service whose path has these targets, a level each of so many minutes.
    pub async fn service_for(&self, name: &str, levels: &[(Target, u32)]) -> Service {
        let level = |(target, minutes): &(Target, u32)| Level { targets: vec![*target], minutes: *minutes, ..Level::default() };
        self.service_with(name, levels.iter().map(level).collect()).await
    }

    /// What a person writes who says only what and where, and that it is bad.
    pub async fn draft(&self, what: &str, service: &Service) -> Draft {
        let mut draft = self.desk.new_draft().await.expect("a draft can be begun");
        draft.facts.what = what.into();
        draft.facts.service = Some(service.id);
        draft.answers = Answers {
            affected: Some(Affected::ManyCustomers),
            condition: Some(Condition::Down),
            expertise: Some(Expertise::Outside),
            gut: Some(Gut::SomethingIsWrong),
            ..Answers::default()
        };
        draft
    }

    /// A question to somebody by their first way, which waits for ten minutes.
    pub fn asks(&self, person: &Person, then: AfterWait) -> OpinionRequest {
        let whom = Whom::Person { id: person.id, method: person.methods.first().map(|method| method.id) };
        OpinionRequest { whom, question: "Would you escalate this?".into(), minutes: 10, then }
    }

    /// Attaches a file to a draft, as the window does.
    pub async fn attach(&self, draft: &mut Draft, name: &str, bytes: &[u8]) -> Attachment {
        let kept = self.keeps(name, bytes, &draft.attachments).await.expect("the file is taken");
        draft.attachments.push(kept.clone());
        kept
    }

    /// What the window hears of a file that comes to those that are there.
    pub async fn keeps(&self, name: &str, bytes: &[u8], beside: &[Attachment]) -> Result<Attachment, Failure> {
        self.desk.may_attach(name.into(), bytes.len() as u64, beside.to_vec()).await?;
        self.desk.keep_file(name.into(), STANDARD.encode(bytes), beside.to_vec()).await
    }

    /// Writes it down and escalates it, and everything due at once is done.
    pub async fn escalates(&self, what: &str, service: &Service) -> IncidentId {
        let draft = self.draft(what, service).await;
        let id = self.desk.escalate(draft).await.expect("it can be escalated");
        self.settle().await;
        id
    }

    /// The same at a desk where not everything that is due can be done.
    pub async fn escalates_although(&self, what: &str, service: &Service) -> IncidentId {
        let draft = self.draft(what, service).await;
        let id = self.desk.escalate(draft).await.expect("it can be escalated");
        // What fails is another incident's.
        drop(self.engine.cycle().await);
        self.engine.sends_end().await;
        id
    }

    pub async fn incident(&self, id: IncidentId) -> IncidentView {
        self.desk.incident(id).await.expect("the incident is there")
    }

    /// Does it, and what follows from it at once.
    pub async fn act(&self, id: IncidentId, action: Action) {
        self.desk.act(id, action).await.expect("it can be done");
        self.settle().await;
    }

    /// What a script hands in that runs in the data folder.
    pub async fn hand_in(&self, text: impl Into<Vec<u8>>) -> Result<Vec<HandedIn>, NotFiled> {
        self.desk.hand_in(text.into(), self.folder.path()).await
    }

    /// Changes what is known, as whoever opens the details, edits and saves them at once.
    pub async fn edit(&self, id: IncidentId, tell: bool, change: impl FnOnce(&mut Facts)) {
        let opened = self.incident(id).await.incident.facts;
        let mut facts = opened.clone();
        change(&mut facts);
        self.act(id, Action::ChangeFacts { opened: opened.into(), facts: facts.into(), tell }).await;
    }

    /// The timeline's words, the oldest first.
    pub async fn timeline(&self, id: IncidentId) -> Vec<String> {
        self.incident(id).await.timeline.into_iter().map(|entry| entry.words).collect()
    }
}
