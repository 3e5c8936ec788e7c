// SPDX-License-Identifier: Apache-2.0
// A claim as a form, and back.
import { type KubernetesObject, part } from "../object";
import { filled, put, said } from "../put";
import type { Places } from "../../ui/amiss";

export interface ClaimValues {
  namespace?: string;
  name: string;
  storageClass?: string;
  size: string;
  modes: string[];
}

/** Where the form has what the API server names. */
export const CLAIM_PLACES: Places = [
  [/^metadata\.(name|namespace)/, (field) => [field]],
  [/^spec\.resources/, () => ["size"]],
  [/^spec\.accessModes/, () => ["modes", 0]],
  [/^spec\.storageClassName/, () => ["storageClass"]],
];

export function claimOf(object: KubernetesObject): ClaimValues {
  const spec = part(object, "spec");
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name ?? "",
    storageClass: spec.storageClassName as string | undefined,
    size: String(part(spec, "resources", "requests").storage ?? ""),
    modes: Array.isArray(spec.accessModes) ? spec.accessModes.map(String) : [],
  };
}

export function claimObject(values: ClaimValues, base?: KubernetesObject): KubernetesObject {
  const before = part(base, "spec");
  const requests = put(part(before, "resources", "requests"), { storage: said(values.size) });
  return put(base, {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: put(base?.metadata, { name: values.name, namespace: values.namespace }),
    spec: put(before, {
      accessModes: filled((values.modes ?? []).filter(Boolean), before.accessModes),
      storageClassName: values.storageClass || undefined,
      resources: filled(put(part(before, "resources"), { requests: filled(requests, part(before, "resources").requests) }), before.resources),
    }),
  }) as KubernetesObject;
}
