// SPDX-License-Identifier: Apache-2.0
// The Service of a workload and the Ingress that leads to it, from the form and back. What names the workload follows it, unless it was
// made otherwise.
import { APPLICATION_LABEL, type WorkloadPlural } from "../kinds";
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { serviceObject, serviceOf } from "../network/service";
import { filled, put, said } from "../put";
import { told } from "../sameness";
import { type Access, newAccess, type WorkloadForm } from "./form";
import { selectorOf } from "./object";
import { formOf } from "./reading";

const text = (value: unknown) => (value === undefined ? undefined : String(value));

/** The labels of the Service and the Ingress: their application is the workload's. */
function labelsOf(form: WorkloadForm, base: KubernetesObject | undefined): Record<string, string> | undefined {
  const before = base?.metadata.labels;
  const follows = !base || before?.[APPLICATION_LABEL] === form.base?.metadata.labels?.[APPLICATION_LABEL];
  return filled(put(before, follows ? { [APPLICATION_LABEL]: said(form.application) } : {}), before) as Record<string, string> | undefined;
}

function metadataOf(form: WorkloadForm, name: string, base: KubernetesObject | undefined): KubernetesObject["metadata"] {
  return put(base?.metadata, { name, namespace: form.namespace, labels: labelsOf(form, base) });
}

function serviceOfForm(kind: WorkloadPlural, form: WorkloadForm, name: string): KubernetesObject {
  const { base } = form.access;
  const before = base && serviceOf(base);
  const follows = !base || !form.base || told(part(base, "spec").selector) === told(selectorOf(kind, formOf(kind, form.base, true)));
  const selector = before && !follows ? before.selector : Object.entries(selectorOf(kind, form)).map(([key, value]) => ({ key, value }));
  const type = form.access.type ?? (base ? undefined : "ClusterIP");
  // the port is the container's, unless another is said
  const ports = (form.access.ports ?? []).map((one) => ({ ...one, targetPort: said(one.targetPort) ?? (one.base ? undefined : text(one.port)) }));
  const service = serviceObject(
    { externalName: before?.externalName, affinity: before?.affinity, namespace: form.namespace, name, type, selector, ports },
    base,
  );
  return { ...service, metadata: metadataOf(form, name, base) };
}

/** The first of a list set anew, the others as they are. */
function first(list: unknown, to: (base: Fields | undefined) => Fields): Fields[] {
  const [base, ...others] = listOf(list);
  return [to(base), ...others];
}

function ingressObject(form: WorkloadForm, service: string): KubernetesObject {
  const { base, host, path, className } = form.access.ingress;
  const was = form.access.base;
  const backend = (before: Fields): Fields => {
    const to = part(before, "service");
    const port = part(to, "port");
    const named = !before.service || to.name === was?.metadata.name;
    const reached = !before.service || port.number === listOf(part(was, "spec").ports)[0]?.port;
    return put(before, {
      service: put(to, { ...(named && { name: service }), ...(reached && { port: put(port, { number: form.access.ports?.[0]?.port }) }) }),
    });
  };
  const leading = (before: Fields | undefined): Fields =>
    put(before, {
      path: said(path) ?? (before ? undefined : "/"),
      ...(!before && { pathType: "Prefix" }),
      ...((!before || part(before, "backend").service !== undefined) && { backend: backend(part(before, "backend")) }),
    });
  const rule = (before: Fields | undefined): Fields => {
    const http = part(before, "http");
    // a rule that leads nowhere yet is somebody's who writes it
    const paths = before && listOf(http.paths).length === 0 ? undefined : first(http.paths, leading);
    return put(before, { host: said(host), ...(paths && { http: put(http, { paths }) }) });
  };
  const before = part(base, "spec");
  const rules = base && listOf(before.rules).length === 0 ? before.rules : first(before.rules, rule);
  const spec = filled(put(before, { ingressClassName: said(className), rules }), base?.spec);
  const metadata = metadataOf(form, base && base.metadata.name !== was?.metadata.name ? (base.metadata.name ?? "") : service, base);
  return put(base, { apiVersion: base?.apiVersion ?? "networking.k8s.io/v1", kind: "Ingress", metadata, spec }) as KubernetesObject;
}

/** The Service and the Ingress that go with a workload. */
export function accessObjects(kind: WorkloadPlural, form: WorkloadForm): KubernetesObject[] {
  const { access } = form;
  if (!access.on) return [];
  const name = access.name || form.name;
  const service = serviceOfForm(kind, form, name);
  return access.ingress.on ? [service, ingressObject(form, name)] : [service];
}

/** What the form shows of a workload's Service and Ingress; accessObjects gives them back. */
export function accessOf(workload: string, service: KubernetesObject | undefined, ingress: KubernetesObject | undefined): Access {
  if (!service) return newAccess();
  const { name, type, ports } = serviceOf(service);
  const [rule] = listOf(part(ingress, "spec").rules);
  const [path] = listOf(part(rule, "http").paths);
  return {
    base: service,
    on: true,
    name: name === workload ? undefined : name,
    type,
    ports,
    ingress: ingress
      ? { base: ingress, on: true, host: text(rule?.host), path: text(path?.path), className: text(part(ingress, "spec").ingressClassName) }
      : newAccess().ingress,
  };
}
