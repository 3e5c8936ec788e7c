// SPDX-License-Identifier: Apache-2.0
// An Ingress as a form, and back.
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { filled, put, said } from "../put";
import type { Places } from "../../ui/amiss";

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

/** The row of a path that is to be said. */
export function newPath(): IngressPath {
  return { path: "/", pathType: "Prefix" };
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

const OF_PATH: [RegExp, string][] = [
  [/^pathType/, "pathType"],
  [/^backend\.service(?:\.port|Port)/, "port"],
  [/^backend/, "service"],
];

/** Where the form has what the API server names. */
export const INGRESS_PLACES: Places = [
  [/^metadata\.(name|namespace)/, (field) => [field]],
  [/^spec\.ingressClassName/, () => ["className"]],
  [
    /^spec\.rules\[(\d+)\]\.http\.paths\[(\d+)\]\.?(.*)$/,
    (rule, at, field) => ["rules", Number(rule), "paths", Number(at), OF_PATH.find(([of]) => of.test(field))?.[1] ?? "path"],
  ],
  [/^spec\.rules\[(\d+)\]/, (rule) => ["rules", Number(rule), "host"]],
  [/^spec\.tls\[(\d+)\]\.?(secretName)?/, (at, secret) => ["tls", Number(at), secret ? "secret" : "hosts"]],
  [/^spec\.(rules|tls)/, (field) => [field]],
];

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
  if (!service && before.resource) return put(base, { path: said(path), pathType });
  const number = /^\d+$/.test(port ?? "") ? { number: Number(port) } : { name: port };
  const to = part(before, "service");
  const backend = put(before, {
    resource: undefined,
    service: filled(put(to, { name: service, port: filled(port === undefined ? {} : number, to.port) }), before.service),
  });
  return put(base, { path: said(path), pathType: pathType ?? (base ? undefined : "Prefix"), backend });
}

export function ingressObject(values: IngressValues, base?: KubernetesObject): KubernetesObject {
  const rules = values.rules.map((rule) => {
    const http = rule.paths.length > 0 || rule.base?.http ? put(part(rule.base, "http"), { paths: rule.paths.map(pathObject) }) : undefined;
    return put(rule.base, { host: said(rule.host), http });
  });
  const tls = values.tls.map((one) => put(one.base, { secretName: said(one.secret), hosts: filled(one.hosts ?? [], one.base?.hosts) }));
  return put(base, {
    apiVersion: base?.apiVersion ?? "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: put(base?.metadata, { name: values.name, namespace: values.namespace }),
    spec: filled(
      put(part(base, "spec"), {
        ingressClassName: values.className || undefined,
        rules: filled(rules, part(base, "spec").rules),
        tls: filled(tls, part(base, "spec").tls),
      }),
      base?.spec,
    ),
  }) as KubernetesObject;
}
