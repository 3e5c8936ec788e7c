-- SPDX-License-Identifier: Apache-2.0
-- Which program of the agent each machine shall run, and what its agent told of it last. The statement
-- and its signature are kept as they were asked for, whatever becomes of the release directory.
ALTER TABLE machines ADD COLUMN release_sha256 TEXT NOT NULL DEFAULT '';     -- empty: the image's
ALTER TABLE machines ADD COLUMN release_version TEXT NOT NULL DEFAULT '';
ALTER TABLE machines ADD COLUMN release_statement BLOB;
ALTER TABLE machines ADD COLUMN release_signature BLOB;
ALTER TABLE machines ADD COLUMN release_attempt INTEGER NOT NULL DEFAULT 0;  -- 0: never asked for
ALTER TABLE machines ADD COLUMN release_round TEXT NOT NULL DEFAULT '';      -- of an operation's step
ALTER TABLE machines ADD COLUMN release_missed INTEGER NOT NULL DEFAULT 0;   -- asked while out of reach
ALTER TABLE machines ADD COLUMN release_told BLOB;                           -- wire::ReleaseState
ALTER TABLE machines ADD COLUMN release_told_ms INTEGER NOT NULL DEFAULT 0;
