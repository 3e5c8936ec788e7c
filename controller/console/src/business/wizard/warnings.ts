// SPDX-License-Identifier: Apache-2.0
import type { KubernetesObject } from "../object";

/** What the controller says of an Ingress: the Services of its namespace that it leads to and that are not there. */
const ROUTES = /^(it routes to what is not there: Service )(.+)( of this namespace)$/;

/**
 * What a dry run warns of, without what is only missing because it is made in the same go: each object is tried by itself.
 * undefined: nothing is left of it.
 */
export function leftOf(warning: string, object: KubernetesObject, together: KubernetesObject[]): string | undefined {
  const found = ROUTES.exec(warning);
  if (!found) return warning;
  const isMade = (name: string) =>
    together.some((one) => one.kind === "Service" && one.metadata.name === name && one.metadata.namespace === object.metadata.namespace);
  const missing = found[2].split(", ").filter((name) => !isMade(name));
  return missing.length > 0 ? found[1] + missing.join(", ") + found[3] : undefined;
}
