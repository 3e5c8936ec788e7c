// SPDX-License-Identifier: Apache-2.0
import { act, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import i18n from "../i18n";
import { draw, drawsPages } from "./harness";
import { absolute, Time } from "./Time";

describe("a time", () => {
  drawsPages();

  it("says how long ago it was, and on hover its day and time", async () => {
    const at = new Date(Date.now() - 3 * 3_600_000 - 60_000).toISOString();
    draw(<Time at={at} />);
    const time = await screen.findByText("3 hours ago");
    expect(time.title).toBe(absolute(at));
    expect(time.title).toContain(String(new Date(at).getFullYear()));
  });

  it("is told anew in another language", async () => {
    draw(<Time at={new Date(Date.now() - 3 * 3_600_000 - 60_000).toISOString()} />);
    await screen.findByText("3 hours ago");
    await act(() => i18n.changeLanguage("zh-CN"));
    expect(screen.getByText("3小时前")).toBeTruthy();
  });

  it("that is not known is a dash", async () => {
    draw(<Time />);
    expect(await screen.findByText("—")).toBeTruthy();
  });
});
