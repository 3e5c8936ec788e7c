-- SPDX-License-Identifier: Apache-2.0
-- Who may log in to the nodes by SSH: public keys alone.
CREATE TABLE key_pairs (
  name         TEXT PRIMARY KEY,
  public_key   TEXT NOT NULL,             -- one line, as in authorized_keys
  fingerprint  TEXT NOT NULL,             -- SHA256:…
  created_ms   INTEGER NOT NULL,
  created_by   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
