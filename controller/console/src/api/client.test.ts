// SPDX-License-Identifier: Apache-2.0
import { expect, it, vi } from "vitest";
import { client, guardWith } from "./client";

const REFUSED = { type: "urn:slipway:problem:unauthenticated", title: "", status: 401, detail: "", requestId: "" };
const refuse = async () => new Response(JSON.stringify(REFUSED), { status: 401, headers: { "Content-Type": "application/problem+json" } });
const refused = { baseUrl: "http://localhost", fetch: refuse };

it("whoever is no longer signed in is sent to sign in, and the page that asked does not fail before that", async () => {
  const signedOut = vi.fn();
  guardWith({ signedOut, passwordRequired: () => {} });
  const heard = vi.fn();
  void client.GET("/api/v1/me", refused).then(heard, heard);
  // A wrong password is told to the page that asked; it was asked later, so what the other hears it would have heard by then.
  const { error } = await client.POST("/api/v1/login", { ...refused, body: { user: "a", password: "b" } });
  expect(error?.status).toBe(401);
  expect((await client.POST("/api/v1/logout", refused)).error?.status).toBe(401); // who signs out is on the way there
  expect(signedOut).toHaveBeenCalledOnce();
  expect(heard).not.toHaveBeenCalled();
});
