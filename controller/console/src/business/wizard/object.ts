// SPDX-License-Identifier: Apache-2.0
// Form → object. What the form does not know is taken over from the object that it was read from.
import { APPLICATION_LABEL, apiVersionOf, kindOf, type WorkloadPlural } from "../kinds";
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { countOrText, filled, mapOf, put, said, without } from "../put";
import {
  AFFINITIES,
  type Affinity,
  type ClaimTemplate,
  type Container,
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
import { DESCRIPTION, followsOf, selectorLabels, VOLUME_SOURCES, workingSpec } from "./reading";

function variable({ base, name, from, value, source, key }: Variable): Fields {
  if (from === "other") return put(base, { name });
  if (from === "value") return put(base, { name, value, valueFrom: undefined });
  const field = from === "configMap" ? "configMapKeyRef" : "secretKeyRef";
  const reference = put(part(base, "valueFrom", field), { name: source, key });
  return put(without(base ?? {}, "value"), { name, valueFrom: { [field]: reference } });
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
    exec: how === "exec" ? put(part(base, "exec"), { command: filled(one.command ?? [], part(base, "exec").command) }) : undefined,
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
  if (!command?.length) return before && (!before.exec || listOf(part(before, "exec").command).length === 0) ? before : undefined;
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

/** Rolling is the rule: it need not be said. */
function rollingType(old: Fields, rollingUpdate: Fields | undefined): string | undefined {
  if (old.type === undefined && old.rollingUpdate !== undefined) return undefined;
  return rollingUpdate || old.type ? "RollingUpdate" : undefined;
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
    return { minReadySeconds, strategy: filled(put(old, { type: rollingType(old, rollingUpdate), rollingUpdate }), before.strategy) };
  }
  const old = part(before, "updateStrategy");
  if (asked.mode === "onDelete") return { minReadySeconds, updateStrategy: put(old, { type: "OnDelete", rollingUpdate: undefined }) };
  const rolling = put(part(old, "rollingUpdate"), { maxUnavailable: countOrText(asked.maxUnavailable), partition: asked.partition ?? undefined });
  const rollingUpdate = filled(rolling, old.rollingUpdate);
  return { minReadySeconds, updateStrategy: filled(put(old, { type: rollingType(old, rollingUpdate), rollingUpdate }), before.updateStrategy) };
}

function rules(of: Rule[] | undefined, before: unknown): Fields[] | undefined {
  const needsNone = (operator: string) => operator === "Exists" || operator === "DoesNotExist";
  return filled(
    (of ?? []).map(({ base, key, operator, values }) => put(base, { key, operator, values: filled(needsNone(operator) ? [] : (values ?? []), base?.values) })),
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
    containers: filled(form.containers.filter(({ init }) => !init).map(containerObject), before.containers),
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
      form.hostAliases.map(({ base, ip, hostnames }) => put(base, { ip, hostnames: filled(hostnames ?? [], base?.hostnames) })),
      before.hostAliases,
    ),
    terminationGracePeriodSeconds: form.terminationGracePeriodSeconds ?? undefined,
  });
}

/** The labels by which a workload finds its pods. */
export function selectorOf(kind: WorkloadPlural, form: WorkloadForm): Record<string, string> {
  const { base } = form;
  return base && !followsOf(kind, base).selector ? (part(base, "spec", "selector", "matchLabels") as Record<string, string>) : selectorLabels(form.name);
}

function jobFields({ batch }: WorkloadForm): Fields {
  const known = ["completions", "parallelism", "backoffLimit", "activeDeadlineSeconds"] as const;
  return Object.fromEntries(known.map((field) => [field, batch[field] ?? undefined]));
}

function cronFields({ batch }: WorkloadForm): Fields {
  const known = ["schedule", "concurrencyPolicy", "suspend", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] as const;
  return Object.fromEntries(known.map((field) => [field, batch[field] ?? undefined]));
}

function claimTemplateObject({ base, name, storageClass, size, accessMode }: ClaimTemplate): Fields {
  const spec = part(base, "spec");
  const requests = put(part(spec, "resources", "requests"), { storage: said(size) });
  const resources = filled(put(part(spec, "resources"), { requests: filled(requests, part(spec, "resources").requests) }), spec.resources);
  const more = Array.isArray(spec.accessModes) ? spec.accessModes.slice(1) : [];
  const accessModes = filled(accessMode ? [accessMode, ...more] : [], spec.accessModes);
  return put(base, {
    metadata: filled(put(part(base, "metadata"), { name: said(name) }), part(base).metadata),
    spec: filled(put(spec, { storageClassName: said(storageClass), accessModes, resources }), part(base).spec),
  });
}

/** The spec with the pod template. */
function specOf(kind: WorkloadPlural, form: WorkloadForm, isNew: boolean): Fields {
  const batch = kind === "jobs" || kind === "cronjobs";
  const before = form.base ? workingSpec(kind, form.base) : {};
  const follows = isNew ? followsOf(kind, form.base) : {};
  const template = part(before, "template");
  const fresh = follows.selector ? selectorLabels(form.name) : {};
  const labels = { ...mapOf(form.podLabels), ...fresh, ...(follows.application && form.application && { [APPLICATION_LABEL]: form.application }) };
  const metadata = filled(put(part(template, "metadata"), { labels: filled(labels, part(template, "metadata").labels) }), template.metadata);
  const service = follows.serviceName ? (!form.base && form.access.on && form.access.name) || form.name : undefined;
  const pods = filled(podSpec(kind, form, part(template, "spec")), template.spec);
  return put(before, {
    ...((kind === "deployments" || kind === "statefulsets") && { replicas: form.replicas ?? undefined }),
    ...(follows.selector && { selector: { matchLabels: fresh } }),
    ...(kind === "statefulsets" && {
      serviceName: said(form.serviceName) ?? service,
      volumeClaimTemplates: filled(form.claimTemplates.map(claimTemplateObject), before.volumeClaimTemplates),
    }),
    ...(batch ? jobFields(form) : strategyFields(kind, before, form.strategy)),
    template: filled(put(template, { metadata, spec: pods }), before.template),
  });
}

/** How an object is made: a new one has parts that follow its name by themselves, and a version that the cluster has. */
export interface Making {
  isNew: boolean;
  kubernetesVersion?: string;
}

/** The object that a form means: what it was read from, with what the form says. */
export function objectOf(kind: WorkloadPlural, form: WorkloadForm, { isNew, kubernetesVersion }: Making): KubernetesObject {
  const { base } = form;
  const labels = put(mapOf(form.labels), { [APPLICATION_LABEL]: said(form.application) });
  const annotations = put(base?.metadata.annotations, { [DESCRIPTION]: said(form.description) });
  const spec = specOf(kind, form, isNew);
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
    spec: kind === "cronjobs" ? put(outer, { ...cronFields(form), jobTemplate: put(part(outer, "jobTemplate"), { spec }) }) : filled(spec, base?.spec),
  } as KubernetesObject;
}
