// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { toYaml } from "./yaml";

describe("an object as YAML", () => {
  it("has its fields in their usual order", () => {
    const text = toYaml({
      spec: { replicas: 2, containers: [{ image: "a:1", name: "a", args: ["-c", "x y"] }] },
      metadata: { name: "web" },
      kind: "Deployment",
      apiVersion: "apps/v1",
    });
    expect(text).toBe(
      'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n  containers:\n  - name: a\n    image: a:1\n    args:\n    - "-c"\n    - x y\n',
    );
  });

  it("quotes what would be read as something else", () => {
    expect(toYaml({ a: "true", b: "1", c: "", d: "a: b", e: "# x", f: "0x1f", g: "1e3", h: "null", i: " x", j: "12:30", k: "x #y", l: "*a", m: "no" })).toBe(
      'a: "true"\nb: "1"\nc: ""\nd: "a: b"\ne: "# x"\nf: "0x1f"\ng: "1e3"\nh: "null"\ni: " x"\nj: "12:30"\nk: "x #y"\nl: "*a"\nm: "no"\n',
    );
    expect(toYaml(["a:b", "http://x/y", "x:"])).toBe('- a:b\n- http://x/y\n- "x:"\n');
  });

  it("writes long texts as blocks", () => {
    expect(
      toYaml({
        data: { "a.conf": "x=1\n\n  y=2\n", b: "one\ntwo", c: "a\n\n" },
      }),
    ).toBe('data:\n  a.conf: |\n    x=1\n\n      y=2\n  b: |-\n    one\n    two\n  c: "a\\n\\n"\n');
  });

  it("writes what is empty, and leaves out what is undefined", () => {
    expect(toYaml({ a: [], b: {}, c: undefined, d: null, e: { f: undefined }, g: [[1], []] })).toBe("a: []\nb: {}\nd: null\ne: {}\ng:\n- - 1\n- []\n");
  });
});
