-- SPDX-License-Identifier: Apache-2.0
-- etcd's discovery (v2): one token a cluster, and the members that registered with it.
CREATE TABLE discovery_tokens (
  token     TEXT PRIMARY KEY,
  cluster   TEXT NOT NULL UNIQUE,
  size      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE discovery_members (
  token     TEXT NOT NULL REFERENCES discovery_tokens (token) ON DELETE CASCADE,
  member    TEXT NOT NULL,        -- etcd's member id, hex
  value     TEXT NOT NULL,        -- name=peer URL
  created   INTEGER NOT NULL,     -- the token's index at that moment
  PRIMARY KEY (token, member),
  UNIQUE (token, created)
) STRICT, WITHOUT ROWID;
