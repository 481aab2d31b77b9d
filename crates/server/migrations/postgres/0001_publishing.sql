-- The lock of publishing is the one row of this table; `generation` grows with every publication,
-- `collections` with every removal of blobs, `moves` with every change of an assignment.
CREATE TABLE publishing (
    id          BIGINT PRIMARY KEY,
    generation  BIGINT NOT NULL,
    collections BIGINT NOT NULL,
    moves       BIGINT NOT NULL,
    -- The wish to take keys off, as JSON, while it waits for signatures.
    take_off    TEXT
);
INSERT INTO publishing (id, generation, collections, moves) VALUES (1, 0, 0, 0);

CREATE TABLE change_counter (
    id      BIGINT PRIMARY KEY,
    number  BIGINT NOT NULL
);
INSERT INTO change_counter (id, number) VALUES (1, 0);

CREATE TABLE changes (
    number  BIGINT PRIMARY KEY,
    change  TEXT NOT NULL
);

-- Signed metadata, byte for byte as it is served.
CREATE TABLE metadata (
    role     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    bytes    BYTEA NOT NULL,
    PRIMARY KEY (role, version)
);

-- Versions that screens reported, above which the next one must lie (after a restore from an old copy).
CREATE TABLE floors (
    role     TEXT PRIMARY KEY,
    version  BIGINT NOT NULL
);

-- Metadata that waits for signatures from outside; at most one a role, the newest.
CREATE TABLE unsigned (
    role     TEXT PRIMARY KEY,
    version  BIGINT NOT NULL,
    bytes    BYTEA NOT NULL
);

-- Who signs for a role: public keys as JSON. The role "units" holds for units without an own row.
CREATE TABLE signers (
    role       TEXT PRIMARY KEY,
    threshold  BIGINT NOT NULL,
    keys       TEXT NOT NULL
);

-- Documents that metadata names by their hash.
CREATE TABLE targets (
    path    TEXT NOT NULL,
    sha256  TEXT NOT NULL,
    bytes   BYTEA NOT NULL,
    PRIMARY KEY (path, sha256)
);

-- The tree as it is wanted; what screens believe is the signed units.json made of it.
CREATE TABLE units (
    id         TEXT PRIMARY KEY,
    place      BIGINT NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    parent     TEXT REFERENCES units (id),
    first_day  TEXT,
    last_day   TEXT,
    successor  TEXT REFERENCES units (id)
);

-- Which unit a screen belongs to, as it is wanted.
CREATE TABLE assignments (
    screen  TEXT PRIMARY KEY,
    unit    TEXT NOT NULL REFERENCES units (id),
    name    TEXT NOT NULL
);
CREATE INDEX assignments_by_unit ON assignments (unit);

-- Releases of units. `state`: 'unsigned', 'current', 'past'.
CREATE TABLE releases (
    unit       TEXT NOT NULL REFERENCES units (id),
    number     BIGINT NOT NULL,
    signed_at  BIGINT NOT NULL,
    title      TEXT NOT NULL,
    state      TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE release_blobs (
    unit    TEXT NOT NULL,
    number  BIGINT NOT NULL,
    sha256  TEXT NOT NULL,
    PRIMARY KEY (unit, number, sha256),
    FOREIGN KEY (unit, number) REFERENCES releases (unit, number) ON DELETE CASCADE
);
CREATE INDEX release_blobs_by_hash ON release_blobs (sha256);
