-- SPDX-License-Identifier: Apache-2.0
-- Who asked for an intent and what it is about, for lists; empty: the controller itself.
ALTER TABLE intents ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE intents ADD COLUMN summary TEXT NOT NULL DEFAULT '';
CREATE INDEX intents_newest ON intents (cluster, sequence);
CREATE INDEX intents_of_actor ON intents (cluster, actor, sequence);
