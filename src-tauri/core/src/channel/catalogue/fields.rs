//! The fields of a file: what the form of its provider asks.

use super::fault::{FileFault, Page};
use super::network_fields;
use super::written::WrittenField;
use crate::domain::channel::{Field, FieldKind};

/// Secret fields; whether a set-up can do without some is found by trying all ways.
const SECRETS: usize = 6;

/// As they are asked, and after them what every provider over HTTP is asked.
pub(super) fn fields(page: Page<'_>, written: &[WrittenField]) -> Result<Vec<Field>, FileFault> {
    let own = network_fields();
    let mut fields: Vec<Field> = Vec::new();
    for one in written {
        let key = one.key.get_ref();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            return Err(page.at(&one.key, format!("`{key}` cannot be the key of a field."), "Use lower-case letters, digits and `_`."));
        }
        if own.iter().any(|known| known.key == *key) {
            return Err(page.at(&one.key, format!("The field `{key}` is there by itself."), "Leave it out, or give yours another key."));
        }
        if fields.iter().any(|known| known.key == *key) {
            return Err(page.at(&one.key, format!("There are two fields with the key `{key}`."), "Rename or remove one of them."));
        }
        let default = one.default.as_ref().map_or_else(String::new, |said| said.get_ref().clone());
        let fault = |words: String, remedy: &str| Err(page.at(one.default.as_ref().unwrap_or(&one.key), words, remedy));
        if (one.kind == FieldKind::Choice) == one.choices.is_empty() {
            return fault(
                format!("The field `{key}` has choices if, and only if, its kind is `choice`."),
                "Write `kind = \"choice\"` and `choices = [[\"value\", \"label\"]]`, or neither.",
            );
        }
        if one.kind == FieldKind::Choice && !default.is_empty() && !one.choices.iter().any(|(value, _)| *value == default) {
            return fault(
                format!("`{default}` is none of the choices of `{key}`."),
                "Use the value of one of them, or leave `default` out.",
            );
        }
        if one.kind == FieldKind::Secret && !default.is_empty() {
            return fault(format!("The secret `{key}` has a default, which would be no secret."), "Leave `default` out.");
        }
        let secrets = fields.iter().filter(|known| known.kind == FieldKind::Secret).count();
        if one.kind == FieldKind::Secret && secrets == SECRETS {
            return Err(page.at(&one.key, format!("There are more than {SECRETS} secrets."), "Ask for no more than that."));
        }
        fields.push(Field {
            key: key.clone(),
            label: one.label.clone(),
            help: one.help.clone(),
            kind: one.kind,
            required: one.required,
            default,
            choices: one.choices.clone(),
        });
    }
    fields.extend(own);
    Ok(fields)
}
