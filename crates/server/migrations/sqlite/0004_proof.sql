-- The server's keys for countersignatures and roots; the newest signs.
CREATE TABLE proof_keys (
    id          TEXT PRIMARY KEY,
    public_key  TEXT NOT NULL,
    made_at     BIGINT NOT NULL
);

-- What each chain has come to. `countersign` is the line for that head, `state` what the roll-ups need to go on.
-- Records through `pruned_seq` are not kept raw any more; roll-ups through `pruned_day` cannot be made again.
CREATE TABLE proof_chains (
    id            INTEGER PRIMARY KEY,
    screen        TEXT NOT NULL,
    chain         TEXT NOT NULL,
    public_key    TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    hash          TEXT NOT NULL,
    begun_at      BIGINT NOT NULL,
    taken_at      BIGINT NOT NULL,
    countersign   TEXT,
    state         TEXT NOT NULL,
    pruned_seq    BIGINT NOT NULL DEFAULT 0,
    pruned_day    BIGINT,
    pruned_state  TEXT,
    UNIQUE (screen, chain)
);

-- Records as they came: gzip of their lines without the hashes, which follow from `before_hash`.
CREATE TABLE proof_batches (
    chain        BIGINT NOT NULL REFERENCES proof_chains (id),
    first_seq    BIGINT NOT NULL,
    last_seq     BIGINT NOT NULL,
    before_hash  TEXT NOT NULL,
    hash         TEXT NOT NULL,
    taken_at     BIGINT NOT NULL,
    first_day    BIGINT NOT NULL,
    last_day     BIGINT NOT NULL,
    countersign  TEXT NOT NULL,
    lines        BLOB NOT NULL,
    PRIMARY KEY (chain, first_seq)
);
CREATE INDEX proof_batches_by_age ON proof_batches (taken_at);

-- Records that the screen gave up.
CREATE TABLE proof_gaps (
    chain        BIGINT NOT NULL REFERENCES proof_chains (id),
    from_seq     BIGINT NOT NULL,
    through_seq  BIGINT NOT NULL,
    noted_at     BIGINT NOT NULL,
    PRIMARY KEY (chain, from_seq)
);

-- Another past that the screen offered for a chain.
CREATE TABLE proof_forks (
    chain     BIGINT NOT NULL REFERENCES proof_chains (id),
    seq       BIGINT NOT NULL,
    hash      TEXT NOT NULL,
    first_at  BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    times     BIGINT NOT NULL,
    PRIMARY KEY (chain, seq, hash)
);

-- What can be shown; an empty text stands for none.
CREATE TABLE proof_subjects (
    id         INTEGER PRIMARY KEY,
    item       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    content    TEXT NOT NULL,
    topic      TEXT NOT NULL,
    procedure  TEXT NOT NULL,
    UNIQUE (item, kind, content, topic, procedure)
);
CREATE INDEX proof_subjects_by_procedure ON proof_subjects (procedure);

-- Days are counted from 1970-01-01 in the server's zone.
CREATE TABLE proof_shown (
    chain       BIGINT NOT NULL,
    subject     BIGINT NOT NULL,
    day         BIGINT NOT NULL,
    showings    BIGINT NOT NULL,
    ms          BIGINT NOT NULL,
    unknown     BIGINT NOT NULL,
    unknown_ms  BIGINT NOT NULL,
    PRIMARY KEY (chain, subject, day)
) WITHOUT ROWID;

-- The first and the last day of each row of `proof_shown`.
CREATE TABLE proof_seen (
    chain      BIGINT NOT NULL,
    subject    BIGINT NOT NULL,
    first_day  BIGINT NOT NULL,
    last_day   BIGINT NOT NULL,
    PRIMARY KEY (chain, subject)
) WITHOUT ROWID;

-- Air time by topic; `unit` is where the screen belonged when that day's first record came.
CREATE TABLE proof_air (
    day         BIGINT NOT NULL,
    chain       BIGINT NOT NULL,
    topic       TEXT NOT NULL,
    unit        TEXT NOT NULL,
    showings    BIGINT NOT NULL,
    ms          BIGINT NOT NULL,
    unknown     BIGINT NOT NULL,
    unknown_ms  BIGINT NOT NULL,
    PRIMARY KEY (day, chain, topic)
) WITHOUT ROWID;

-- When the display worked with a release: `spans` are "from-until" in milliseconds since 1970, in order.
CREATE TABLE proof_working (
    chain     BIGINT NOT NULL,
    day       BIGINT NOT NULL,
    release   TEXT NOT NULL,
    unit      TEXT NOT NULL,
    first_ms  BIGINT NOT NULL,
    last_ms   BIGINT NOT NULL,
    spans     TEXT NOT NULL,
    PRIMARY KEY (chain, day, release)
) WITHOUT ROWID;

-- What was published, kept for longer than its files. `show` is the text of show.toml, `procedures` the hashes
-- of the procedures' files as JSON.
CREATE TABLE proof_releases (
    sha256      TEXT PRIMARY KEY,
    unit        TEXT NOT NULL,
    number      BIGINT NOT NULL,
    signed_at   BIGINT NOT NULL,
    title       TEXT NOT NULL,
    show        BLOB NOT NULL,
    procedures  TEXT NOT NULL
);

-- Facts of a procedure as one file said them; `facts` is JSON.
CREATE TABLE proof_procedures (
    sha256  TEXT PRIMARY KEY,
    code    TEXT NOT NULL,
    facts   TEXT NOT NULL
);

-- The roots of days. `heads` is gzip of the lines "screen chain seq hash" in the order of the tree.
CREATE TABLE proof_roots (
    day      BIGINT PRIMARY KEY,
    root     TEXT NOT NULL,
    line     TEXT NOT NULL,
    chains   BIGINT NOT NULL,
    made_at  BIGINT NOT NULL,
    heads    BLOB NOT NULL
);

-- Counts of what visitors did, by screen and day.
CREATE TABLE proof_tallies (
    screen   TEXT NOT NULL,
    day      BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    number   BIGINT NOT NULL,
    PRIMARY KEY (screen, day, kind, subject)
) WITHOUT ROWID;
