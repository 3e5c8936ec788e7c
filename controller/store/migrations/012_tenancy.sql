-- SPDX-License-Identifier: Apache-2.0
-- Departments have projects, projects have members. A namespace says by its label which project's
-- it is; what department that is in is said here alone.
CREATE TABLE departments (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  created_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE projects (
  id          TEXT PRIMARY KEY,
  department  TEXT NOT NULL REFERENCES departments (id),
  name        TEXT NOT NULL,
  created_ms  INTEGER NOT NULL,
  UNIQUE (department, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE project_members (
  project  TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role     TEXT NOT NULL,
  PRIMARY KEY (project, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_members_user ON project_members (user);

ALTER TABLE users ADD COLUMN department TEXT REFERENCES departments (id);
ALTER TABLE users ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;  -- the password, before all else

-- What a token leaves of its user's rights; empty: all of them.
ALTER TABLE api_tokens ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_tokens ADD COLUMN cluster TEXT NOT NULL DEFAULT '';
ALTER TABLE api_tokens ADD COLUMN project TEXT NOT NULL DEFAULT '';

ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';

-- Who is locked out by failed logins, so that a restart of the controller unlocks nobody.
CREATE TABLE login_failures (
  key       TEXT PRIMARY KEY,
  failures  INTEGER NOT NULL,
  last_ms   INTEGER NOT NULL,
  until_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
