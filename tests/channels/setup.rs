//! What a form can get wrong is said on save, with the field.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use baton_core::channel::catalogue::Catalogue;
use baton_core::channel::{CannotOpen, Ready, check, check_without_secrets};
use baton_core::host::{Secret, SecretName, Secrets, SecretsFailure};
use baton_tests::http_sink::HttpSink;

use crate::desk::{Desk, Kind, envelope, kind, message, set_up, signing_secret};

#[test]
fn what_cannot_work_is_said_on_save_with_the_field() {
    let secret = signing_secret();
    let short = format!("whsec_{}", STANDARD.encode([1; 12]));
    let hook = |url: &'static str| vec![("!url", url), ("!signing_secret", secret.as_str())];
    let mail = |change: (&'static str, &'static str)| {
        let mut fields = vec![("host", "mail.example.org"), ("from_address", "desk@example.org")];
        fields.retain(|(key, _)| *key != change.0);
        fields.push(change);
        fields
    };
    let login = |password| [mail(("username", "desk")), vec![("!password", password)]].concat();
    let cases = [
        ("webhook", hook(""), "url"),
        ("webhook", hook("not a url"), "url"),
        ("webhook", hook("ftp://example.org"), "url"),
        ("webhook", hook("http://example.org/"), "url"),
        ("webhook", hook("https://user:pass@example.org/"), "url"),
        ("webhook", hook("https://127.0.0.1/"), "url"),
        ("webhook", hook("https://0x7f.1/"), "url"),
        ("webhook", hook("https://[::ffff:10.0.0.1]/"), "url"),
        (
            "webhook",
            vec![("!url", "http://169.254.169.254/"), ("!signing_secret", &secret), ("allow_plain", "yes"), ("allow_private", "yes")],
            "url",
        ),
        ("webhook", vec![("!url", "https://example.org/")], "signing_secret"),
        ("webhook", vec![("!url", "https://example.org/"), ("!signing_secret", "hunter2")], "signing_secret"),
        ("webhook", vec![("!url", "https://example.org/"), ("!signing_secret", "whsec_***")], "signing_secret"),
        ("webhook", vec![("!url", "https://example.org/"), ("!signing_secret", &short)], "signing_secret"),
        ("webhook", [hook("https://example.org/"), vec![("allow_plain", "on")]].concat(), "allow_plain"),
        ("webhook", [hook("https://example.org/"), vec![("ca_file", "/nowhere/ca.pem")]].concat(), "ca_file"),
        ("slack", vec![], "token"),
        ("slack", vec![("!token", "xapp-1-A1-b2")], "token"),
        ("slack", vec![("!token", "xoxb-1 2")], "token"),
        ("slack", vec![("!token", "xoxb-1-2"), ("!app_token", "xoxb-1-2")], "app_token"),
        ("slack", vec![("!token", "xoxb-1-2"), ("server", "http://slack.com/api")], "server"),
        ("slack-webhook", vec![], "url"),
        ("slack-webhook", vec![("!url", "hooks")], "url"),
        ("slack-webhook", vec![("!url", "http://example.org/")], "url"),
        ("mail", mail(("host", "")), "host"),
        ("mail", mail(("host", "https://mail.example.org")), "host"),
        ("mail", mail(("host", "mail.example.org:587")), "host"),
        ("mail", mail(("port", "0")), "port"),
        ("mail", mail(("port", "70000")), "port"),
        ("mail", mail(("security", "none")), "security"),
        ("mail", mail(("security", "plain")), "security"),
        ("mail", mail(("from_address", "desk")), "from_address"),
        ("mail", mail(("from_name", "Desk\r\nBcc: evil@example.org")), "from_name"),
        ("mail", mail(("username", "desk")), "password"),
        ("mail", mail(("!password", "secret")), "username"),
        ("mail", mail(("imap_host", "imap.example.org")), "imap_username"),
        ("mail", [mail(("imap_host", "imap.example.org")), vec![("imap_username", "desk")]].concat(), "imap_password"),
        ("mail", [login("secret"), vec![("imap_host", "https://imap.example.org")]].concat(), "imap_host"),
        ("mail", [login("secret"), vec![("imap_host", "imap.example.org"), ("imap_security", "plain")]].concat(), "imap_security"),
        ("mail", [login("hunter2\r\nX LOGOUT"), vec![("imap_host", "imap.example.org")]].concat(), "imap_password"),
        ("carrier-pigeon", vec![], "provider"),
    ];
    let catalogue = Catalogue::standard();
    for (provider, fields, field) in cases {
        let (setup, secrets) = set_up(provider, &fields);
        let fault = check(&catalogue, &setup, |key| secrets.get(key).cloned()).expect_err(&format!("{provider} {fields:?} cannot work"));
        assert_eq!(fault.field, field, "{provider} {fields:?}: {}", fault.words);
        assert!(!fault.words.contains("hunter2") && !fault.words.contains("whsec_*"), "a secret is not repeated: {}", fault.words);
    }
    for (provider, fields) in [
        ("webhook", hook("https://example.org/hook")),
        ("slack-webhook", vec![("!url", "https://hooks.example.org/services/T0/B0/x")]),
        ("mail", mail(("port", "465"))),
        ("mail", [login("secret"), vec![("imap_host", "imap.example.org")]].concat()),
        (
            "mail",
            [mail(("imap_host", "::1")), vec![("imap_security", "plain"), ("imap_username", "desk"), ("!imap_password", "secret")]]
                .concat(),
        ),
        ("mail", mail(("host", "post.bücher.example"))),
        ("mail", [mail(("security", "plain")), vec![("allow_plain", "yes")]].concat()),
        ("mail", vec![("host", "::1"), ("security", "plain"), ("from_address", "desk@example.org")]),
        ("slack", vec![("!token", " xoxb-1-2-aB "), ("!app_token", "xapp-1-A1-b2")]),
        ("slack", vec![("!token", "xoxb-1-2-aB")]),
        ("desktop", vec![]),
        ("call", vec![]),
    ] {
        let (setup, secrets) = set_up(provider, &fields);
        check(&catalogue, &setup, |key| secrets.get(key).cloned())
            .unwrap_or_else(|fault| panic!("{provider} {fields:?} is fine, but: {fault}"));
    }
}

