// SPDX-License-Identifier: Apache-2.0
// An Ingress as a form, and back.
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { put } from "../put";

export interface IngressPath {
  base?: Fields;
  path?: string;
  pathType?: string;
  service?: string;
  /** A number or a name. */
  port?: string;
}

export interface IngressRule {
  base?: Fields;
  host?: string;
  paths: IngressPath[];
}

export interface IngressTls {
  base?: Fields;
  secret?: string;
  hosts: string[];
}

export interface IngressValues {
  namespace?: string;
  name: string;
  className?: string;
  rules: IngressRule[];
  tls: IngressTls[];
}

function pathOf(base: Fields): IngressPath {
  const service = part(base, "backend", "service");
  const port = part(service, "port");
  const told = port.number ?? port.name;
  return {
    base,
    path: base.path as string | undefined,
    pathType: base.pathType as string | undefined,
    service: service.name as string | undefined,
    port: told === undefined ? undefined : String(told),
  };
}

export function ingressOf(object: KubernetesObject): IngressValues {
  const spec = part(object, "spec");
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name ?? "",
    className: spec.ingressClassName as string | undefined,
    rules: listOf(spec.rules).map((base) => ({ base, host: base.host as string | undefined, paths: listOf(part(base, "http").paths).map(pathOf) })),
    tls: listOf(spec.tls).map((base) => ({
      base,
      secret: base.secretName as string | undefined,
      hosts: Array.isArray(base.hosts) ? base.hosts.map(String) : [],
    })),
  };
}

function pathObject({ base, path, pathType, service, port }: IngressPath): Fields {
  const before = part(base, "backend");
  // a backend that is no Service (a resource) stays, unless one is named
  if (!service && before.resource) return put(base, { path: path || undefined, pathType });
  const number = /^\d+$/.test(port ?? "") ? { number: Number(port) } : { name: port };
  const backend = put(before, { resource: undefined, service: put(part(before, "service"), { name: service, port: number }) });
  return put(base, { path: path || undefined, pathType: pathType ?? "Prefix", backend });
}

export function ingressObject(values: IngressValues, base?: KubernetesObject): KubernetesObject {
  const rules = values.rules.map((rule) => {
    const http = rule.paths.length > 0 || rule.base?.http ? put(part(rule.base, "http"), { paths: rule.paths.map(pathObject) }) : undefined;
    return put(rule.base, { host: rule.host || undefined, http });
  });
  const tls = values.tls.map((one) => put(one.base, { secretName: one.secret || undefined, hosts: one.hosts?.length ? one.hosts : undefined }));
  return put(base, {
    apiVersion: base?.apiVersion ?? "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: put(base?.metadata, { name: values.name, namespace: values.namespace }),
    spec: put(part(base, "spec"), {
      ingressClassName: values.className || undefined,
      rules: rules.length > 0 ? rules : undefined,
      tls: tls.length > 0 ? tls : undefined,
    }),
  }) as KubernetesObject;
}
