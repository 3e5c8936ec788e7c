-- SPDX-License-Identifier: Apache-2.0
-- Enrolment tokens, hashed, and the keys that they were bound to. A row outlives its use, so that a
-- token shown again is refused with its own reason.
CREATE TABLE enrolments (
  token_sha256   TEXT PRIMARY KEY,
  token_prefix   TEXT NOT NULL,              -- first 16 digits of the hash: what is looked up
  machine        TEXT NOT NULL,
  cluster        TEXT NOT NULL,
  resource       TEXT NOT NULL,              -- the machine's ledger row
  role           INTEGER NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('open', 'spent', 'void', 'forgotten')),
  issued_ms      INTEGER NOT NULL,
  running_ms     INTEGER,                    -- the token's life begins
  key_sha256     TEXT,                       -- the first public key that showed it
  bound_ms       INTEGER,
  address        TEXT NOT NULL DEFAULT '',   -- that the cloud gave it, at the last certificate
  flagged_ms     INTEGER,
  other_key      TEXT NOT NULL DEFAULT '',   -- the key that came second
  other_from     TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolments_prefix ON enrolments (token_prefix);
CREATE INDEX enrolments_machine ON enrolments (machine);
CREATE INDEX enrolments_key ON enrolments (key_sha256) WHERE key_sha256 IS NOT NULL;
