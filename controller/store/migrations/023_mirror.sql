-- SPDX-License-Identifier: Apache-2.0
-- The mirror's last state, so that it can be read after a restart. Rows are wire::MirrorRow.
CREATE TABLE mirror_kinds (
  cluster   TEXT NOT NULL,
  kind      TEXT NOT NULL,
  as_of_ms  INTEGER NOT NULL,
  error     TEXT NOT NULL,
  PRIMARY KEY (cluster, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE mirror_rows (
  cluster   TEXT NOT NULL,
  kind      TEXT NOT NULL,
  uid       TEXT NOT NULL,
  row       BLOB NOT NULL,
  PRIMARY KEY (cluster, kind, uid)
) STRICT;
