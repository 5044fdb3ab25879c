//! TLS to the mail server, from the first byte (RFC 8314) or after STARTTLS (RFC 3207). The certificate is always checked.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::transport::TransportError;

pub(super) struct Encryption {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Encryption {
    /// Trusts what the system trusts, and `authorities` (PEM) besides.
    pub fn new(host: &str, authorities: Option<&[u8]>) -> Result<Self, TransportError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = authorities {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate =
                    certificate.map_err(|error| TransportError::CaFile(std::io::Error::other(error.to_string())))?;
                roots.add(certificate).map_err(TransportError::Certificates)?;
            }
        }
        // The provider is named: a process that has two would have no default one, and panic at its first handshake.
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TransportError::Certificates)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).map_err(|_| TransportError::Name)?;
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }

    pub async fn handshake(&self, stream: TcpStream) -> std::io::Result<Box<TlsStream<TcpStream>>> {
        self.connector.connect(self.name.clone(), stream).await.map(Box::new)
    }
}
