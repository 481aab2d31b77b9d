//! Screens that have shown something: their chains, and what they send of them.

use jiff::{Timestamp, ToSpan as _};
use motcua_proof::{
    Boot, Chain, ChainId, Ended, Head, Header, PublicKey, Sealed, Statement as _, What,
};
use motcua_server::proofs::batch::Batch;
use motcua_server::screens::Known;
use motcua_show::release::Sha256Hex;
use motcua_sync::identity::ScreenKey;

/// A screen with its chain.
pub struct Player {
    pub key: ScreenKey,
    pub chain: Chain,
    pub lines: Vec<String>,
    /// Where the chain had come to before each line, and after the last.
    pub heads: Vec<Head>,
    pub boot: Boot,
}

impl Player {
    pub fn new() -> Self {
        Self::of(ScreenKey::generate().unwrap(), 1)
    }

    pub fn of(key: ScreenKey, number: u8) -> Self {
        let id = PublicKey::of_bytes(key.public_key()).fingerprint();
        let chain = Chain::new(&id, ChainId::of_random([number; 8]));
        Self {
            key,
            heads: vec![chain.head().clone()],
            chain,
            lines: Vec::new(),
            boot: Boot::of_random([number; 8]),
        }
    }

    pub fn public_key(&self) -> PublicKey {
        PublicKey::of_bytes(self.key.public_key())
    }

    pub fn known(&self) -> Known {
        Known {
            id: self.head().screen.clone(),
            public_key: self.public_key().to_string(),
        }
    }

    pub fn head(&self) -> &Head {
        self.chain.head()
    }

    /// Appends a record; returns its place in the chain.
    pub fn append(&mut self, at: Timestamp, what: What) -> u64 {
        let line = self.chain.append(&self.boot, at, 0, what).unwrap();
        self.lines.push(line);
        self.heads.push(self.head().clone());
        self.head().seq
    }

    /// An item is shown for so long; returns when it ended.
    pub fn show(&mut self, at: Timestamp, what: What, shown_ms: u64) -> Timestamp {
        let of = self.append(at, what);
        let until = after(at, shown_ms);
        let why = Ended::Over;
        self.append(until, What::Ended { of, shown_ms, why });
        until
    }

    /// The body with the records from the `from`th on (from 0), `count` of them.
    pub fn body(&self, from: usize, count: usize) -> String {
        self.sealed(from, count, &self.heads[from])
    }

    /// The same with another beginning.
    pub fn sealed(&self, from: usize, count: usize, after: &Head) -> String {
        let mut lines = vec![
            Header::new(after.clone(), self.public_key())
                .line()
                .unwrap(),
        ];
        lines.extend_from_slice(&self.lines[from..from + count]);
        let sealed = Sealed {
            head: self.heads[from + count].clone(),
            at: "2026-11-23T12:00:00Z".parse().unwrap(),
        };
        let line = sealed.line(&self.public_key(), |bytes| self.key.sign(bytes));
        lines.push(line.unwrap());
        lines.join("\n") + "\n"
    }

    /// The same as it is read and verified.
    pub fn batch(&self, from: usize, count: usize) -> Batch {
        Batch::read(self.body(from, count).as_bytes(), false, &self.known()).unwrap()
    }
}

pub fn after(at: Timestamp, ms: u64) -> Timestamp {
    at.checked_add(i64::try_from(ms).unwrap().milliseconds())
        .unwrap()
}

/// A showing of `item`, with a topic and a procedure where they are not empty.
pub fn shown(item: &str, topic: &str, procedure: &str) -> What {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    What::Shown {
        item: Some(item.to_owned()),
        kind: "image".to_owned(),
        content: Sha256Hex::of_digest([7; 32]),
        release: None,
        playlist: Some("loop".to_owned()),
        topic: text(topic),
        procedure: text(procedure),
    }
}

pub fn working(minutes: u64, release: &Sha256Hex) -> What {
    What::Working {
        for_ms: minutes * 60_000,
        release: Some(release.clone()),
    }
}

pub fn started() -> What {
    What::Started {
        version: "0.1.0".to_owned(),
    }
}
