// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { client } from "../api/client";
import i18n from "../i18n";
import { answers, draw, drawsPages } from "../ui/harness";
import { Terminals } from "./Terminals";

vi.mock("../session/me", async (all) => ({ ...(await all<object>()), useMe: () => ({ id: "u1", name: "admin", role: "administrator" }) }));

const t = i18n.getFixedT(null, "pods");
const one = {
  id: "t1",
  node: "worker-1",
  namespace: "shop",
  pod: "web",
  container: "main",
  command: [],
  user: "admin",
  startedAt: "2026-01-01T00:00:00Z",
  attached: true,
  watchers: [],
};

drawsPages();

describe("the list of terminals", () => {
  it("keeps the question whether to end one while its node does not answer", async () => {
    let page: object = { items: [one], unasked: [] };
    vi.spyOn(client, "GET").mockImplementation((() => Promise.resolve({ data: page, response: new Response() })) as never);
    const ended = vi.spyOn(client, "DELETE").mockResolvedValue({ response: new Response() } as never);
    const queries = answers();
    draw(<Terminals />, queries);
    fireEvent.click(await screen.findByRole("button", { name: t("terminal.end") }));
    const question = await screen.findByRole("dialog");
    page = { items: [], unasked: [{ node: "worker-1", why: "it did not answer" }] };
    await act(() => queries.invalidateQueries({ queryKey: ["get"] }));
    await screen.findByText("worker-1: it did not answer");
    expect(screen.queryByText(t("terminals.aShell"))).toBeNull();
    fireEvent.click(within(question).getByRole("button", { name: t("terminal.end") }));
    await waitFor(() => expect(ended).toHaveBeenCalledTimes(1));
    expect(ended.mock.calls[0][1]).toMatchObject({ params: { path: { node: "worker-1", terminal: "t1" } } });
  });
});
