-- SPDX-License-Identifier: Apache-2.0
-- Where what was done lies. The hash of a row covers them where there is one.
ALTER TABLE audit ADD COLUMN cluster TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN name_space TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_cluster ON audit (cluster, name_space, sequence);
CREATE INDEX audit_at ON audit (at_ms);
