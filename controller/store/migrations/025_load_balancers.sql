-- SPDX-License-Identifier: Apache-2.0
-- Where a cluster's API server is reached: its load balancer's address; empty: its first master.
ALTER TABLE clusters ADD COLUMN api_address TEXT NOT NULL DEFAULT '';
