// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it, vi } from "vitest";
import i18n from ".";

afterEach(() => vi.restoreAllMocks());

it("a word that is not there is told, unless the place has its own", () => {
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  const t = i18n.t as (key: string, options?: object) => string;
  t("state.running");
  t("state.NeverHeardOf", { defaultValue: "NeverHeardOf" });
  expect(told).not.toHaveBeenCalled();
  t("menu.nowhere");
  expect(told).toHaveBeenCalledWith("no words for common:menu.nowhere");
});
