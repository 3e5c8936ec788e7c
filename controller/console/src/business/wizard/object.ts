// SPDX-License-Identifier: Apache-2.0
// Form → object. What the form does not know is taken over from the object that it was read from.
import { APPLICATION_LABEL, apiVersionOf, kindOf, type WorkloadPlural } from "../kinds";
import { type Fields, type KubernetesObject, part } from "../object";
import {
  AFFINITIES,
  type Affinity,
  type Container,
  type Pair,
  PROBE_FIGURES,
  type Probe,
  type Rule,
  type Strategy,
  type Term,
  type Variable,
  type VariableSet,
  type Volume,
  type WorkloadForm,
} from "./form";
import { DESCRIPTION, VOLUME_SOURCES, workingSpec } from "./reading";

/** `base` with some fields set anew; undefined takes a field away. */
export function put(base: Fields | undefined, known: Fields): Fields {
  const out: Fields = { ...base };
  for (const [key, value] of Object.entries(known)) {
    if (value === undefined) delete out[key];
    else out[key] = value;
  }
  return out;
}

/** undefined in place of nothing; what was there empty stays so. */
function filled<Value extends object>(value: Value, before?: unknown): Value | undefined {
  const empty = Object.keys(value).length === 0;
  return empty && !(typeof before === "object" && before !== null && Object.keys(before).length === 0) ? undefined : value;
}

