// SPDX-License-Identifier: Apache-2.0
import { EditorState } from "@codemirror/state";
import type { CompletionContext } from "@codemirror/autocomplete";
import { describe, expect, it } from "vitest";
import { fieldsAt, pathAt, yamlHints } from "./hints";

/** What is offered at the mark "|". */
function offered(text: string): string[] {
  const pos = text.indexOf("|");
  const state = EditorState.create({ doc: text.replace("|", "") });
  return (yamlHints({ state, pos, explicit: true } as CompletionContext)?.options ?? []).map(({ label }) => label);
}

describe("hints", () => {
  it("know where a line stands, with lists indented or not", () => {
    expect(pathAt(["spec:", "  template:", "    spec:", "      containers:", "      - name: a", "        im"])).toEqual([
      "spec",
      "template",
      "spec",
      "containers",
    ]);
    expect(pathAt(["spec:", "  containers:", "    - name: a", "      ports:", "        - con"])).toEqual(["spec", "containers", "ports"]);
    expect(pathAt(["spec:", "  containers:", "  - na"])).toEqual(["spec", "containers"]);
    expect(pathAt(["spec:", "  containers:", "  - name: a", "  - na"])).toEqual(["spec", "containers"]);
    expect(pathAt(["spec:", "  containers:", "  - name: a", "  vol"])).toEqual(["spec"]);
    expect(pathAt(["metadata:", "  name: x", "sp"])).toEqual([]);
    expect(pathAt(["spec:", "  a:", "    b: 1", "", "  # x", "  c"])).toEqual(["spec"]);
  });

  it("offer fields of the kind that the document says, also below", () => {
    expect(offered("apiVersion: apps/v1\nspec:\n  rep|\nkind: Deployment\n")).toContain("replicas");
    expect(offered("kind: Service\nspec:\n  ports:\n  - po|")).toContain("targetPort");
    expect(offered("kind: Pod\n---\nkind: Service\nspec:\n  |")).not.toContain("containers");
    expect(offered("kind: Widget\nspec:\n  |")).toEqual([]);
    expect(offered("kind: ConfigMap\ndata:\n  |")).toEqual([]);
  });

  it("offer values where only some may stand", () => {
    expect(offered("kind: Dep|")).toContain("Deployment");
    expect(offered("kind: CronJob\napiVersion: |")).toEqual(["batch/v1"]);
    expect(offered("kind: Pod\nspec:\n  restartPolicy: |")).toEqual(["Always", "OnFailure", "Never"]);
    expect(offered("kind: Pod\nspec:\n  hostNetwork: |")).toEqual(["true", "false"]);
  });

  it("say nothing of what they do not know", () => {
    expect(fieldsAt("Pod", ["spec", "whatever"])).toBeUndefined();
    expect(fieldsAt(undefined, [])).toHaveProperty("metadata");
  });
});
