-- Screens that were taken. Their unit and name are in `assignments`; of the token only the hash is kept.
CREATE TABLE screens (
    id            TEXT PRIMARY KEY,
    public_key    TEXT NOT NULL,
    token_sha256  TEXT NOT NULL UNIQUE,
    accepted_at   BIGINT NOT NULL,
    heartbeat     TEXT,
    heartbeat_at  BIGINT
);

-- Screens that ask to be taken. `state`: 'waiting', 'offered', 'accepted'. `acceptance` names the attempt of
-- an operator that the offer belongs to; of one attempt at most one enrolment becomes 'accepted'.
CREATE TABLE enrolments (
    id            TEXT PRIMARY KEY,
    address       TEXT NOT NULL,
    made_at       BIGINT NOT NULL,
    public_key    TEXT NOT NULL,
    pake          TEXT NOT NULL,
    state         TEXT NOT NULL,
    acceptance    TEXT,
    offer         TEXT,
    expected      TEXT,
    token_sha256  TEXT,
    unit          TEXT,
    name          TEXT
);
CREATE INDEX enrolments_by_acceptance ON enrolments (acceptance);

CREATE TABLE commands (
    id            TEXT PRIMARY KEY,
    screen        TEXT NOT NULL REFERENCES screens (id) ON DELETE CASCADE,
    command       TEXT NOT NULL,
    made_at       BIGINT NOT NULL,
    delivered_at  BIGINT,
    answered_at   BIGINT,
    done          BIGINT,
    message       TEXT,
    picture       TEXT
);
CREATE INDEX commands_by_screen ON commands (screen, made_at);

-- What people and programs show to the server; only the hash is kept.
CREATE TABLE tokens (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    unit     TEXT REFERENCES units (id),
    sha256   TEXT NOT NULL UNIQUE,
    made_at  BIGINT NOT NULL
);

-- How often an address did something within a window of time that began at `started`.
CREATE TABLE attempts (
    what     TEXT NOT NULL,
    address  TEXT NOT NULL,
    started  BIGINT NOT NULL,
    number   BIGINT NOT NULL,
    PRIMARY KEY (what, address, started)
);
