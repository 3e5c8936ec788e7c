-- SPDX-License-Identifier: Apache-2.0
-- Operations on one node of a cluster, and masters that join an etcd which is there already.
ALTER TABLE operations ADD COLUMN subject TEXT NOT NULL DEFAULT '';   -- machine id, or nothing
ALTER TABLE machines ADD COLUMN joins_etcd INTEGER NOT NULL DEFAULT 0;
