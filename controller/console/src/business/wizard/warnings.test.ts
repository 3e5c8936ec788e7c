// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { KubernetesObject } from "../object";
import { leftOf } from "./warnings";

const object = (kind: string, name: string, namespace = "n") => ({ apiVersion: "v1", kind, metadata: { name, namespace } }) as KubernetesObject;
const routes = (names: string) => `it routes to what is not there: Service ${names} of this namespace`;

it("a dry run does not warn of a Service that is made in the same go", () => {
  const ingress = object("Ingress", "web");
  expect(leftOf(routes("web"), ingress, [object("Deployment", "web"), object("Service", "web"), ingress])).toBeUndefined();
  expect(leftOf(routes("web, other"), ingress, [object("Service", "web"), ingress])).toBe(routes("other"));
  expect(leftOf(routes("web"), ingress, [object("Service", "web", "elsewhere"), ingress])).toBe(routes("web"));
  expect(leftOf(routes("web"), ingress, [object("Deployment", "web"), ingress])).toBe(routes("web"));
  expect(leftOf("policy/v1beta1 is deprecated", ingress, [object("Service", "web")])).toBe("policy/v1beta1 is deprecated");
});
