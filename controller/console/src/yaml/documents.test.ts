// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { documentCount, joinDocuments } from "./documents";
import { withVersion } from "./objects";

describe("documents", () => {
  it("are counted without the empty ones", () => {
    expect(documentCount("")).toBe(0);
    expect(documentCount("# only a remark\n")).toBe(0);
    expect(documentCount("a: 1\n---\n\n---\n# x\nb: 2\n--- \nc: 3\n...\n")).toBe(3);
    expect(documentCount("a: |\n  ---\n")).toBe(1);
  });

  it("of several files stand behind each other", () => {
    expect(joinDocuments(["\ufeffa: 1\r\n", "", "b: 2", "---\nc: 3\n\n"])).toBe("a: 1\n---\nb: 2\n---\nc: 3\n");
  });
});

describe("withVersion", () => {
  it("puts the version into the metadata and nowhere else", () => {
    const text = 'metadata:\n  name: x\n  resourceVersion: "1"\ndata:\n  resourceVersion: "1"\n';
    expect(withVersion(text, "2")).toBe('metadata:\n  name: x\n  resourceVersion: "2"\ndata:\n  resourceVersion: "1"\n');
  });
});
