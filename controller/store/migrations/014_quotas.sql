-- SPDX-License-Identifier: Apache-2.0
-- Budgets of departments and projects, and what namespaces were allotted of them. No row for a
-- resource: unlimited. Figures are whole numbers: thousandths of a core, bytes, objects.
CREATE TABLE budgets (
  owner    TEXT PRIMARY KEY,  -- a department's or a project's id
  version  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE budget_amounts (
  owner     TEXT NOT NULL REFERENCES budgets (owner) ON DELETE CASCADE,
  resource  TEXT NOT NULL,
  amount    INTEGER NOT NULL,
  PRIMARY KEY (owner, resource)
) STRICT, WITHOUT ROWID;

-- Written before the cluster is asked to make the namespace, gone when it has it no more.
CREATE TABLE allotments (
  cluster     TEXT NOT NULL,
  namespace   TEXT NOT NULL,
  project     TEXT NOT NULL,  -- whose budget it is of; empty: of none
  version     INTEGER NOT NULL,
  intent      TEXT NOT NULL,  -- that makes or moves it, until it is answered
  seen        INTEGER NOT NULL,  -- the mirror has shown the namespace
  touched_ms  INTEGER NOT NULL,
  PRIMARY KEY (cluster, namespace)
) STRICT, WITHOUT ROWID;
CREATE INDEX allotments_project ON allotments (project);
CREATE TABLE allotment_amounts (
  cluster    TEXT NOT NULL,
  namespace  TEXT NOT NULL,
  resource   TEXT NOT NULL,
  amount     INTEGER,  -- NULL: unlimited
  before     INTEGER,  -- what the cluster may still hold of an earlier figure; NULL: nothing
  PRIMARY KEY (cluster, namespace, resource),
  FOREIGN KEY (cluster, namespace) REFERENCES allotments (cluster, namespace) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
