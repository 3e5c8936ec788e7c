// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { client } from "../api/client";
import { answers, draw, drawsPages } from "../ui/harness";
import { useSignOut } from "./me";

function Out() {
  const signOut = useSignOut();
  return <button onClick={() => void signOut()}>out</button>;
}

drawsPages();

describe("signing out", () => {
  it("says that it failed: the session lives, and whoever comes next would have it", async () => {
    vi.spyOn(client, "POST").mockResolvedValue({ error: { status: 503, detail: "nobody answered" }, response: new Response() } as never);
    const queries = answers();
    const clear = vi.spyOn(queries, "clear");
    draw(<Out />, queries);
    fireEvent.click(screen.getByText("out"));
    await screen.findByText("nobody answered");
    expect(clear).not.toHaveBeenCalled();
  });
});
