// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { fieldPlace } from "./field_place";

const text = `kind: ConfigMap
---
apiVersion: v1
kind: Pod
spec:
  hostNetwork: true
  volumes:
    - name: a
      emptyDir: {}
    - name: b
      hostPath:
        path: /
  containers:
  - name: one
    image: x
  - image: y
    name: two
    securityContext:
      privileged: true
  restartPolicy: Never
`;

describe("fieldPlace", () => {
  const at = (field: string) => fieldPlace(text, 3, field).line;

  it("finds fields, in lists of either indentation", () => {
    expect(at("spec.hostNetwork")).toBe(6);
    expect(at("spec.volumes[1].hostPath")).toBe(11);
    expect(at("spec.volumes[1].hostPath.path")).toBe(12);
    expect(at("spec.containers[0].image")).toBe(15);
    expect(at("spec.containers[1].securityContext.privileged")).toBe(19);
    expect(at("spec.restartPolicy")).toBe(20);
    expect(fieldPlace(text, 3, "spec.containers[1].image")).toEqual({ line: 16, column: 5 });
  });

  it("is at the nearest that is there where the field itself is not", () => {
    expect(at("spec.containers[1].securityContext.capabilities")).toBe(18);
    expect(at("spec.template.spec")).toBe(5);
    expect(at("nothing")).toBe(3);
  });
});
