//! Metadata over HTTP.

use std::io::Read;
use std::time::Duration;

use super::source::{FetchError, MetadataSource};

/// Metadata files below an address.
#[derive(Debug, Clone)]
pub struct HttpMetadata {
    agent: ureq::Agent,
    base: String,
}

impl HttpMetadata {
    /// Reads below `base`, with time-outs that suit metadata: it is small.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_global(Some(Duration::from_secs(120)))
            .build();
        Self {
            agent: config.into(),
            base: base.trim_end_matches('/').to_owned(),
        }
    }
}

impl MetadataSource for HttpMetadata {
    fn fetch(&self, file: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let request = self.agent.get(format!("{}/{file}", self.base));
        let answer = request
            .header("accept-encoding", "identity")
            .call()
            .map_err(|error| FetchError::Transport(Box::new(error)))?;
        match answer.status().as_u16() {
            200 => {}
            // Object stores say 403 for what is not there to those who may not list.
            403 | 404 | 410 => return Ok(None),
            status => return Err(FetchError::Status { status }),
        }
        let mut bytes = Vec::new();
        let mut body = answer.into_body().into_reader().take(max.saturating_add(1));
        body.read_to_end(&mut bytes)?;
        if bytes.len() as u64 > max {
            return Err(FetchError::TooLong { max });
        }
        Ok(Some(bytes))
    }
}
