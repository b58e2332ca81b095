//! Certificates: whom to trust beyond the operating system, and what a failed
//! handshake means in plain words.

use std::error::Error;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, Error as TlsError, RootCertStore};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;

use super::setup::SetupFault;

/// Certificates of authorities the desk has of its own, in PEM.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Authorities(pub(super) Vec<Vec<u8>>);

impl Authorities {
    /// Reads the file that a setting names; none where it is empty.
    pub(super) fn read(path: &str) -> Result<Self, SetupFault> {
        if path.is_empty() {
            return Ok(Self::default());
        }
        let fault = |words: String| SetupFault::new("ca_file", words);
        let pem = std::fs::read(path).map_err(|error| fault(format!("The file {path} cannot be read: {error}.")))?;
        let certificates: Vec<Vec<u8>> = CertificateDer::pem_slice_iter(&pem)
            .map(|certificate| certificate.map(|found| found.as_ref().to_vec()))
            .collect::<Result<_, _>>()
            .map_err(|error| fault(format!("The file {path} is damaged: {error}.")))?;
        if certificates.is_empty() {
            return Err(fault(format!("There is no certificate in {path}; a PEM file with “BEGIN CERTIFICATE” is wanted.")));
        }
        Ok(Self(certificates))
    }
}

/// Makes ring the process's cryptography, once. Whoever was first stays.
pub(super) fn prepare() {
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// What connections of our own are encrypted with: the system's authorities and
/// the desk's.
pub(super) fn connector(authorities: &Authorities) -> Result<TlsConnector, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let own: Vec<CertificateDer<'static>> = authorities.0.iter().cloned().map(CertificateDer::from).collect();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let config = match Verifier::new_with_extra_roots(own.clone(), provider) {
        Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
        // As over HTTP: a bare machine trusts nobody but the desk's own authorities.
        Err(_) => {
            let mut roots = RootCertStore::empty();
            own.into_iter().try_for_each(|certificate| roots.add(certificate))?;
            builder.with_root_certificates(roots)
        }
    };
    Ok(TlsConnector::from(Arc::new(config.with_no_client_auth())))
}

/// The same about something that would have been sent.
pub(super) fn fault(error: &(dyn Error + 'static), host: &str) -> Option<String> {
    wrong(error, host).map(|words| format!("{words} Nothing was sent."))
}

/// What is wrong with the other side's TLS, if that is what failed. Always a
/// fault of one set-up or the other, so it is permanent: waiting mends nothing,
/// and the person's next method is used at once.
pub(super) fn wrong(error: &(dyn Error + 'static), host: &str) -> Option<String> {
    Some(match find::<TlsError>(error)? {
        TlsError::InvalidCertificate(certificate) => {
            let why = match certificate {
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_string(),
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    "it is not valid yet; check this computer's clock".to_string()
                }
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    "it was issued for another name".to_string()
                }
                CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                    "nobody this computer trusts has signed it; if your organisation has its own authority, name its certificate file"
                        .to_string()
                }
                CertificateError::Revoked => "it has been revoked".to_string(),
                other => super::said(&other.to_string()),
            };
            format!("The certificate of {host} cannot be trusted: {why}.")
        }
        TlsError::InvalidMessage(_) => {
            format!("{host} does not speak TLS on this port. Check the port and the kind of encryption.")
        }
        TlsError::AlertReceived(alert) => format!("{host} refused the encrypted connection ({alert:?})."),
        TlsError::PeerIncompatible(why) => format!("{host} offers no encryption that Baton accepts ({why:?})."),
        _ => return None,
    })
}

/// The first error of a kind in a chain of causes. I/O errors hide theirs from
/// `source`, so they are opened.
pub(super) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        if let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref)
            && let Some(found) = find::<T>(inner as &(dyn Error + 'static))
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}
