//! The Standard Webhooks convention: who receives a webhook can tell that this
//! desk sent it, unchanged and just now.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::time::Instant;
use crate::host::Secret;

#[derive(Clone)]
pub(super) struct SigningKey(Vec<u8>);

impl SigningKey {
    /// Reads `whsec_…`, or says what it should be.
    pub(super) fn read(secret: &Secret) -> Result<Self, String> {
        let wanted = "The signing secret is “whsec_” followed by 24 to 64 bytes in base64";
        let encoded = secret.reveal().trim().strip_prefix("whsec_").ok_or_else(|| format!("{wanted}; this one does not begin so."))?;
        let bytes = STANDARD.decode(encoded).map_err(|_| format!("{wanted}; this is not base64."))?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(format!("{wanted}; this one has {}.", bytes.len())) }
    }

    /// The three headers, in the convention's order.
    pub(super) fn headers(&self, id: &str, now: Instant, body: &[u8]) -> [(&'static str, String); 3] {
        let timestamp = now.0.div_euclid(1000).to_string();
        // HMAC takes a key of any length, so this cannot fail; were it to, the
        // receiver would refuse an empty signature.
        let signature = Hmac::<Sha256>::new_from_slice(&self.0).map_or_else(
            |_| String::new(),
            |mut mac| {
                mac.update(id.as_bytes());
                mac.update(b".");
                mac.update(timestamp.as_bytes());
                mac.update(b".");
                mac.update(body);
                format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
            },
        );
        [("webhook-id", id.to_string()), ("webhook-timestamp", timestamp), ("webhook-signature", signature)]
    }
}
