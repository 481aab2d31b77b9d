-- Which keys may alert a unit and those below it, as it is wanted: public keys as JSON. What screens believe
-- is the signed alerts.json made of it.
CREATE TABLE alert_keys (
    unit       TEXT PRIMARY KEY REFERENCES units (id),
    threshold  BIGINT NOT NULL,
    keys       TEXT NOT NULL
);

-- The lock of sending is the one row of this table: alerts are numbered without a gap in the order in which
-- they are committed, so that a screen which was told one has been told all before it.
CREATE TABLE alert_counter (
    id      BIGINT PRIMARY KEY,
    number  BIGINT NOT NULL
);
INSERT INTO alert_counter (id, number) VALUES (1, 0);

-- Alerts as they came, each envelope one line of JSON. `right_of` is the unit whose right to alert was used.
CREATE TABLE alerts (
    number       BIGINT PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    unit         TEXT NOT NULL REFERENCES units (id),
    right_of     TEXT NOT NULL,
    expires      BIGINT NOT NULL,
    received_ms  BIGINT NOT NULL,
    envelope     TEXT NOT NULL,
    ended_by     TEXT
);
CREATE INDEX alerts_by_end ON alerts (expires);

-- How far each key has counted.
CREATE TABLE alert_floors (
    keyid    TEXT PRIMARY KEY,
    counter  BIGINT NOT NULL
);

-- What became of an alert on each screen. `outcome`: 'refused', 'received', 'shown'.
CREATE TABLE alert_outcomes (
    alert    TEXT NOT NULL,
    screen   TEXT NOT NULL REFERENCES screens (id) ON DELETE CASCADE,
    outcome  TEXT NOT NULL,
    why      TEXT,
    at_ms    BIGINT NOT NULL,
    PRIMARY KEY (alert, screen)
);
