-- SPDX-License-Identifier: Apache-2.0
-- Whom each machine trusts, as its agent told after it was on its disk: while the controller's CA is
-- changed, nothing is switched before all hold the new one.
CREATE TABLE trust_held (
  machine       TEXT PRIMARY KEY,
  ca_sha256     TEXT NOT NULL,               -- digests, separated by commas
  issuer_sha256 TEXT NOT NULL,               -- of the CA that signed its certificate
  told_ms       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
