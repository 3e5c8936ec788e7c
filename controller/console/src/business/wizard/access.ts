// SPDX-License-Identifier: Apache-2.0
// The Service of a workload and the Ingress that leads to it, from the form and back. What names the workload follows it, unless it was
// made otherwise.
import { APPLICATION_LABEL, type WorkloadPlural } from "../kinds";
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { ingressObject, ingressOf, type IngressPath } from "../network/ingress";
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

/** Where a path leads; what it leads to follows the Service, unless it was made otherwise. */
function leading(one: IngressPath, form: WorkloadForm, name: string): IngressPath {
  const { base } = one;
  const was = form.access.base;
  const to = part(base, "backend", "service");
  const port = part(to, "port");
  const follows = { service: !base || (to.name !== undefined && to.name === was?.metadata.name), port: !base || isFirst(port, was) };
  return {
    ...one,
    path: said(one.path) ?? (base ? undefined : "/"),
    service: said(one.service) ?? (follows.service ? name : text(to.name)),
    port: said(one.port) ?? (follows.port ? text(form.access.ports?.[0]?.port) : text(port.number ?? port.name)),
  };
}

/** Whether it is the Service's first port. */
function isFirst(port: Fields, service: KubernetesObject | undefined): boolean {
  return port.number !== undefined && port.number === listOf(part(service, "spec").ports)[0]?.port;
}

function ingressOfForm(form: WorkloadForm, service: string): KubernetesObject {
  const { base, className, rules } = form.access.ingress;
  const was = form.access.base;
  const led = (rules ?? []).map((rule) => ({ ...rule, paths: (rule.paths ?? []).map((one) => leading(one, form, service)) }));
  const object = ingressObject({ name: "", className, rules: led, tls: base ? ingressOf(base).tls : [] }, base);
  const metadata = metadataOf(form, base && base.metadata.name !== was?.metadata.name ? (base.metadata.name ?? "") : service, base);
  return { ...object, metadata };
}

/** The Service and the Ingress that go with a workload. */
export function accessObjects(kind: WorkloadPlural, form: WorkloadForm): KubernetesObject[] {
  const { access } = form;
  if (!access.on) return [];
  const name = access.name || form.name;
  const service = serviceOfForm(kind, form, name);
  return access.ingress.on ? [service, ingressOfForm(form, name)] : [service];
}

/** What the form shows of a workload's Service and Ingress; accessObjects gives them back. */
export function accessOf(workload: string, service: KubernetesObject | undefined, ingress: KubernetesObject | undefined): Access {
  if (!service) return newAccess();
  const { name, type, ports } = serviceOf(service);
  return {
    base: service,
    on: true,
    name: name === workload ? undefined : name,
    type,
    ports,
    ingress: ingress ? ingressIn(ingress, service) : newAccess().ingress,
  };
}

/** What leads to the Service and its first port says neither, so that it follows them. */
function ingressIn(ingress: KubernetesObject, service: KubernetesObject): Access["ingress"] {
  const { className, rules } = ingressOf(ingress);
  const name = service.metadata.name;
  const own = (path: IngressPath): IngressPath => {
    const isOwn = path.service !== undefined && path.service === name;
    return {
      ...path,
      ...(isOwn && { service: undefined }),
      ...(isOwn && isFirst(part(path.base, "backend", "service", "port"), service) && { port: undefined }),
    };
  };
  return { base: ingress, on: true, className, rules: rules.map((rule) => ({ ...rule, paths: rule.paths.map(own) })) };
}
