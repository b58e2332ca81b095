//! A file of one's own that is wrong says where, what, and what to do.

use baton_core::channel::catalogue::Entry;

/// One that is right, and has everything a file can have.
const SOUND: &str = r#"id = "ours"
name = "Ours"
about = "Posts to our own board."
reach = "chat"
address = { handle = { label = "room", example = "ops" } }
signing = "standard-webhooks"

[[fields]]
key = "url"
label = "Address"
kind = "url"
required = true

[[fields]]
key = "token"
label = "Token"
kind = "secret"

[[fields]]
key = "signing_secret"
label = "Signing secret"
kind = "secret"
required = true

[[fields]]
key = "colour"
label = "Colour"
kind = "choice"
default = "red"
choices = [["red", "Red"], ["blue", "Blue"]]

[[before]]
name = "thread"
value_at = "/0/id"
sure_at = "/0/name"
sure_if = "{{ reference }}"

[before.request]
method = "GET"
address = "{{ settings.url }}/find"
query = { name = "{{ reference }}" }

[request]
method = "PUT"
address = "{{ settings.url }}/rooms/{{ to.address }}"
headers = { Authorization = "Bearer {{ secrets.token }}" }
body = '''
{
  "title": {{ subject|shorten(80) }},
  "colour": {{ settings.colour }},
  "facts": [
    {%- for fact in facts %}
    { "label": {{ fact.label }}, "value": {{ fact.value|html }} }{% if not loop.last %},{% endif %}
    {%- endfor %}
  ],
  "text": {{ text }}
}
'''

[again]
when = "thread"

[again.request]
address = "{{ settings.url }}/threads/{{ before.thread }}"
form = { text = "{{ text|markdown }}" }

[limits]
text_characters = 2000
text_as = "markdown"

[accepted]
id_at = "/id"
contains = ["ok"]
retry_after_at = "/wait"

[[answers]]
status = [200]
at = "/done"
is = false
means = "permanent"
hint = "Ask Ada."
"#;

#[test]
fn what_is_wrong_is_said_with_its_line_and_what_to_do() {
    Entry::read("ours.toml", SOUND).unwrap_or_else(|fault| panic!("the file they are made of is sound, but {fault}"));
    for (from, to, said) in CASES {
        assert!(SOUND.contains(from), "{from:?} is in the sound file");
        let fault = Entry::read("ours.toml", &SOUND.replacen(from, to, 1)).err().unwrap_or_else(|| panic!("{to:?} is wrong"));
        assert_eq!(fault.to_string(), *said, "this is said of {to:?} in place of {from:?}");
    }
}

