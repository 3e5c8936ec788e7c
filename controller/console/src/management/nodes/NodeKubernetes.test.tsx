// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import i18n from "../../i18n";
import { answers, draw, drawsPages } from "../../ui/harness";
import { NodeKubernetes } from "./NodeKubernetes";
import { changeNode, type NodeObject } from "./nodeObject";

vi.mock("./nodeObject", async (all) => ({ ...(await all<object>()), changeNode: vi.fn() }));

const nodeWith = (labels: Record<string, string>): NodeObject => ({ apiVersion: "v1", kind: "Node", metadata: { name: "w", resourceVersion: "1", labels } });
const KEY = ["get", "/api/v1/clusters/{cluster}/objects/nodes/{name}", { cluster: "demo", node: "w" }];

drawsPages();
beforeEach(() => void vi.mocked(changeNode).mockReset()); // a function that is returned would be called

describe("a node's labels", () => {
  it("keep what others changed while the dialog was open", async () => {
    const queries = answers();
    queries.setQueryData(KEY, nodeWith({ zone: "a" }));
    const sent: NodeObject[] = [];
    const theirs = nodeWith({ zone: "a", team: "theirs" });
    vi.mocked(changeNode).mockImplementation((_cluster, _node, change) => {
      sent.push(change(theirs));
      return Promise.resolve("done");
    });
    draw(<NodeKubernetes cluster="demo" node="w" />, queries);
    fireEvent.click(screen.getAllByRole("button", { name: i18n.t("action.edit") })[0]);
    fireEvent.click(await screen.findByRole("button", { name: new RegExp(i18n.t("pairs.add")) }));
    act(() => void queries.setQueryData(KEY, theirs)); // the page hears of it
    await screen.findByText("team=theirs");
    fireEvent.change(screen.getAllByLabelText(i18n.t("pairs.key")).at(-1) as HTMLElement, { target: { value: "mine" } });
    fireEvent.click(screen.getByRole("button", { name: i18n.t("action.save") }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0].metadata.labels).toEqual({ zone: "a", team: "theirs", mine: "" });
  });
});
