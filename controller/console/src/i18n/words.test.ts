// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import en from "./en";
import zh from "./zh-CN";

/** "a.b.c" -> text. Plurals are one key: a language has as many forms as it needs. */
function flat(tree: object, prefix = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") all.set(prefix + key.replace(/_(zero|one|two|few|many|other)$/, ""), value);
    else for (const [name, text] of flat(value as object, `${prefix}${key}.`)) all.set(name, text);
  }
  return all;
}

function blanks(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)[^}]*\}\}/g)].map((match) => match[1]).sort();
}

describe("words", () => {
  const english = flat(en);
  const chinese = flat(zh);

  it("are there in both languages", () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("are never empty", () => {
    for (const words of [english, chinese]) for (const [key, text] of words) expect(text.trim(), key).not.toBe("");
  });

  it("have the same blanks in both languages", () => {
    for (const [key, text] of english) expect(blanks(chinese.get(key) ?? ""), key).toEqual(blanks(text));
  });

  it("are Chinese in Chinese: only names stay as they are", () => {
    const names = /^[A-Za-z0-9 .:/_()%{}<>+*&·—-]*$/;
    const kept = [...chinese].filter(([key, text]) => names.test(text.replace(/\{\{[^}]*\}\}/g, "")) && text === english.get(key) && /[a-z]{4}/.test(text));
    const allowed = new RegExp(
      "kubectl|kubeconfig|Kubernetes|YAML|ConfigMap|Secret|Deployment|StatefulSet|DaemonSet|ReplicaSet|CronJob|Ingress|Slipway|English|containerd|" +
        "LoadBalancer|NodePort|ClusterIP|ExternalName|Headless|Recreate|RollingUpdate|Always|IfNotPresent|Never|OnFailure|Allow|Forbid|Replace|" +
        "Opaque|docker|tls|bash|etcd|kube-proxy|Master|Worker|kubelet|\\{\\{",
    );
    expect(kept.filter(([, text]) => !allowed.test(text))).toEqual([]);
  });
});
