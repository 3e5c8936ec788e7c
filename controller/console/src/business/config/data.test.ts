// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../object";
import { configObject, configOf, decode, encode, type Entry, entryOf } from "./data";

const map: KubernetesObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c", namespace: "n", resourceVersion: "1", labels: { a: "b" } },
  data: { "a.conf": "x=1\n", empty: "" },
  binaryData: { logo: "AAEC" },
};

describe("what a ConfigMap or Secret holds", () => {
  it("is base64 of UTF-8", () => {
    for (const text of ["", "abc", "密钥 🔑", "a\r\nb"]) expect(decode(encode(text))).toBe(text);
    expect(decode("/w==")).toBeUndefined();
    expect(decode("AAA=")).toBeUndefined();
    expect(encode("密")).toBe("5a+G");
  });

  it("comes back as it was, with what is no text", () => {
    expect(configObject("ConfigMap", configOf(map), map)).toEqual(map);
  });

  it("has keys that are called like what all objects have", () => {
    const data = JSON.parse('{"__proto__": "a", "constructor": "b"}') as Record<string, string>;
    expect(JSON.stringify(configObject("ConfigMap", configOf({ ...map, data }), { ...map, data }).data)).toBe('{"__proto__":"a","constructor":"b"}');
  });

  it("keeps the values of a Secret that nobody read", () => {
    const secret: KubernetesObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, type: "Opaque", data: { user: null, password: null } };
    const values = configOf(secret);
    expect(values.entries.every(({ kept, value }) => kept && value === undefined)).toBe(true);
    values.entries[1] = { key: "password", value: "n€w" };
    expect(configObject("Secret", values, secret)).toEqual({ ...secret, metadata: { name: "s" }, data: { user: null, password: encode("n€w") } });
  });

  it("keeps a value that was shown and not changed: it may be another by the time it is saved", () => {
    const secret: KubernetesObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, type: "Opaque", data: { password: null } };
    const { entries } = configOf(secret);
    const shown = { ...entries[0], kept: false, value: "old", revealed: "old" };
    const dataOf = (entry: Entry) => configObject("Secret", { name: "s", entries: [entry] }, secret).data;
    expect(dataOf(shown)).toEqual({ password: null });
    expect(dataOf({ ...shown, value: "mine" })).toEqual({ password: encode("mine") });
    expect(dataOf({ ...shown, key: "moved" })).toEqual({ moved: encode("old") });
  });

  it("has files byte for byte, be they text or not", () => {
    const entries = [entryOf("a.conf", new TextEncoder().encode("\ufeffx=1\r\n")), entryOf("logo", Uint8Array.of(0, 1, 2))];
    expect(configObject("ConfigMap", { name: "c", entries })).toMatchObject({ data: { "a.conf": "\ufeffx=1\r\n" }, binaryData: { logo: "AAEC" } });
    expect(configObject("Secret", { name: "s", entries })).toMatchObject({ data: { "a.conf": encode("\ufeffx=1\r\n"), logo: "AAEC" } });
  });

  it("is made anew", () => {
    expect(configObject("Secret", { name: "s", namespace: "n", entries: [{ key: "k", value: "v" }] })).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: "n" },
      type: "Opaque",
      data: { k: "dg==" },
    });
    expect(configObject("ConfigMap", { name: "c", entries: [] })).toEqual({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } });
  });
});
