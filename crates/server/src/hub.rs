//! The screens that are connected to this process, and what is on its way to each of them.
//!
//! Nothing queues up: "look" is a mark that is there or not, commands and alerts are few. A screen that does not
//! read therefore costs no memory, and the connection that serves it ends by its own time-out. The hub
//! knows neither units nor the database; [`crate::watch`] decides who is told what.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::body::Bytes;
use motcua_sync::api::CommandOrder;
use tokio::time::{Instant, Sleep};

/// Connections that one screen may hold: after a broken network the dead one lingers beside its successor.
const CONNECTIONS_EACH: usize = 4;

/// A comment this often keeps proxies and address translators from forgetting the connection; those that
/// forget soonest do so after 30 s.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// What the comment looks like on the wire.
const COMMENT: &[u8] = b":\n\n";

/// What tells a screen to look for a release.
const LOOK: &[u8] = b"event: look\ndata:\n\n";

/// Commands that wait for one screen; more than a person would give.
const COMMANDS_WAITING: usize = 16;

/// Alerts that wait for one connection; the bytes of one are the same for all. The poll finds the rest.
const ALERTS_WAITING: usize = 64;

/// An alert on its way.
#[derive(Debug, Clone)]
pub struct AlertEvent {
    /// Its place in the order in which alerts were sent.
    pub number: i64,
    /// The event as it stands on the wire.
    pub bytes: Bytes,
}

impl AlertEvent {
    /// The event of an envelope, which has no line break.
    #[must_use]
    pub fn new(number: i64, envelope: &str) -> Self {
        let bytes = Bytes::from(format!("event: alert\ndata: {envelope}\n\n"));
        Self { number, bytes }
    }
}

/// The connected screens of this process.
#[derive(Debug)]
pub struct Hub {
    keep_alive: Duration,
    listeners: Mutex<HashMap<Box<str>, Vec<Arc<Mailbox>>>>,
    connected: AtomicUsize,
    closed: AtomicBool,
}

impl Default for Hub {
    fn default() -> Self {
        Self::commenting_every(KEEP_ALIVE)
    }
}

