// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { madeProblem, type Problem } from "../../api/client";
import { after, drain, type DrainedPod, leaving, missing, progress, type Standing } from "./drain";

const pod = (name: string, state: DrainedPod["state"], more: Partial<DrainedPod> = {}): DrainedPod => ({ namespace: "a", name, state, ...more });
const round = (...pods: DrainedPod[]) => ({ node: "n", empty: pods.every(({ state }) => state === "stays"), pods });

describe("a drain's pods", () => {
  it("have gone when they are no longer there", () => {
    const first = after([], round(pod("x", "evicted"), pod("y", "waits", { reason: "a budget" }), pod("z", "stays")));
    expect(progress(first)).toBe(0);
    const second = after(first, round(pod("y", "evicted"), pod("z", "stays")));
    expect(second.map(({ state }) => state)).toEqual(["gone", "evicted", "stays"]);
    expect(progress(second)).toBe(50);
    const last = after(second, round(pod("z", "stays"), pod("new", "stays")));
    expect(last.map(({ name, state }) => `${name} ${state}`)).toEqual(["x gone", "y gone", "z stays", "new stays"]);
    expect(last[1].reason).toBeUndefined();
    expect(progress(last)).toBe(100);
    expect(leaving(last).length).toBe(2);
    expect(progress([])).toBe(100);
  });

  it("say which leave is missing", () => {
    expect([...missing([pod("x", "refused", { needs: ["force"] }), pod("y", "refused", { needs: ["deleteLocalData", "force"] }), pod("z", "evicts")])]).toEqual(
      ["force", "deleteLocalData"],
    );
  });
});

describe("a drain", () => {
  async function run(answers: { data?: ReturnType<typeof round>; error?: Problem }[], stopAfter = Infinity) {
    const told: Standing[] = [];
    let asked = 0;
    await drain(
      { round: async () => answers[Math.min(asked++, answers.length - 1)], pause: async () => {} },
      { force: false, deleteLocalData: false },
      (standing) => told.push(standing),
      () => asked >= stopAfter,
    );
    return { told: told.map(({ is }) => is), asked, last: told.at(-1) };
  }
  const busy = { data: round(pod("x", "evicted")) };

  it("goes on until the node is empty", async () => {
    expect(await run([busy, busy, { data: round(pod("z", "stays")) }])).toMatchObject({ told: ["runs", "runs", "empty"], asked: 3 });
  });

  it("bears what passes and ends at a refusal", async () => {
    const refused = madeProblem("no", 409);
    const ended = await run([busy, { error: madeProblem("out of reach", 503) }, { error: refused }]);
    expect(ended.told).toEqual(["runs", "runs", "failed"]);
    expect(ended.last).toEqual({ is: "failed", why: refused });
  });

  it("asks no more once it is stopped", async () => {
    const ended = await run([busy], 2);
    expect(ended.asked).toBe(2);
    expect(ended.told.at(-1)).toBe("stopped");
  });
});
