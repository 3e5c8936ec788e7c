// SPDX-License-Identifier: Apache-2.0
import type { QueryClient } from "@tanstack/react-query";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Schemas } from "../api/client";
import { useActs, type WorkloadRow } from "../business/act/useActs";
import i18n from "../i18n";
import { NodeActions } from "../management/nodes/NodeActions";
import { usePodColumns } from "../pods/columns";
import { answers, draw, drawsPages } from "../ui/harness";

const CLUSTER = "demo";
const lost = () => i18n.t("link.clusterLost");

/** What the controller said; nothing is asked anew. */
function known(reachable: boolean): QueryClient {
  const queries = answers();
  const say = (path: string, data: object, ...init: object[]) => queries.setQueryData(["get", path, ...init], data);
  say("/api/v1/cluster-names", { items: [{ id: "1", name: CLUSTER, reachable }] }, {});
  say("/api/v1/me", { user: { id: "1", name: "admin", role: "administrator", projects: [] } }, {});
  say("/api/v1/namespaces", { items: [] }, { params: { query: { limit: 500 } } });
  say(
    "/api/v1/clusters/{cluster}/horizontalpodautoscalers",
    { items: [], total: 0 },
    { params: { path: { cluster: CLUSTER }, query: { namespace: "n", limit: 500 } } },
  );
  return queries;
}

const node = {
  id: "1",
  name: "worker-1",
  role: "worker",
  link: { value: "connected" },
  kubernetes: { value: "ready" },
  machine: { value: "active" },
  steps: [],
} as unknown as Schemas["Node"];

function Choices() {
  const { choices } = useActs(CLUSTER, "n", "deployments");
  const row = { name: "web", namespace: "n", uid: "1", status: "running", desired: 1 } as unknown as WorkloadRow;
  return choices(row).map(({ key, hindered }) => (
    <p key={key} data-testid={key}>
      {hindered ?? "possible"}
    </p>
  ));
}

function PodActions() {
  const { columns } = usePodColumns(CLUSTER, "n");
  const pod = { name: "web-1", namespace: "n", uid: "1", status: "Running", containers: [], restarts: 0 } as never;
  return columns.find(({ key }) => key === "actions")?.render(pod);
}

drawsPages();

describe("while a cluster is out of reach", () => {
  it("a node is not drained, and may be cordoned: that waits for the cluster", async () => {
    const queries = known(false);
    draw(<NodeActions cluster={CLUSTER} node={node} />, queries);
    const drain = () => screen.getByRole<HTMLButtonElement>("button", { name: i18n.t("management:node.drain") });
    await waitFor(() => expect(drain().disabled).toBe(true));
    expect(drain().getAttribute("aria-description")).toBe(lost());
    expect(screen.getByRole<HTMLButtonElement>("button", { name: i18n.t("management:node.cordon") }).disabled).toBe(false);
    // it heals without a reload
    act(() => void queries.setQueryData(["get", "/api/v1/cluster-names", {}], { items: [{ id: "1", name: CLUSTER, reachable: true }] }));
    await waitFor(() => expect(drain().disabled).toBe(false));
  });

  it("nothing is done to a workload whose way back is not known; its edits wait", async () => {
    draw(<Choices />, known(false));
    for (const action of ["delete", "scale", "redeploy", "rollback"]) expect((await screen.findByTestId(action)).textContent, action).toBe(lost());
    for (const edit of ["edit", "edit-labels", "yaml"]) expect(screen.getByTestId(edit).textContent, edit).toBe("possible");
  });

  it("all of it is possible again in reach", async () => {
    draw(<Choices />, known(true));
    expect((await screen.findByTestId("delete")).textContent).toBe("possible");
    expect(screen.getAllByText("possible").length).toBeGreaterThan(5);
    expect(screen.queryByText(lost())).toBeNull();
  });

  it("a pod is not deleted", async () => {
    draw(<PodActions />, known(false));
    fireEvent.click(await screen.findByRole("button", { name: new RegExp(i18n.t("action.more")) }));
    const item = await screen.findByRole("menuitem", { name: new RegExp(i18n.t("action.delete")) });
    expect(item.getAttribute("aria-disabled")).toBe("true");
    expect(item.querySelector("[aria-description]")?.getAttribute("aria-description")).toBe(lost());
  });
});