function said(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** Kubernetes' IntOrString. */
function countOrText(text: string | undefined): string | number | undefined {
  if (text === undefined || text === "") return undefined;
  return /^\d+$/.test(text) ? Number(text) : text;
}

function mapOf(pairs: Pair[]): Record<string, string> {
  return Object.fromEntries(pairs.filter((pair) => pair?.key).map(({ key, value }) => [key, value ?? ""]));
}

function variable({ base, name, from, value, source, key }: Variable): Fields {
  if (from === "other") return put(base, { name });
  if (from === "value") return put(base, { name, value, valueFrom: undefined });
  const field = from === "configMap" ? "configMapKeyRef" : "secretKeyRef";
  const reference = put(part(base, "valueFrom", field), { name: source, key });
  return put(base, { name, value: undefined, valueFrom: { [field]: reference } });
}

function variableSet({ base, from, source, prefix }: VariableSet): Fields {
  const [field, other] = from === "configMap" ? ["configMapRef", "secretRef"] : ["secretRef", "configMapRef"];
  return put(base, { prefix: said(prefix), [field]: put(part(base, field), { name: source }), [other]: undefined });
}

function probe(one: Probe | undefined): Fields | undefined {
  if (!one || one.how === "none") return undefined;
  const { base, how } = one;
  const figures = Object.fromEntries(PROBE_FIGURES.map((figure) => [figure, one[figure] ?? undefined]));
  if (how === "other") return put(base, figures);
  const port = countOrText(one.port);
  const before = part(base, "httpGet");
  const scheme = how === "https" ? "HTTPS" : before.scheme === undefined ? undefined : "HTTP";
  return put(base, {
    ...figures,
    httpGet: how === "http" || how === "https" ? put(before, { path: said(one.path), port, scheme }) : undefined,
    tcpSocket: how === "tcp" ? put(part(base, "tcpSocket"), { port }) : undefined,
    exec: how === "exec" ? put(part(base, "exec"), { command: one.command ?? [] }) : undefined,
  });
}

function resources(one: Container): Fields | undefined {
  const before = part(one.base, "resources");
  const amounts = (of: "requests" | "limits") => filled(put(part(before, of), { cpu: said(one[of]?.cpu), memory: said(one[of]?.memory) }), before[of]);
  return filled(put(before, { requests: amounts("requests"), limits: amounts("limits") }), one.base?.resources);
}

/** A hook that runs a command; one of another sort stays as it is while no command is given. */
function hook(base: Fields, name: string, command: string[] | undefined): Fields | undefined {
  const before = base[name] as Fields | undefined;
  if (!command?.length) return before && !before.exec ? before : undefined;
  return put(before?.exec ? before : undefined, { exec: put(part(before, "exec"), { command }) });
}

export function containerObject(one: Container): Fields {
  const lifecycle = part(one.base, "lifecycle");
  const list = <Item>(items: Item[] | undefined, to: (item: Item) => Fields, before: unknown) => filled((items ?? []).map(to), before);
  return put(one.base, {
    name: one.name,
    image: said(one.image),
    command: filled(one.command ?? [], one.base?.command),
    args: filled(one.args ?? [], one.base?.args),
    imagePullPolicy: said(one.pullPolicy),
    ports: list(
      one.ports,
      (port) => put(port.base, { name: said(port.name), containerPort: port.containerPort, protocol: said(port.protocol) }),
      one.base?.ports,
    ),
    env: list(one.variables, variable, one.base?.env),
    envFrom: list(one.variableSets, variableSet, one.base?.envFrom),
    resources: resources(one),
    volumeMounts: list(
      one.mounts,
      (mount) => put(mount.base, { name: mount.volume, mountPath: mount.path, readOnly: mount.readOnly ?? undefined, subPath: said(mount.subPath) }),
      one.base?.volumeMounts,
    ),
    livenessProbe: probe(one.livenessProbe),
    readinessProbe: probe(one.readinessProbe),
    startupProbe: probe(one.startupProbe),
    lifecycle: filled(
      put(lifecycle, { postStart: hook(lifecycle, "postStart", one.postStart), preStop: hook(lifecycle, "preStop", one.preStop) }),
      one.base?.lifecycle,
    ),
    securityContext: filled(
      put(part(one.base, "securityContext"), Object.fromEntries(Object.entries(one.security ?? {}).map(([key, value]) => [key, value ?? undefined]))),
      one.base?.securityContext,
    ),
  });
}

function volumeObject({ base, name, type, source, memory, sizeLimit }: Volume): Fields {
  if (type === "other") return put(base, { name });
  const others = Object.fromEntries(Object.values(VOLUME_SOURCES).map(({ field }) => [field, undefined]));
  const { field, name: named } = VOLUME_SOURCES[type];
  const before = part(base, field);
  const medium = memory ? "Memory" : before.medium === "Memory" ? undefined : before.medium;
  const within = named ? put(before, { [named]: source }) : put(before, { medium, sizeLimit: said(sizeLimit) });
  return put(put(base, others), { name, [field]: within });
}

function strategyFields(kind: WorkloadPlural, before: Fields, asked: Strategy): Fields {
  const minReadySeconds = asked.minReadySeconds ?? undefined;
  if (kind === "deployments") {
    const old = part(before, "strategy");
    if (asked.mode === "recreate") return { minReadySeconds, strategy: put(old, { type: "Recreate", rollingUpdate: undefined }) };
    const batch = asked.batch ?? 1;
    const [maxSurge, maxUnavailable] =
      asked.mode === "startFirst" ? [batch, 0] : asked.mode === "stopFirst" ? [0, batch] : [countOrText(asked.maxSurge), countOrText(asked.maxUnavailable)];
    const rollingUpdate = filled(put(part(old, "rollingUpdate"), { maxSurge, maxUnavailable }), old.rollingUpdate);
    const type = rollingUpdate || old.type ? "RollingUpdate" : undefined;
    return { minReadySeconds, strategy: filled(put(old, { type, rollingUpdate }), before.strategy) };
  }
  const old = part(before, "updateStrategy");
  if (asked.mode === "onDelete") return { minReadySeconds, updateStrategy: put(old, { type: "OnDelete", rollingUpdate: undefined }) };
  const rolling = put(part(old, "rollingUpdate"), { maxUnavailable: countOrText(asked.maxUnavailable), partition: asked.partition ?? undefined });
  const rollingUpdate = filled(rolling, old.rollingUpdate);
  const type = rollingUpdate || old.type ? "RollingUpdate" : undefined;
  return { minReadySeconds, updateStrategy: filled(put(old, { type, rollingUpdate }), before.updateStrategy) };
}

function rules(of: Rule[] | undefined, before: unknown): Fields[] | undefined {
  const needsNone = (operator: string) => operator === "Exists" || operator === "DoesNotExist";
  return filled(
    (of ?? []).map(({ base, key, operator, values }) => put(base, { key, operator, values: needsNone(operator) ? undefined : (values ?? []) })),
    before,
  );
}

function affinityObject(kind: (typeof AFFINITIES)[number], asked: Affinity, before: Fields): Fields | undefined {
  const nodes = kind === "nodeAffinity";
  const nodeTerm = (term: Term, base: Fields | undefined) => put(base, { matchExpressions: rules(term.rules, base?.matchExpressions) });
  const podTerm = (term: Term, base: Fields | undefined) => {
    const selector = part(base, "labelSelector");
    const labelSelector = filled(put(selector, { matchExpressions: rules(term.rules, selector.matchExpressions) }), base?.labelSelector);
    return put(base, { topologyKey: term.topologyKey, labelSelector });
  };
  const within = nodes ? "preference" : "podAffinityTerm";
  const oldRequired = before.requiredDuringSchedulingIgnoredDuringExecution;
  const required = asked.required.map((term) => (nodes ? nodeTerm(term, term.base) : podTerm(term, term.base)));
  const preferred = asked.preferred.map((term) => {
    const base = term.base ? part(term.base, within) : undefined;
    return put(term.base, { weight: term.weight ?? 1, [within]: nodes ? nodeTerm(term, base) : podTerm(term, base) });
  });
  const kept = filled(required, oldRequired);
  return filled(
    put(before, {
      requiredDuringSchedulingIgnoredDuringExecution: nodes ? kept && put(part({ oldRequired }, "oldRequired"), { nodeSelectorTerms: required }) : kept,
      preferredDuringSchedulingIgnoredDuringExecution: filled(preferred, before.preferredDuringSchedulingIgnoredDuringExecution),
    }),
  );
}

function podSpec(kind: WorkloadPlural, form: WorkloadForm, before: Fields): Fields {
  const batch = kind === "jobs" || kind === "cronjobs";
  const old = part(before, "affinity");
  const affinity = put(old, Object.fromEntries(AFFINITIES.map((one) => [one, affinityObject(one, form.scheduling[one], part(old, one))])));
  const { scheduling } = form;
  return put(before, {
    initContainers: filled(form.containers.filter(({ init }) => init).map(containerObject), before.initContainers),
    containers: form.containers.filter(({ init }) => !init).map(containerObject),
    volumes: filled(form.volumes.map(volumeObject), before.volumes),
    ...(batch && { restartPolicy: said(form.batch.restartPolicy) }),
    imagePullSecrets: filled(
      form.pullSecrets.map((name) => ({ name })),
      before.imagePullSecrets,
    ),
    nodeSelector: filled(mapOf(scheduling.nodeSelector), before.nodeSelector),
    tolerations: filled(
      scheduling.tolerations.map(({ base, key, operator, value, effect }) =>
        put(base, { key: said(key), operator: said(operator), value: said(value), effect: said(effect) }),
      ),
      before.tolerations,
    ),
    affinity: filled(affinity, before.affinity),
    hostNetwork: form.hostNetwork || (form.hostNetwork === false && before.hostNetwork !== undefined) ? form.hostNetwork : undefined,
    hostAliases: filled(
      form.hostAliases.map(({ base, ip, hostnames }) => put(base, { ip, hostnames: hostnames ?? [] })),
      before.hostAliases,
    ),
    terminationGracePeriodSeconds: form.terminationGracePeriodSeconds ?? undefined,
  });
}

/** The labels by which a new workload finds its pods. */
export function selectorOf(form: WorkloadForm): Record<string, string> {
  return { app: form.name };
}

function jobFields({ batch }: WorkloadForm): Fields {
  const known = ["completions", "parallelism", "backoffLimit", "activeDeadlineSeconds"] as const;
  return Object.fromEntries(known.map((field) => [field, batch[field] ?? undefined]));
}

function cronFields({ batch }: WorkloadForm): Fields {
  const known = ["schedule", "concurrencyPolicy", "suspend", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] as const;
  return Object.fromEntries(known.map((field) => [field, batch[field] ?? undefined]));
}

/** The spec with the pod template. */
function specOf(kind: WorkloadPlural, form: WorkloadForm, before: Fields, isNew: boolean): Fields {
  const batch = kind === "jobs" || kind === "cronjobs";
  const template = part(before, "template");
  const fresh = isNew && !batch ? selectorOf(form) : {};
  const labels = { ...mapOf(form.podLabels), ...fresh, ...(isNew && form.application && { [APPLICATION_LABEL]: form.application }) };
  const metadata = filled(put(part(template, "metadata"), { labels: filled(labels, part(template, "metadata").labels) }), template.metadata);
  return put(before, {
    ...((kind === "deployments" || kind === "statefulsets") && { replicas: form.replicas ?? undefined }),
    ...(isNew && !batch && { selector: { matchLabels: fresh } }),
    ...(kind === "statefulsets" && {
      serviceName: said(form.serviceName) ?? (isNew ? (form.access.on && form.access.name) || form.name : undefined),
      volumeClaimTemplates: filled(
        form.claimTemplates.map(({ base, name, storageClass, size, accessMode }) => {
          const spec = part(base, "spec");
          const requests = put(part(spec, "resources", "requests"), { storage: size });
          const more = Array.isArray(spec.accessModes) ? spec.accessModes.slice(1) : [];
          const own = { storageClassName: said(storageClass), accessModes: [accessMode, ...more], resources: put(part(spec, "resources"), { requests }) };
          return put(base, { metadata: put(part(base, "metadata"), { name }), spec: put(spec, own) });
        }),
        before.volumeClaimTemplates,
      ),
    }),
    ...(batch ? jobFields(form) : strategyFields(kind, before, form.strategy)),
    template: put(template, { metadata, spec: podSpec(kind, form, part(template, "spec")) }),
  });
}

/** The object that a form means. `base`: the one that it was read from; none: a new one, of a version that the cluster has. */
export function objectOf(kind: WorkloadPlural, form: WorkloadForm, base?: KubernetesObject, kubernetesVersion?: string): KubernetesObject {
  const labels = put(mapOf(form.labels), { [APPLICATION_LABEL]: said(form.application) });
  const annotations = put(base?.metadata.annotations, { [DESCRIPTION]: said(form.description) });
  const isNew = base === undefined;
  const spec = specOf(kind, form, base ? workingSpec(kind, base) : {}, isNew);
  const outer = part(base, "spec");
  return {
    ...base,
    apiVersion: base?.apiVersion ?? apiVersionOf(kind, kubernetesVersion),
    kind: base?.kind ?? kindOf(kind),
    metadata: put(base?.metadata, {
      name: form.name,
      namespace: form.namespace,
      labels: filled(labels, base?.metadata.labels),
      annotations: filled(annotations, base?.metadata.annotations),
    }),
    spec: kind === "cronjobs" ? put(outer, { ...cronFields(form), jobTemplate: put(part(outer, "jobTemplate"), { spec }) }) : spec,
  } as KubernetesObject;
}

/** The Service and the Ingress that shall be made with a workload. */
export function accessObjects(form: WorkloadForm): KubernetesObject[] {
  const { access } = form;
  if (!access.on) return [];
  const name = access.name || form.name;
  const labels = filled(put({}, { [APPLICATION_LABEL]: said(form.application) }));
  const metadata = put({ name, namespace: form.namespace }, { labels });
  const ports = access.ports.map((port) =>
    put({}, { ...port, name: said(port.name), targetPort: countOrText(port.targetPort) ?? port.port, nodePort: port.nodePort ?? undefined }),
  );
  const headless = access.type === "Headless";
  const type = headless ? "ClusterIP" : (access.type ?? "ClusterIP");
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: put({}, { type, clusterIP: headless ? "None" : undefined, selector: selectorOf(form), ports }),
  };
  if (!access.ingress.on) return [service];
  const backend = { service: { name, port: { number: access.ports[0]?.port } } };
  const rule = put({}, { host: said(access.ingress.host), http: { paths: [{ path: access.ingress.path || "/", pathType: "Prefix", backend }] } });
  const spec = put({}, { ingressClassName: said(access.ingress.className), rules: [rule] });
  return [service, { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { ...metadata }, spec }];
}
