// SPDX-License-Identifier: Apache-2.0
// A Service as a form, and back.
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import type { Pair } from "../wizard/form";
import { put } from "../put";

export interface ServicePort {
  base?: Fields;
  name?: string;
  port?: number;
  targetPort?: string;
  nodePort?: number;
  protocol?: string;
}

export interface ServiceValues {
  namespace?: string;
  name: string;
  /** Kubernetes' types, and Headless: a ClusterIP Service without an address. */
  type: string;
  externalName?: string;
  selector: Pair[];
  ports: ServicePort[];
  affinity?: string;
}

export function serviceOf(object: KubernetesObject): ServiceValues {
  const spec = part(object, "spec");
  const type = spec.clusterIP === "None" ? "Headless" : String(spec.type ?? "ClusterIP");
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name ?? "",
    type,
    externalName: spec.externalName as string | undefined,
    selector: Object.entries(part(spec, "selector")).map(([key, value]) => ({ key, value: String(value) })),
    ports: listOf(spec.ports).map((base) => ({
      base,
      name: base.name as string | undefined,
      port: base.port as number | undefined,
      targetPort: base.targetPort === undefined ? undefined : String(base.targetPort),
      nodePort: base.nodePort as number | undefined,
      protocol: base.protocol as string | undefined,
    })),
    affinity: spec.sessionAffinity as string | undefined,
  };
}

function target(text: string | undefined): string | number | undefined {
  if (!text) return undefined;
  return /^\d+$/.test(text) ? Number(text) : text;
}

export function serviceObject(values: ServiceValues, base?: KubernetesObject): KubernetesObject {
  const before = part(base, "spec");
  const headless = values.type === "Headless";
  const external = values.type === "ExternalName";
  const type = headless ? "ClusterIP" : values.type;
  const exposed = type === "NodePort" || type === "LoadBalancer";
  const wasHeadless = before.clusterIP === "None";
  const selector = Object.fromEntries(values.selector.filter((pair) => pair?.key).map(({ key, value }) => [key, value ?? ""]));
  const ports = values.ports.map((one) =>
    put(one.base, {
      name: one.name || undefined,
      port: one.port,
      targetPort: target(one.targetPort),
      nodePort: exposed ? (one.nodePort ?? undefined) : undefined,
      protocol: one.protocol || undefined,
    }),
  );
  return put(base, {
    apiVersion: "v1",
    kind: "Service",
    metadata: put(base?.metadata, { name: values.name, namespace: values.namespace }),
    spec: put(before, {
      type,
      ...(headless && { clusterIP: "None" }),
      ...((external || (wasHeadless && !headless)) && { clusterIP: undefined, clusterIPs: undefined }),
      externalName: external ? values.externalName : undefined,
      selector: Object.keys(selector).length > 0 ? selector : undefined,
      ports: ports.length > 0 ? ports : undefined,
      sessionAffinity: values.affinity,
    }),
  }) as KubernetesObject;
}
