-- SPDX-License-Identifier: Apache-2.0
-- Who may come in. Passwords are argon2id, cookies and API tokens are kept as SHA-256 only.
CREATE TABLE users (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  role        TEXT NOT NULL,
  password    TEXT NOT NULL,             -- libsodium's encoded argon2id
  created_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
  cookie_sha256  TEXT PRIMARY KEY,
  user           TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_ms     INTEGER NOT NULL,
  seen_ms        INTEGER NOT NULL,
  expires_ms     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user);
CREATE TABLE api_tokens (
  id            TEXT PRIMARY KEY,
  token_sha256  TEXT NOT NULL UNIQUE,
  user          TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name          TEXT NOT NULL,
  created_ms    INTEGER NOT NULL,
  expires_ms    INTEGER NOT NULL,
  used_ms       INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_tokens_user ON api_tokens (user, created_ms);
