// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseJson, writeYaml } from "./write_yaml";

/** What parsers of both versions of YAML read; they must agree. */
function readBack(text: string): unknown {
  const [old, now] = (["1.1", "1.2"] as const).map((version) => parse(text, { version }));
  expect(old).toEqual(now);
  return now;
}

describe("writeYaml", () => {
  it("writes an object as kubectl does", () => {
    const pod = {
      kind: "Pod",
      status: { phase: "Running" },
      apiVersion: "v1",
      spec: {
        containers: [{ name: "web", command: ["sh", "-c", "echo: hi # x\nexit 0\n"], env: [{ name: "A", value: "true" }] }],
        volumes: [],
        nodeSelector: {},
      },
      metadata: { name: "web" },
    };
    expect(writeYaml(pod)).toBe(`apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    command:
    - sh
    - -c
    - |
      echo: hi # x
      exit 0
    env:
    - name: A
      value: "true"
  volumes: []
  nodeSelector: {}
status:
  phase: Running
`);
  });

  it("quotes what would be read as something else", () => {
    const others = [
      "",
      "true",
      "No",
      "y",
      "null",
      "~",
      "1",
      "1.5",
      "0x1f",
      "1e3",
      "12:30",
      "1_000",
      ".inf",
      "2026-11-26",
      "2026-11-26T05:43:41Z",
      "- a",
      "a: b",
      "a #b",
      "#a",
      "*a",
      "&a",
      "!a",
      "{a",
      "[a",
      "@a",
      "`a",
      "'a",
      '"a',
      "%a",
      "a:",
      " a",
      "a ",
      "<<",
      "=",
      "?",
      "|",
      "> x",
    ];
    for (const text of others) {
      expect(writeYaml({ key: text }), text).toMatch(/^key: ["']/);
      expect(readBack(writeYaml({ key: text }))).toEqual({ key: text });
    }
    for (const text of ["10.244.1.2", "1.20.2", "busybox:1.35", "-c", "--flag=x", "50m", "64Mi", "a#b", "你好", "/path/to", "a-b_c", "http://x/y", "100%"]) {
      expect(writeYaml({ key: text }), text).toBe(`key: ${text}\n`);
    }
    expect(writeYaml({ "1": null, "a: b": false })).toBe(`"1": null\n"a: b": false\n`);
  });

  it("keeps the ends of lines of a text", () => {
    expect(writeYaml({ a: "x\ny" })).toBe("a: |-\n  x\n  y\n");
    expect(writeYaml({ a: "x\ny\n" })).toBe("a: |\n  x\n  y\n");
    expect(writeYaml({ a: "x\n\n", b: "1" })).toBe('a: |+\n  x\n\nb: "1"\n');
    for (const text of [" x\ny", "x\r\ny", "\n", "\n\nx", "x \n\ty\n", "\tx\ny", "---", "x\n---\ny\n"])
      expect(readBack(writeYaml({ a: text }))).toEqual({ a: text });
  });

  it("writes lists in lists, and values that are none", () => {
    expect(writeYaml([[1, 2], [], {}, null, { a: [{ b: 1 }] }])).toBe("- - 1\n  - 2\n- []\n- {}\n- null\n- a:\n  - b: 1\n");
  });

  it("leaves out what is undefined, and repeats what stands twice", () => {
    const labels = { app: "web" };
    expect(writeYaml({ a: undefined, b: labels, c: labels })).toBe("b:\n  app: web\nc:\n  app: web\n");
  });

  it("escapes what cannot be seen", () => {
    const unseen = "x\u2028\u0007\ufeff\u0000\u0085";
    expect(writeYaml({ a: unseen })).toMatch(/^[ -~]*\n$/);
    expect(readBack(writeYaml({ a: unseen }))).toEqual({ a: unseen });
  });
});

describe("parseJson", () => {
  it("keeps numbers that a double cannot hold", () => {
    expect(writeYaml(parseJson('{"a":9007199254740993,"b":1.5,"c":12}'))).toBe("a: 9007199254740993\nb: 1.5\nc: 12\n");
  });
});
