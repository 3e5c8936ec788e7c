// SPDX-License-Identifier: Apache-2.0
import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { client } from "../api/client";
import { answers, draw, drawsPages } from "../ui/harness";
import { type KubernetesObject, objectKey, useBegun } from "./object";

const read = (version: string): KubernetesObject => ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", resourceVersion: version } });

function Form() {
  const { base } = useBegun("demo", "n", "deployments", "web");
  return <output>{base?.metadata.resourceVersion ?? "none"}</output>;
}

drawsPages();
beforeEach(() => vi.restoreAllMocks());

describe("what a form is begun with", () => {
  it("is the object as it is now, not as a page read it before; and stays, whatever is heard later", async () => {
    let version = "2";
    const asked = vi.spyOn(client, "GET").mockImplementation((() => Promise.resolve({ data: read(version), response: new Response() })) as never);
    const queries = answers();
    const key = objectKey("demo", "n", "deployments", "web");
    queries.setQueryData(key, read("1"));
    draw(<Form />, queries);
    expect(screen.getByRole("status").textContent).toBe("none");
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("2"));
    version = "3";
    await queries.invalidateQueries({ queryKey: key });
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
    expect(screen.getByRole("status").textContent).toBe("2");
  });
});
