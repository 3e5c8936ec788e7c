-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE clusters (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  spec TEXT NOT NULL,                        -- JSON, as asked with defaults
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  network_cidr TEXT NOT NULL DEFAULT '',
  discovery_token TEXT NOT NULL DEFAULT '',  -- etcd's; serves a member of this cluster only
  gateway TEXT,                              -- machine
  created_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  deleted_ms INTEGER                         -- its ledger rows outlive it
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX clusters_by_name ON clusters (name) WHERE deleted_ms IS NULL;

CREATE TABLE machines (
  id TEXT PRIMARY KEY,
  cluster TEXT NOT NULL REFERENCES clusters (id),
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  ordinal INTEGER NOT NULL,                  -- its pod network is the ordinal-th /24
  flavor TEXT NOT NULL,
  resource TEXT NOT NULL DEFAULT '',         -- ledger row of the machine that it has now
  address TEXT NOT NULL DEFAULT '',
  cloud_state TEXT NOT NULL DEFAULT '',      -- what the cloud said last
  cloud_detail TEXT NOT NULL DEFAULT '',
  cloud_ms INTEGER NOT NULL DEFAULT 0,
  ready INTEGER NOT NULL DEFAULT 0,          -- what Kubernetes said last
  ready_reason TEXT NOT NULL DEFAULT '',
  ready_ms INTEGER NOT NULL DEFAULT 0,
  enrolled_ms INTEGER NOT NULL DEFAULT 0,    -- its first link
  bootstrapped INTEGER NOT NULL DEFAULT 0,
  facts BLOB,                                -- wire.NodeFacts
  generation INTEGER NOT NULL DEFAULT 0,     -- of its DesiredNode
  desired_sha256 TEXT NOT NULL DEFAULT '',
  UNIQUE (cluster, name),
  UNIQUE (cluster, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE node_steps (
  machine TEXT NOT NULL REFERENCES machines (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  error TEXT NOT NULL,
  log_tail TEXT NOT NULL,
  PRIMARY KEY (machine, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  id TEXT PRIMARY KEY,                       -- the tag in the cloud
  kind TEXT NOT NULL,
  cluster TEXT NOT NULL REFERENCES clusters (id),
  machine TEXT NOT NULL,
  parent TEXT NOT NULL,
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  cloud_id TEXT NOT NULL,
  device TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_by_cluster ON ledger (cluster);
CREATE UNIQUE INDEX ledger_live ON ledger (cluster, kind, name, purpose) WHERE state <> 'gone';

CREATE TABLE operations (
  id TEXT PRIMARY KEY,
  cluster TEXT NOT NULL REFERENCES clusters (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  by TEXT NOT NULL,
  sequence INTEGER NOT NULL UNIQUE           -- newest last
) STRICT, WITHOUT ROWID;
CREATE INDEX operations_by_cluster ON operations (cluster);

CREATE TABLE operation_steps (
  operation TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,       -- since the last retry
  began_ms INTEGER NOT NULL DEFAULT 0,       -- its time limit counts from here
  started_ms INTEGER NOT NULL DEFAULT 0,
  ended_ms INTEGER NOT NULL DEFAULT 0,
  next_ms INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  log_tail TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (operation, position)
) STRICT, WITHOUT ROWID;
