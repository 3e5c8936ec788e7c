// SPDX-License-Identifier: Apache-2.0
import { cleanup, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import i18n from "../../i18n";
import { draw, drawsPages } from "../../ui/harness";
import { NodeShell } from "./NodeShell";

drawsPages();

async function opener(agent: Schemas["Node"]["agent"], link: object = { value: "connected", since: "2026-11-26T00:00:00Z" }) {
  const node = { id: "1", name: "worker-1", role: "worker", link, kubernetes: { value: "ready" }, machine: { value: "active" }, steps: [], agent };
  draw(<NodeShell cluster="demo" node={node as unknown as Schemas["Node"]} />);
  return screen.findByRole<HTMLButtonElement>("button", { name: new RegExp(i18n.t("management:shell.open")) });
}

describe("the button that opens a shell on a node", () => {
  it("is off where the node's own switch is, and says so before anybody asks", async () => {
    for (const language of ["en", "zh-CN"]) {
      await i18n.changeLanguage(language);
      const button = await opener({ version: "1.0", nodeShell: { allowed: false, asOf: "2026-11-26T00:00:00Z" } });
      expect(button.disabled).toBe(true);
      expect(button.getAttribute("aria-description")).toBe(i18n.t("management:shell.switchedOff"));
      expect(button.getAttribute("aria-description")).toContain("node_shell: true");
      expect(screen.queryByText(i18n.t("management:shell.none"))).toBeNull();
      cleanup();
    }
  });

  it("is on where the switch is, and where an agent of before does not tell it", async () => {
    for (const nodeShell of [{ allowed: true }, undefined]) {
      expect((await opener({ version: "1.0", nodeShell })).disabled).toBe(false);
      cleanup();
    }
  });

  it("names the lost link first: the switch may be another one behind it", async () => {
    const button = await opener({ nodeShell: { allowed: false } }, { value: "disconnected", detail: "silent" });
    expect(button.getAttribute("aria-description")).toBe(i18n.t("management:shell.noLink", { why: "silent" }));
  });
});
