-- SPDX-License-Identifier: Apache-2.0
-- What is read at each link (who else is in the cluster) and every few seconds (who is awaited): without these the rows
-- themselves, with what their agents said of them, would be read.
CREATE INDEX machines_peers ON machines (cluster, ordinal, name, role, address);
CREATE INDEX machines_awaited ON machines (cluster) WHERE bootstrapped = 0;