/// What is written instead of what, and what is said of it.
const CASES: &[(&str, &str, &str)] = &[
    ("reach = ", "reech = ", "ours.toml, line 4, column 1: There is no key `reech` here. Did you mean `reach`?"),
    ("reach = \"chat\"", "reach = \"chatt\"", "ours.toml, line 4, column 9: `chatt` is no choice here. Did you mean `chat`?"),
    ("reach = \"chat\"\n", "", "ours.toml, line 1, column 1: The key `reach` is missing. Add a line reach = … here."),
    (
        "required = true",
        "required = \"yes\"",
        "ours.toml, line 12, column 12: This is the text \"yes\". Here belongs true or false, without quotes.",
    ),
    (
        "text_characters = 2000",
        "text_characters = \"2000\"",
        "ours.toml, line 68, column 19: This is the text \"2000\". Here belongs a whole number.",
    ),
    (
        "name = \"Ours\"",
        "name = Ours",
        "ours.toml, line 2, column 8: This is no TOML: string values must be quoted, expected literal string. Mend this line; the lines before it are well formed.",
    ),
    (
        "name = \"Ours\"",
        "name = \"Ours",
        "ours.toml, line 2, column 13: This is no TOML: invalid basic string, expected `\"`. Mend this line; the lines before it are well formed.",
    ),
    (
        "name = \"Ours\"",
        "name = \"Ours\"\nname = \"Theirs\"",
        "ours.toml, line 3, column 1: This key stands here twice. Remove one of the two.",
    ),
    ("[request]\n", "[requests]\n", "ours.toml, line 43, column 2: There is no key `requests` here. Did you mean `request`?"),
    (
        "\"ours\"",
        "\"Our Board\"",
        "ours.toml, line 1, column 6: `Our Board` cannot be an id. Use lower-case letters, digits and dashes, such as `our-chat`.",
    ),
    (
        "about = \"Posts to our own board.\"",
        "about = \" \"",
        "ours.toml, line 3, column 9: `about` is empty. Say it in a few words: people choose by it.",
    ),
    ("handle = { label", "handel = { label", "ours.toml, line 5, column 13: `handel` is no choice here. Did you mean `handle`?"),
    ("standard-webhooks", "hmac", "ours.toml, line 6, column 11: `hmac` is no choice here. Choose from `standard-webhooks`."),
    (
        "key = \"signing_secret\"",
        "key = \"signing\"",
        "ours.toml, line 6, column 11: Signing needs a secret, and there is none. Add a field with `key = \"signing_secret\"` and `kind = \"secret\"`.",
    ),
    (
        "key = \"colour\"",
        "key = \"token\"",
        "ours.toml, line 26, column 7: There are two fields with the key `token`. Rename or remove one of them.",
    ),
    (
        "key = \"colour\"",
        "key = \"ca_file\"",
        "ours.toml, line 26, column 7: The field `ca_file` is there by itself. Leave it out, or give yours another key.",
    ),
    (
        "key = \"colour\"",
        "key = \"Colour\"",
        "ours.toml, line 26, column 7: `Colour` cannot be the key of a field. Use lower-case letters, digits and `_`.",
    ),
    (
        "default = \"red\"",
        "default = \"green\"",
        "ours.toml, line 29, column 11: `green` is none of the choices of `colour`. Use the value of one of them, or leave `default` out.",
    ),
    (
        "choices = [[\"red\", \"Red\"], [\"blue\", \"Blue\"]]",
        "",
        "ours.toml, line 29, column 11: The field `colour` has choices if, and only if, its kind is `choice`. Write `kind = \"choice\"` and `choices = [[\"value\", \"label\"]]`, or neither.",
    ),
    (
        "choices = [[\"red\", \"Red\"]",
        "choices = [\"red\"",
        "ours.toml, line 30, column 12: This is the text \"red\". Here belongs a pair such as [\"value\", \"label\"].",
    ),
    (
        "label = \"Token\"\n",
        "label = \"Token\"\ndefault = \"hunter2\"\n",
        "ours.toml, line 17, column 11: The secret `token` has a default, which would be no secret. Leave `default` out.",
    ),
    (
        "label = \"Token\"\nkind = \"secret\"\n",
        "label = \"Token\"\nkind = \"secret\"\n\n[[fields]]\nkey = \"a\"\nlabel = \"A\"\nkind = \"secret\"\n\n[[fields]]\nkey = \"b\"\nlabel = \"B\"\nkind = \"secret\"\n\n[[fields]]\nkey = \"c\"\nlabel = \"C\"\nkind = \"secret\"\n\n[[fields]]\nkey = \"d\"\nlabel = \"D\"\nkind = \"secret\"\n\n[[fields]]\nkey = \"e\"\nlabel = \"E\"\nkind = \"secret\"\n",
        "ours.toml, line 45, column 7: There are more than 6 secrets. Ask for no more than that.",
    ),
    (
        "method = \"PUT\"",
        "method = \"DELETE\"",
        "ours.toml, line 44, column 10: `DELETE` is no method that can be used. Use GET, POST, PUT or PATCH.",
    ),
    (
        "address = \"{{ settings.url }}/rooms",
        "address = \"http://example.org/rooms",
        "ours.toml, line 45, column 11: This address does not say where it begins. Begin with https:// or with a field that holds an address, such as `{{ settings.url }}`.",
    ),
    (
        "address = \"{{ settings.url }}/rooms",
        "address = \"{{ settings.uri }}/rooms",
        "ours.toml, line 45, column 11: `settings.uri` is no field that holds an address. Add a field with `key = \"uri\"` and `kind = \"url\"`.",
    ),
    (
        "address = \"{{ settings.url }}/rooms",
        "address = \"{{ secrets.hook }}/rooms",
        "ours.toml, line 45, column 11: `secrets.hook` is asked of nobody: no such field is in this file. Add a field with `key = \"hook\"` and `kind = \"secret\"`.",
    ),
    (
        "address = \"{{ settings.url }}/rooms",
        "address = \"{{ settings.url|lower }}/rooms",
        "ours.toml, line 45, column 11: This address does not say where it begins. Begin with https:// or with a field that holds an address, such as `{{ settings.url }}`.",
    ),
    (
        "address = \"{{ settings.url }}/rooms",
        "address = \"https://{{ to.address }}.example.org/rooms",
        "ours.toml, line 45, column 20: A template says which server this goes to. Write the server out, or begin with a field of the kind `url`, such as `{{ settings.url }}`.",
    ),
    (
        "address = \"{{ settings.url }}/rooms/{{ to.address }}",
        "address = \"{{ settings.url }}{{ to.address }}",
        "ours.toml, line 45, column 30: What follows `settings.url` would change which server it goes to. Put a / or a ? between, or use `query`.",
    ),
    (
        "kind = \"url\"\nrequired = true",
        "kind = \"url\"",
        "ours.toml, line 39, column 11: The field `url` says where it goes, and may be left empty. Add `required = true` to it.",
    ),
    (
        "{ Authorization = ",
        "{ Content-Type = ",
        "ours.toml, line 46, column 28: `Content-Type` is no header that can be set. Not `host`, `content-length`, `transfer-encoding`, `connection` and `content-type`.",
    ),
    (
        "{ Authorization = \"Bearer {{ secrets.token }}\" }",
        "{ X-Who = \"{{ to.name }}\\n.\" }",
        "ours.toml, line 46, column 21: This makes no header `x-who`. Letters without accents, digits and signs on one line are what a header can hold.",
    ),
    (
        "secrets.token }}",
        "secrets.tokn }}",
        "ours.toml, line 46, column 40: `secrets.tokn` is asked of nobody: no such field is in this file. Add a field with `key = \"tokn\"` and `kind = \"secret\"`.",
    ),
    (
        "secrets.token }}",
        "settings.token }}",
        "ours.toml, line 46, column 40: `settings.token` is asked of nobody: no such field is in this file. It is a secret: write `secrets.token`.",
    ),
    (
        "settings.colour }}",
        "secrets.colour }}",
        "ours.toml, line 50, column 16: `secrets.colour` is asked of nobody: no such field is in this file. It is no secret: write `settings.colour`, or give the field `kind = \"secret\"`.",
    ),
    (
        "{{ text }}\n}",
        "{{ txet }}\n}",
        "ours.toml, line 56, column 14: A template cannot say `txet`: there is nothing of that name. Did you mean `text`?",
    ),
    (
        "{{ text }}\n}",
        "{{ text\n}",
        "ours.toml, line 57, column 1: This template is not well formed: unexpected `}`, expected end of variable block. Check its braces and quotes.",
    ),
    (
        "{{ text }}\n}",
        "{{ text|shout }}\n}",
        "ours.toml, line 56, column 19: There is no filter `shout`. Baton's own are `mrkdwn`, `markdown`, `fence`, `html`, `base64`, `shorten` and `line`, besides those of minijinja.",
    ),
    ("{{ text }}\n}", "{{ text|markdwon }}\n}", "ours.toml, line 56, column 19: There is no filter `markdwon`. Did you mean `markdown`?"),
    ("{{ text }}\n}", "{{ to.phone }}\n}", "ours.toml, line 56, column 14: `to` has no `phone`. Known here: `name` and `address`."),
    (
        "{{ text }}\n}",
        "\"{{ text }}\"\n}",
        "ours.toml, line 56, column 3: With a message filled in, this is no JSON: expected `,` or `}`. It came to: \"text\": \"\"All of it,\\n\\\"quoted\\\" & <more>\"\". What stands in {{ }} brings its own quotes; what stands beside it needs a comma between.",
    ),
    (
        "{{ text }}\n}",
        "{{ text }},\n}",
        "ours.toml, line 57, column 1: With a message filled in, this is no JSON: trailing comma. It came to: }. Look at the commas and brackets there.",
    ),
    (
        "{%- endfor %}",
        "",
        "ours.toml, line 56, column 21: This template is not well formed: unexpected end of input, expected end of block. Check its braces and quotes.",
    ),
    (
        "{%- for fact in facts %}",
        "{% for one in range(90000) %}{% for two in range(90000) %}{% endfor %}{% endfor %}{%- for fact in facts %}",
        "ours.toml, line 52, column 48: This template does not come to an end. Make its loops shorter.",
    ),
    (
        "{% if not loop.last %},{% endif %}",
        "{% if purpose != \"drill\" and not loop.last %},{% elif purpose == \"drill\" %},{% endif %}",
        "ours.toml, line 55, column 3: With a message filled in, this is no JSON: trailing comma. It came to: ],. Look at the commas and brackets there.",
    ),
    (
        "{{ before.thread }}",
        "{{ before.thraed }}",
        "ours.toml, line 64, column 42: No request before this one is called `thraed`. Known here: `thread`.",
    ),
    (
        "when = \"thread\"",
        "when = \"ticket\"",
        "ours.toml, line 61, column 8: No request before this one is called `ticket`. Known here: `thread`.",
    ),
    (
        "value_at = \"/0/id\"",
        "value_at = \"0.id\"",
        "ours.toml, line 34, column 12: `0.id` is no place in a JSON answer. Each step begins with /, such as `value_at = \"/ticket/id\"` or \"/0/id\".",
    ),
    (
        "sure_if = \"{{ reference }}\"\n",
        "",
        "ours.toml, line 35, column 11: `sure_at` and `sure_if` stand together. Write both, or neither.",
    ),
    (
        "query = { name = ",
        "body = \"x\"\nquery = { name = ",
        "ours.toml, line 41, column 8: A GET request has no body. Put it into `query`, or use POST.",
    ),
    (
        "form = { text",
        "body = \"{}\"\nform = { text",
        "ours.toml, line 65, column 8: A request has a `body` or a `form`, not both. Remove one of them.",
    ),
    (
        "form = { text",
        "format = \"json\"\nform = { text",
        "ours.toml, line 65, column 10: `format` says how a `body` is written, and there is none. Add a `body`, or leave `format` out.",
    ),
    (
        "status = [200]\nat = \"/done\"\nis = false\n",
        "",
        "ours.toml, line 76, column 1: This rule would hold for every answer. Add `status`, `contains` or `at`.",
    ),
    (
        "at = \"/done\"\n",
        "",
        "ours.toml, line 76, column 1: `is` compares what stands at `at`, and there is no `at`. Add `at`, such as `at = \"/success\"`.",
    ),
    (
        "means = \"permanent\"",
        "means = \"never\"",
        "ours.toml, line 80, column 9: `never` is no choice here. Choose from `accepted`, `temporary`, `permanent` and `uncertain`.",
    ),
    ("text_as = \"markdown\"", "text_as = \"html5\"", "ours.toml, line 69, column 11: `html5` is no choice here. Did you mean `html`?"),
    ("status = [200]", "status = [\"200\"]", "ours.toml, line 77, column 11: This is the text \"200\". Here belongs a whole number."),
];
