-- SPDX-License-Identifier: Apache-2.0
-- What was asked of clusters and what became of it. `sequence` is the order of acceptance.
CREATE TABLE intents (
  sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  cluster      TEXT NOT NULL,
  intent       BLOB NOT NULL,        -- wire::Intent
  state        TEXT NOT NULL CHECK (state IN ('pending', 'done', 'cancelled')),
  delivered    INTEGER NOT NULL DEFAULT 0,
  accepted_ms  INTEGER NOT NULL,
  finished_ms  INTEGER NOT NULL DEFAULT 0,
  outcome      BLOB                  -- wire::IntentOutcome
) STRICT;
CREATE INDEX intents_cluster ON intents (cluster, state, sequence);
