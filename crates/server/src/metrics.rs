//! Numbers for Prometheus. Each server of a process has its own recorder, so that two of them (in a test)
//! do not count into one another.

use std::fmt;

use metrics::{Key, Label, Level, Metadata, Recorder as _, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

const REQUESTS: &str = "motcua_requests_total";
const SECONDS: &str = "motcua_request_seconds";
const PUBLISHED: &str = "motcua_releases_published_total";
const TAKEN_IN: &str = "motcua_blob_bytes_received_total";
const SENT: &str = "motcua_blob_bytes_sent_total";
const CONNECTED: &str = "motcua_screens_connected";

/// From a poll answered out of memory to an upload over a slow line, in seconds.
const BUCKETS: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0];

const METADATA: Metadata<'static> =
    Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// The numbers of one server.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

/// The numbers cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("the metrics cannot be set up: {0}")]
pub struct MetricsError(#[from] metrics_exporter_prometheus::BuildError);

impl Metrics {
    /// Numbers that all stand at zero.
    ///
    /// # Errors
    /// When the recorder refuses its settings.
    pub fn new() -> Result<Self, MetricsError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)?
            .build_recorder();
        let described: [(&str, Unit, &str); 4] = [
            (REQUESTS, Unit::Count, "Requests by route and status."),
            (PUBLISHED, Unit::Count, "Releases that became current."),
            (
                TAKEN_IN,
                Unit::Bytes,
                "Bytes of blobs taken in from authors.",
            ),
            (
                SENT,
                Unit::Bytes,
                "Bytes of blobs handed to screens by this process.",
            ),
        ];
        for (name, unit, text) in described {
            recorder.describe_counter(name.into(), Some(unit), text.into());
        }
        recorder.describe_histogram(
            SECONDS.into(),
            Some(Unit::Seconds),
            "Time to an answer's head.".into(),
        );
        recorder.describe_gauge(
            CONNECTED.into(),
            Some(Unit::Count),
            "Screens connected here.".into(),
        );
        let handle = recorder.handle();
        Ok(Self { recorder, handle })
    }

    /// Counts a request to `route` that was answered with `status` after `seconds`.
    pub fn request(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let route = Label::new("route", format!("{method} {route}"));
        let labels = vec![route.clone(), Label::new("status", status.to_string())];
        self.count(REQUESTS, labels, 1);
        let key = Key::from_parts(SECONDS, vec![route]);
        self.recorder
            .register_histogram(&key, &METADATA)
            .record(seconds);
    }

    /// Counts a release that became current.
    pub fn published(&self) {
        self.count(PUBLISHED, Vec::new(), 1);
    }

    /// Counts bytes of a blob that an author sent.
    pub fn taken_in(&self, bytes: u64) {
        self.count(TAKEN_IN, Vec::new(), bytes);
    }

    /// Counts bytes of a blob on their way to a screen.
    pub fn sent(&self, bytes: u64) {
        self.count(SENT, Vec::new(), bytes);
    }

    /// Everything in Prometheus' text format; `connected` is known to the hub.
    #[must_use]
    pub fn render(&self, connected: usize) -> String {
        let gauge = self
            .recorder
            .register_gauge(&Key::from_static_name(CONNECTED), &METADATA);
        // Connections are far fewer than what an f64 counts exactly.
        gauge.set(u32::try_from(connected).map_or(f64::MAX, f64::from));
        self.handle.run_upkeep();
        self.handle.render()
    }

    fn count(&self, name: &'static str, labels: Vec<Label>, number: u64) {
        let key = Key::from_parts(SharedString::const_str(name), labels);
        self.recorder
            .register_counter(&key, &METADATA)
            .increment(number);
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}
