// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { mergeThree } from "./merge_three";

const base = "resourceVersion: 1\nreplicas: 1\nimage: a\nname: x\nend: 1\n";

describe("mergeThree", () => {
  it("takes the changes of both where they are apart", () => {
    const mine = base.replace("image: a", "image: b");
    const theirs = base.replace("resourceVersion: 1", "resourceVersion: 2").replace("end: 1", "end: 1\nmore: 2");
    expect(mergeThree(base, mine, theirs)).toEqual({ text: "resourceVersion: 2\nreplicas: 1\nimage: b\nname: x\nend: 1\nmore: 2\n", conflicts: 0 });
  });

  it("is what one side has where the other changed nothing", () => {
    const theirs = "resourceVersion: 9\nimage: z\n";
    expect(mergeThree(base, base, theirs)).toEqual({ text: theirs, conflicts: 0 });
    expect(mergeThree(base, theirs, base)).toEqual({ text: theirs, conflicts: 0 });
    expect(mergeThree(base, theirs, theirs)).toEqual({ text: theirs, conflicts: 0 });
  });

  it("takes the changes of both where they stand side by side", () => {
    const mine = base.replace("image: a", "image: b").replace("end: 1", "mine: 1\nend: 1");
    const theirs = base.replace("replicas: 1", "replicas: 2").replace("end: 1", "end: 2");
    expect(mergeThree(base, mine, theirs)).toEqual({ text: "resourceVersion: 1\nreplicas: 2\nimage: b\nname: x\nmine: 1\nend: 2\n", conflicts: 0 });
    expect(mergeThree(base, theirs, mine).text).toBe(mergeThree(base, mine, theirs).text);
  });

  it("keeps ours and counts where both changed the same lines", () => {
    const mine = base.replace("replicas: 1", "replicas: 3");
    const theirs = base.replace("resourceVersion: 1", "resourceVersion: 2").replace("replicas: 1", "replicas: 5");
    const merged = mergeThree(base, mine, theirs);
    expect(merged.conflicts).toBe(1);
    expect(merged.text).toContain("replicas: 3");
  });

  it("does not lose lines that both put at the same place", () => {
    const mine = base.replace("name: x", "name: x\nmine: 1");
    const theirs = base.replace("name: x", "name: x\ntheirs: 1");
    const merged = mergeThree(base, mine, theirs);
    expect(merged.conflicts).toBe(1);
    expect(merged.text).toContain("mine: 1");
  });
});
