// SPDX-License-Identifier: Apache-2.0
import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import type { Refusal } from "./refusal";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];
export type { paths };

/** What the page does when the controller no longer knows who asks, or wants another password first. */
export interface Gate {
  signedOut(): void;
  passwordRequired(): void;
}

let gate: Gate = { signedOut: () => {}, passwordRequired: () => {} };
export function guardWith(next: Gate) {
  gate = next;
}

/** A socket's refusal says the same as an answer's. */
export function heard(refusal: Refusal | undefined): Refusal | undefined {
  if (refusal?.status === 401) gate.signedOut();
  return refusal;
}

/** A failure that has no problem document: no answer at all, or one of somebody in between. */
export function madeProblem(detail: string, status: number): Problem {
  return { type: "urn:slipway:problem:unavailable", title: "", status: status as Problem["status"], detail, requestId: "" };
}

/** What hears itself that nobody is signed in. */
const SIGNING = ["/api/v1/login", "/api/v1/logout"];

/** Every failure that leaves this module is a Problem. */
const middleware: Middleware = {
  async onResponse({ response, schemaPath }) {
    if (response.ok) return undefined;
    const kind = response.headers.get("Content-Type") ?? "";
    if (!kind.includes("json")) {
      const body = JSON.stringify(madeProblem(`${response.status} ${response.statusText}`, response.status));
      return new Response(body, { status: response.status, headers: { "Content-Type": "application/problem+json" } });
    }
    if (response.status === 401 && !SIGNING.includes(schemaPath)) {
      gate.signedOut();
      return new Promise<never>(() => {}); // the page gives way to the one to sign in: it must not fail, and be drawn as failed, before that
    }
    if (response.status === 403) {
      const problem = (await response.clone().json()) as Problem;
      if (problem.type.endsWith(":password_change_required")) gate.passwordRequired();
    }
    return undefined;
  },
  onError({ error }) {
    return new Response(JSON.stringify(madeProblem(String((error as Error).message ?? error), 503)), {
      status: 503,
      headers: { "Content-Type": "application/problem+json" },
    });
  },
};

/** The controller's API, typed by its contract. */
export const client = createFetchClient<paths>({ baseUrl: "/" });
client.use(middleware);

/** The same as hooks: api.useQuery("get", "/api/v1/clusters", …). Keys begin with method and path. */
export const api = createQueryClient(client);
