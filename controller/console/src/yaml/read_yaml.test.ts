// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { plainScalar, readYaml } from "./read_yaml";
import { writeYaml } from "./write_yaml";

function valuesOf(text: string) {
  const read = readYaml(text);
  if (!("documents" in read)) throw new Error(read.unread.message);
  return read.documents.map(({ value }) => value);
}

describe("plain scalars", () => {
  it("mean what they mean to kubectl and the controller", () => {
    const meant = {
      "0644": 420,
      "0o17": 15,
      "0x10": 16,
      "-0b11": -3,
      "1_000": 1000,
      "08": 8,
      "1e3": 1000,
      ".5": 0.5,
      yes: true,
      off: false,
      "~": null,
      "": null,
    };
    for (const [text, value] of Object.entries(meant)) expect(plainScalar(text), text).toBe(value);
    for (const text of ["1:30", "2020-01-01", "1.2.3", "500m", "=", "<<", "-", ".", "0x", "100Mi", "10.0.0.1"]) expect(plainScalar(text), text).toBe(text);
  });
});

describe("a text of YAML", () => {
  it("is read as its documents, without the empty ones", () => {
    expect(valuesOf("a: 1\n---\n# nothing\n---\nb: [x, '1', !!str 2]\n")).toEqual([{ a: 1 }, { b: ["x", "1", "2"] }]);
    expect(valuesOf("")).toEqual([]);
  });

  it("is read back as it was written", () => {
    const object = { a: ["1", 1, true, "true", null, "", "0644", "yes", "1e3", "a: b", "x\ny\n"], b: { c: {}, d: [] } };
    expect(valuesOf(writeYaml(object))).toEqual([object]);
  });

  it("says where it is none", () => {
    expect(readYaml("a: 1\n b: 2\n")).toMatchObject({ unread: { line: 1 } });
    expect(readYaml("a: 1\na: 2\n")).toMatchObject({ unread: { line: 2, column: 1 } });
    expect(readYaml("a: 1\nb: [1,\n")).toMatchObject({ unread: { line: 3 } });
    expect(readYaml("a: *none\n")).toHaveProperty("unread");
  });

  it("says where its parts stand", () => {
    const read = readYaml("a: 1\n---\nspec:\n  list:\n  - name: x\n");
    const [, second] = "documents" in read ? read.documents : [];
    expect(second.placeOf(["spec", "list", 0, "name"])).toEqual({ line: 5, column: 11 });
    expect(second.placeOf(["spec", "list", 0, "image"])).toEqual({ line: 5, column: 5 });
  });
});