#[test]
fn what_comes_without_its_secrets_is_judged_by_the_rest() {
    let account = [("host", "mail.example.org"), ("from_address", "desk@example.org"), ("imap_host", "imap.example.org")];
    for fields in [vec![("imap_username", "desk")], vec![("username", "desk")], vec![("username", "desk"), ("imap_username", "inbox")]] {
        let (setup, _) = set_up("mail", &[&account[..], &fields].concat());
        check_without_secrets(&Catalogue::standard(), &setup)
            .unwrap_or_else(|fault| panic!("{fields:?} is fine once the passwords are there, but: {fault}"));
    }
    let (setup, _) = set_up("mail", &account);
    assert!(check_without_secrets(&Catalogue::standard(), &setup).is_err(), "but nobody reads a mailbox without a name");
}

#[test]
fn what_is_no_secret_can_be_checked_without_the_secrets() {
    for (provider, fields) in [
        ("slack", vec![]),
        ("telegram", vec![]),
        ("webhook", vec![]),
        ("slack-webhook", vec![]),
        ("mail", vec![("host", "mail.example.org"), ("from_address", "desk@example.org")]),
    ] {
        let (setup, _) = set_up(provider, &fields);
        check_without_secrets(&Catalogue::standard(), &setup)
            .unwrap_or_else(|fault| panic!("{provider} comes from a file without its secrets, but: {fault}"));
    }
    let (setup, _) = set_up("mail", &[("host", "https://mail.example.org"), ("from_address", "desk@example.org")]);
    assert_eq!(check_without_secrets(&Catalogue::standard(), &setup).expect_err("no host").field, "host", "what is wrong besides is found");
}

#[tokio::test]
async fn locked_passwords_are_waited_for_and_a_changed_secret_is_used() {
    let (desk, sink) = (Desk::new(), HttpSink::start().await);
    let (setup, _) = set_up("slack-webhook", &[("!url", ""), ("allow_private", "yes"), ("allow_plain", "yes")]);
    let name = SecretName { channel: setup.id, field: "url".into() };
    desk.keyring.set(&name, &Secret::new(sink.url("/old"))).unwrap();
    desk.keyring.lock();
    let Err(why) = desk.channels.ready(&setup) else { panic!("the passwords are locked") };
    assert!(matches!(why, CannotOpen::Secrets(SecretsFailure::Locked)), "{why:?}");
    assert_eq!(kind(&why.outcome()), Kind::Temporary, "it goes once they are unlocked");
    desk.keyring.unlock(&Secret::new(String::new())).unwrap();
    let send = async || match desk.channels.ready(&setup) {
        Ok(Ready::Automatic(channel)) => channel.send(&envelope(message())).await,
        _ => panic!("it opens"),
    };
    send().await;
    desk.keyring.set(&name, &Secret::new(sink.url("/new"))).unwrap();
    desk.channels.forget(setup.id);
    send().await;
    let paths: Vec<String> = sink.wait_for(2).await.into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/old", "/new"], "the new secret counts as soon as the old is forgotten");
}

#[tokio::test]
async fn a_password_that_is_not_where_it_was_kept_is_waited_for() {
    let desk = Desk::new();
    let (setup, _) = set_up("slack-webhook", &[("!url", "")]);
    let Err(why) = desk.channels.ready(&setup) else { panic!("there is no address to open it with") };
    assert_eq!(kind(&why.outcome()), Kind::Temporary, "a keyring that was late has it again after a restart: {why}");
    let (setup, _) = set_up("slack-webhook", &[]);
    let Err(why) = desk.channels.ready(&setup) else { panic!("there is no address to open it with") };
    assert_eq!(kind(&why.outcome()), Kind::Permanent, "what was never entered does not come by waiting: {why}");
}
