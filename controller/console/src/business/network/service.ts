// SPDX-License-Identifier: Apache-2.0
// A Service as a form, and back.
import { type KubernetesObject, listOf, part } from "../object";
import { countOrText, filled, mapOf, put, said } from "../put";
import type { AccessPort, Pair } from "../wizard/form";
import type { Places } from "../../ui/amiss";

export interface ServiceValues {
  namespace?: string;
  name: string;
  /** Kubernetes' types, and Headless: a ClusterIP Service without an address. */
  type?: string;
  externalName?: string;
  selector: Pair[];
  ports: AccessPort[];
  affinity?: string;
}

/** Where the form has what the API server names. */
export const SERVICE_PLACES: Places = [
  [/^metadata\.(name|namespace)/, (field) => [field]],
  [/^spec\.ports\[(\d+)\]\.?(name|port|targetPort|nodePort|protocol)?/, (at, field) => ["ports", Number(at), field ?? "port"]],
  [/^spec\.(ports|selector|externalName)/, (field) => [field]],
  [/^spec\.(?:type|clusterIP)/, () => ["type"]],
  [/^spec\.sessionAffinity/, () => ["affinity"]],
];

export function serviceOf(object: KubernetesObject): ServiceValues {
  const spec = part(object, "spec");
  const type = spec.clusterIP === "None" ? "Headless" : (spec.type as string | undefined);
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

export function serviceObject(values: ServiceValues, base?: KubernetesObject): KubernetesObject {
  const before = part(base, "spec");
  const headless = values.type === "Headless";
  const external = values.type === "ExternalName";
  // a ClusterIP need not be said
  const type = !headless ? values.type : base && before.type === undefined ? undefined : "ClusterIP";
  const exposed = type === "NodePort" || type === "LoadBalancer";
  const wasHeadless = before.clusterIP === "None";
  const ports = (values.ports ?? []).map((one) =>
    put(one.base, {
      name: said(one.name),
      port: one.port,
      targetPort: countOrText(one.targetPort),
      nodePort: exposed ? (one.nodePort ?? undefined) : undefined,
      protocol: said(one.protocol),
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
      selector: filled(mapOf(values.selector), before.selector),
      ports: filled(ports, before.ports),
      sessionAffinity: values.affinity,
    }),
  }) as KubernetesObject;
}