impl Hub {
    /// A hub that breaks the silence of a connection after this time.
    #[must_use]
    pub fn commenting_every(keep_alive: Duration) -> Self {
        Self {
            keep_alive,
            listeners: Mutex::default(),
            connected: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Connects a screen. It is told to look at once, so that nothing published before is missed.
    #[must_use]
    pub fn connect(self: &Arc<Self>, screen: &str) -> Events {
        let mailbox = Arc::new(Mailbox::default());
        mailbox.change(|post| post.look = true);
        if self.closed.load(Ordering::SeqCst) {
            mailbox.change(|post| post.is_over = true);
        }
        let mut listeners = self.listeners();
        let of_screen = listeners.entry(screen.into()).or_default();
        if of_screen.len() >= CONNECTIONS_EACH {
            let oldest = of_screen.remove(0);
            oldest.change(|post| post.is_over = true);
        }
        of_screen.push(Arc::clone(&mailbox));
        self.connected.fetch_add(1, Ordering::Relaxed);
        Events {
            hub: Arc::clone(self),
            screen: screen.into(),
            mailbox,
            keep_alive: Box::pin(tokio::time::sleep(self.keep_alive)),
        }
    }

    /// Tells these screens to look.
    pub fn look<'a>(&self, screens: impl IntoIterator<Item = &'a str>) {
        let listeners = self.listeners();
        for mailbox in screens
            .into_iter()
            .filter_map(|screen| listeners.get(screen))
            .flatten()
        {
            mailbox.change(|post| post.look = true);
        }
    }

    /// Tells every screen to look.
    pub fn look_all(&self) {
        for mailbox in self.listeners().values().flatten() {
            mailbox.change(|post| post.look = true);
        }
    }

    /// Hands alerts to every connection of a screen, in their order; those that one has had are left out.
    pub fn alert(&self, screen: &str, alerts: &[AlertEvent]) {
        for mailbox in self.listeners().get(screen).into_iter().flatten() {
            mailbox.change(|post| {
                for alert in alerts {
                    if alert.number > post.alerted && post.alerts.len() < ALERTS_WAITING {
                        post.alerted = alert.number;
                        post.alerts.push_back(alert.bytes.clone());
                    }
                }
            });
        }
    }

    /// Hands a command to a screen; false where it is not connected here.
    pub fn command(&self, screen: &str, order: &CommandOrder) -> bool {
        // The newest connection is the one that is most likely alive.
        let newest = self
            .listeners()
            .get(screen)
            .and_then(|of_screen| of_screen.last())
            .cloned();
        let Some(mailbox) = newest else { return false };
        mailbox.change(|post| {
            if post.commands.len() < COMMANDS_WAITING {
                post.commands.push(order.clone());
            }
        });
        true
    }

    /// Ends all connections of a screen.
    pub fn cut(&self, screen: &str) {
        for mailbox in self.listeners().get(screen).into_iter().flatten() {
            mailbox.change(|post| post.is_over = true);
        }
    }

    /// Ends all connections, and those that are still being made.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        for mailbox in self.listeners().values().flatten() {
            mailbox.change(|post| post.is_over = true);
        }
    }

    /// The open connections.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.connected.load(Ordering::Relaxed)
    }

    /// Whether a screen is connected here.
    #[must_use]
    pub fn is_connected(&self, screen: &str) -> bool {
        self.listeners().contains_key(screen)
    }

    /// The screens that are connected here.
    #[must_use]
    pub fn screens(&self) -> Vec<Box<str>> {
        self.listeners().keys().cloned().collect()
    }

    fn listeners(&self) -> MutexGuard<'_, HashMap<Box<str>, Vec<Arc<Mailbox>>>> {
        // Every change of the map is one step, so a panic elsewhere leaves it whole.
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn disconnect(&self, screen: &str, mailbox: &Arc<Mailbox>) {
        let mut listeners = self.listeners();
        if let Some(of_screen) = listeners.get_mut(screen) {
            of_screen.retain(|other| !Arc::ptr_eq(other, mailbox));
            if of_screen.is_empty() {
                listeners.remove(screen);
            }
        }
        self.connected.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What is on its way to one connection.
#[derive(Debug, Default)]
struct Mailbox(Mutex<Post>);

#[derive(Debug, Default)]
struct Post {
    look: bool,
    is_over: bool,
    alerts: VecDeque<Bytes>,
    /// The number of the last alert that was put in.
    alerted: i64,
    commands: Vec<CommandOrder>,
    reader: Option<Waker>,
}

impl Mailbox {
    fn change(&self, change: impl FnOnce(&mut Post)) {
        let reader = {
            let mut post = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut post);
            post.reader.take()
        };
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

/// The events of one connection, as bytes of `text/event-stream`. Dropping it disconnects.
#[derive(Debug)]
pub struct Events {
    hub: Arc<Hub>,
    screen: Box<str>,
    mailbox: Arc<Mailbox>,
    keep_alive: Pin<Box<Sleep>>,
}

impl Events {
    /// The next bytes to send; none when the connection shall end.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let bytes = {
            let mut post = self
                .mailbox
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if post.is_over {
                return Poll::Ready(None);
            }
            if let Some(alert) = post.alerts.pop_front() {
                Some(alert)
            } else if std::mem::take(&mut post.look) {
                Some(Bytes::from_static(LOOK))
            } else if post.commands.is_empty() {
                post.reader = Some(context.waker().clone());
                None
            } else {
                let order = post.commands.remove(0);
                if post.commands.is_empty() {
                    post.commands = Vec::new();
                }
                Some(on_the_wire(&order))
            }
        };
        let due = self.keep_alive.as_mut().poll(context).is_ready();
        let bytes = match bytes {
            Some(bytes) => bytes,
            None if due => Bytes::from_static(COMMENT),
            None => return Poll::Pending,
        };
        let next = Instant::now() + self.hub.keep_alive;
        self.keep_alive.as_mut().reset(next);
        Poll::Ready(Some(bytes))
    }

    /// The next bytes to send; none when the connection shall end.
    pub async fn next(&mut self) -> Option<Bytes> {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.hub.disconnect(&self.screen, &self.mailbox);
    }
}

