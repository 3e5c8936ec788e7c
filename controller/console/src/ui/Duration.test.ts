// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import i18n from "../i18n";
import { duration } from "./Duration";

describe("duration", () => {
  beforeAll(async () => {
    await i18n.changeLanguage("en");
  });
  it("has two units at most", () => {
    expect([0, 40, 1234, 61_000, 3_600_000, 90_061_000].map(duration)).toEqual(["0 sec", "0 sec", "1.2 sec", "1 min 1 sec", "1 hr", "1 day 1 hr"]);
  });
});
