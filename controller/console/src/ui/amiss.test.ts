// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { amissIn, fieldsIn } from "./amiss";

const refused = (more: object) => ({ type: "urn:slipway:problem:invalid", title: "", status: 422, detail: "", requestId: "", ...more });

describe("the fields that a refusal names", () => {
  it("are each told with their words", () => {
    const detail =
      'Deployment.apps "x" is invalid: [spec.template.spec.containers[0].name: Invalid value: "A_": a label (regex \'[a-z]\'), ' +
      "spec.replicas: Invalid value: -1: must be greater than or equal to 0]";
    expect(fieldsIn(detail, "spec.template.spec.containers[0].name")).toEqual([
      { field: "spec.template.spec.containers[0].name", words: "Invalid value: \"A_\": a label (regex '[a-z]')" },
      { field: "spec.replicas", words: "Invalid value: -1: must be greater than or equal to 0" },
    ]);
    expect(fieldsIn("no such thing", "spec.paused")).toEqual([{ field: "spec.paused", words: "no such thing" }]);
    expect(fieldsIn("exceeded quota", undefined)).toEqual([]);
    expect(fieldsIn('services "web" already exists', undefined)).toEqual([{ field: "metadata.name", words: 'services "web" already exists' }]);
  });

  it("may be at an object's head, and have keys that are no words", () => {
    const detail =
      'Secret "x" is invalid: [data[tls.crt]: Required value, spec.resources.requests[storage]: Forbidden: it shrinks, type: Invalid value: "a": it never changes]';
    expect(fieldsIn(detail, undefined).map(({ field }) => field)).toEqual(["data[tls.crt]", "spec.resources.requests[storage]", "type"]);
    expect(fieldsIn("json: cannot read it as data: it is of another type: string", "data")).toEqual([
      { field: "data", words: "json: cannot read it as data: it is of another type: string" },
    ]);
  });

  it("are those of each finding of the projects' rules, and of each budget that is short", () => {
    const finding = { object: "Pod x", rule: "host-pid", field: "spec.hostPID", message: "it sees the node's processes", wayOut: "leave it out" };
    expect(amissIn(refused({ field: "spec.hostPID", refusals: [finding] }))).toEqual([
      { field: "spec.hostPID", words: "it sees the node's processes. leave it out" },
    ]);
    const shortage = { level: "project", name: "p", resource: "cpu", whoCanRaise: "x", message: "2 are left" };
    expect(amissIn(refused({ field: "quota", shortages: [shortage] }))).toEqual([{ field: "quota.cpu", words: "2 are left" }]);
  });

  it("are none where somebody else changed it meanwhile", () => {
    expect(amissIn(refused({ field: "metadata.resourceVersion", rule: "changed" }))).toEqual([]);
  });
});
