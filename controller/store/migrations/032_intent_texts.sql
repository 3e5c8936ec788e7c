-- SPDX-License-Identifier: Apache-2.0
-- What was asked and answered, in a table of its own: a list of intents passes over no pages of it.
CREATE TABLE intent_texts (
  id      TEXT PRIMARY KEY REFERENCES intents (id) ON DELETE CASCADE,
  intent  BLOB,                    -- wire::Intent; NULL: done, or no longer kept
  outcome BLOB                     -- wire::IntentOutcome without the API server's body
) STRICT;
INSERT INTO intent_texts (id, intent, outcome) SELECT id, intent, outcome FROM intents;
ALTER TABLE intents DROP COLUMN intent;
ALTER TABLE intents DROP COLUMN outcome;
ALTER TABLE intents ADD COLUMN ok INTEGER;  -- of the whole; NULL: not known
ALTER TABLE intents ADD COLUMN message TEXT NOT NULL DEFAULT '';