fn on_the_wire(order: &CommandOrder) -> Bytes {
    // Two plain fields: this cannot fail, and an empty event would be ignored by the screen.
    let data = serde_json::to_string(order).unwrap_or_default();
    Bytes::from(format!("event: command\ndata: {data}\n\n"))
}

impl axum::body::HttpBody for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        self.poll_next(context)
            .map(|bytes| bytes.map(|bytes| Ok(hyper::body::Frame::data(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use motcua_sync::api::Command;

    use super::*;

    fn order(id: &str) -> CommandOrder {
        CommandOrder {
            id: id.into(),
            command: Command::Identify,
        }
    }

    #[tokio::test]
    async fn looks_join_and_commands_keep_their_order() {
        let hub = Arc::new(Hub::default());
        let mut events = hub.connect("a");
        hub.look(["a", "b"]);
        hub.look_all();
        assert!(hub.command("a", &order("1")));
        assert!(hub.command("a", &order("2")));
        assert!(!hub.command("b", &order("3")), "it is not connected");
        assert_eq!(events.next().await.unwrap(), LOOK);
        for id in ["1", "2"] {
            let bytes = events.next().await.unwrap();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            assert!(text.contains(&format!(r#""id":"{id}""#)), "{text}");
        }
        hub.cut("a");
        assert_eq!(events.next().await, None);
        drop(events);
        assert!(!hub.is_connected("a"));
        assert_eq!(hub.connected(), 0);
    }

    #[tokio::test]
    async fn alerts_come_first_once_and_in_their_order() {
        let hub = Arc::new(Hub::default());
        let mut events = hub.connect("a");
        let [one, two] = [1, 2].map(|number| AlertEvent::new(number, &number.to_string()));
        // What was read from the database later may be handed over sooner.
        hub.alert("a", &[one.clone(), two.clone()]);
        hub.alert("a", std::slice::from_ref(&one));
        hub.alert("b", std::slice::from_ref(&one));
        for alert in [one, two] {
            assert_eq!(events.next().await.unwrap(), alert.bytes);
        }
        assert_eq!(events.next().await.unwrap(), LOOK);
        let mut again = hub.connect("a");
        hub.alert("a", &[AlertEvent::new(2, "2"), AlertEvent::new(3, "3")]);
        assert!(events.next().await.unwrap().ends_with(b"3\n\n"));
        assert!(
            again.next().await.unwrap().ends_with(b"2\n\n"),
            "another connection"
        );
    }

    #[tokio::test]
    async fn silence_is_broken_by_comments() {
        let hub = Arc::new(Hub::commenting_every(Duration::from_millis(20)));
        let mut events = hub.connect("a");
        assert_eq!(events.next().await.unwrap(), LOOK);
        assert_eq!(events.next().await.unwrap(), COMMENT);
        assert_eq!(events.next().await.unwrap(), COMMENT);
    }

    #[tokio::test]
    async fn the_oldest_of_too_many_connections_ends() {
        let hub = Arc::new(Hub::default());
        let mut first = hub.connect("a");
        let _rest: Vec<_> = (0..CONNECTIONS_EACH).map(|_| hub.connect("a")).collect();
        assert_eq!(first.next().await, None);
        hub.close();
        assert_eq!(
            hub.connect("b").next().await,
            None,
            "no one comes in any more"
        );
    }
}
