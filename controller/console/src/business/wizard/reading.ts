// SPDX-License-Identifier: Apache-2.0
// Object → form.
import { APPLICATION_LABEL, type WorkloadPlural } from "../kinds";
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { told } from "../sameness";
import {
  AFFINITIES,
  type Affinity,
  type ClaimTemplate,
  type Container,
  newForm,
  type Pair,
  PROBE_FIGURES,
  type Probe,
  type Rule,
  type Strategy,
  type Term,
  type Variable,
  type VariableSet,
  type Volume,
  type VolumeType,
  type WorkloadForm,
} from "./form";

/** Kubernetes' own annotation for what an object is for. */
export const DESCRIPTION = "kubernetes.io/description";

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}
function count(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
function flag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}
function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
function pairs(value: unknown): Pair[] {
  return Object.entries(part({ value }, "value")).map(([key, one]) => ({ key, value: String(one) }));
}

function variableOf(base: Fields): Variable {
  const name = text(base.name) ?? "";
  const from = part(base, "valueFrom");
  if (from.configMapKeyRef)
    return {
      base,
      name,
      from: "configMap",
      source: text(part(from, "configMapKeyRef").name),
      key: text(part(from, "configMapKeyRef").key),
    };
  if (from.secretKeyRef) return { base, name, from: "secret", source: text(part(from, "secretKeyRef").name), key: text(part(from, "secretKeyRef").key) };
  if (base.valueFrom) return { base, name, from: "other" };
  return { base, name, from: "value", value: text(base.value) };
}

function variableSetOf(base: Fields): VariableSet {
  const from = base.secretRef ? "secret" : "configMap";
  return { base, from, source: text(part(base, `${from}Ref`).name) ?? "", prefix: text(base.prefix) };
}

function probeOf(value: unknown): Probe {
  if (typeof value !== "object" || value === null) return { how: "none" };
  const base = value as Fields;
  const figures = Object.fromEntries(PROBE_FIGURES.map((figure) => [figure, count(base[figure])]));
  const http = part(base, "httpGet");
  if (base.httpGet) return { base, how: http.scheme === "HTTPS" ? "https" : "http", path: text(http.path), port: text(http.port), ...figures };
  if (base.tcpSocket) return { base, how: "tcp", port: text(part(base, "tcpSocket").port), ...figures };
  if (base.exec) return { base, how: "exec", command: texts(part(base, "exec").command), ...figures };
  return { base, how: "other", ...figures };
}

function containerOf(base: Fields, init: boolean): Container {
  const amounts = (of: string) => ({ cpu: text(part(base, "resources", of).cpu), memory: text(part(base, "resources", of).memory) });
  const security = part(base, "securityContext");
  return {
    base,
    init,
    name: text(base.name) ?? "",
    image: text(base.image) ?? "",
    pullPolicy: text(base.imagePullPolicy),
    requests: amounts("requests"),
    limits: amounts("limits"),
    variables: listOf(base.env).map(variableOf),
    variableSets: listOf(base.envFrom).map(variableSetOf),
    ports: listOf(base.ports).map((port) => ({ base: port, name: text(port.name), containerPort: count(port.containerPort), protocol: text(port.protocol) })),
    command: texts(base.command),
    args: texts(base.args),
    livenessProbe: probeOf(base.livenessProbe),
    readinessProbe: probeOf(base.readinessProbe),
    startupProbe: probeOf(base.startupProbe),
    postStart: texts(part(base, "lifecycle", "postStart", "exec").command),
    preStop: texts(part(base, "lifecycle", "preStop", "exec").command),
    mounts: listOf(base.volumeMounts).map((mount) => ({
      base: mount,
      volume: text(mount.name) ?? "",
      path: text(mount.mountPath) ?? "",
      readOnly: flag(mount.readOnly),
      subPath: text(mount.subPath),
    })),
    security: {
      runAsNonRoot: flag(security.runAsNonRoot),
      readOnlyRootFilesystem: flag(security.readOnlyRootFilesystem),
      privileged: flag(security.privileged),
      runAsUser: count(security.runAsUser),
      runAsGroup: count(security.runAsGroup),
    },
  };
}

/** Where each type of volume stands in Kubernetes' form, and which of its fields names its source. */
export const VOLUME_SOURCES: Record<Exclude<VolumeType, "other">, { field: string; name?: string }> = {
  emptyDir: { field: "emptyDir" },
  configMap: { field: "configMap", name: "name" },
  secret: { field: "secret", name: "secretName" },
  claim: { field: "persistentVolumeClaim", name: "claimName" },
  hostPath: { field: "hostPath", name: "path" },
};

function volumeOf(base: Fields): Volume {
  const name = text(base.name) ?? "";
  for (const [type, source] of Object.entries(VOLUME_SOURCES)) {
    if (!base[source.field]) continue;
    const within = part(base, source.field);
    const volume: Volume = { base, name, type: type as VolumeType, source: source.name && text(within[source.name]) };
    return type === "emptyDir" ? { ...volume, memory: within.medium === "Memory" ? true : undefined, sizeLimit: text(within.sizeLimit) } : volume;
  }
  return { base, name, type: "other" };
}

function claimTemplateOf(base: Fields): ClaimTemplate {
  return {
    base,
    name: text(part(base, "metadata").name) ?? "",
    storageClass: text(part(base, "spec").storageClassName),
    size: text(part(base, "spec", "resources", "requests").storage) ?? "",
    accessMode: texts(part(base, "spec").accessModes)[0],
  };
}

function strategyOf(kind: WorkloadPlural, spec: Fields): Strategy {
  const minReadySeconds = count(spec.minReadySeconds);
  if (kind !== "deployments") {
    const { type } = part(spec, "updateStrategy");
    const rolling = part(spec, "updateStrategy", "rollingUpdate");
    return {
      mode: type === "OnDelete" ? "onDelete" : "rolling",
      maxUnavailable: text(rolling.maxUnavailable),
      partition: count(rolling.partition),
      minReadySeconds,
    };
  }
  if (part(spec, "strategy").type === "Recreate") return { mode: "recreate", minReadySeconds };
  const { maxSurge, maxUnavailable } = part(spec, "strategy", "rollingUpdate");
  if (maxUnavailable === 0 && typeof maxSurge === "number") return { mode: "startFirst", batch: maxSurge, minReadySeconds };
  if (maxSurge === 0 && typeof maxUnavailable === "number") return { mode: "stopFirst", batch: maxUnavailable, minReadySeconds };
  return { mode: "custom", maxSurge: text(maxSurge), maxUnavailable: text(maxUnavailable), minReadySeconds };
}

function rulesOf(value: unknown): Rule[] {
  return listOf(value).map((base) => ({ base, key: text(base.key) ?? "", operator: text(base.operator) ?? "In", values: texts(base.values) }));
}

function affinityOf(kind: (typeof AFFINITIES)[number], of: Fields): Affinity {
  const required = of.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = listOf(of.preferredDuringSchedulingIgnoredDuringExecution);
  const podTerm = (base: Fields): Term => ({ base, topologyKey: text(base.topologyKey), rules: rulesOf(part(base, "labelSelector").matchExpressions) });
  const nodeTerm = (base: Fields): Term => ({ base, rules: rulesOf(base.matchExpressions) });
  if (kind === "nodeAffinity") {
    return {
      required: listOf(part({ required }, "required").nodeSelectorTerms).map(nodeTerm),
      preferred: preferred.map((base) => ({ ...nodeTerm(part(base, "preference")), base, weight: count(base.weight) })),
    };
  }
  return {
    required: listOf(required).map(podTerm),
    preferred: preferred.map((base) => ({ ...podTerm(part(base, "podAffinityTerm")), base, weight: count(base.weight) })),
  };
}

/** The spec that holds the pod template: a CronJob's is within its Job's. */
export function workingSpec(kind: WorkloadPlural, object: Fields): Fields {
  return kind === "cronjobs" ? part(object, "spec", "jobTemplate", "spec") : part(object, "spec");
}

/** The labels by which a new workload finds its pods, unless somebody says others. */
export function selectorLabels(name: string): Record<string, string> {
  return { app: name };
}

/** Which parts of a new workload follow what the form says, as they were not made otherwise. */
export interface Follows {
  selector?: boolean;
  application?: boolean;
  serviceName?: boolean;
}

export function followsOf(kind: WorkloadPlural, object: KubernetesObject | undefined): Follows {
  const batch = kind === "jobs" || kind === "cronjobs";
  if (!object) return { selector: !batch, application: true, serviceName: kind === "statefulsets" };
  const spec = workingSpec(kind, object);
  const name = object.metadata.name ?? "";
  const labels = part(spec, "template", "metadata", "labels");
  const application = object.metadata.labels?.[APPLICATION_LABEL];
  return {
    selector: !batch && labels.app === name && told(spec.selector) === told({ matchLabels: selectorLabels(name) }),
    application: labels[APPLICATION_LABEL] === application && application !== "",
    serviceName: kind === "statefulsets" && spec.serviceName === name,
  };
}

/** What the form shows of an object; objectOf gives it back. Of a new one it leaves out what follows by itself. */
export function formOf(kind: WorkloadPlural, object: KubernetesObject, isNew = false): WorkloadForm {
  const follows = isNew ? followsOf(kind, object) : {};
  const derived = (key: string) => (key === "app" && follows.selector) || (key === APPLICATION_LABEL && follows.application);
  const spec = workingSpec(kind, object);
  const pod = part(spec, "template", "spec");
  const labels = object.metadata.labels ?? {};
  const outer = part(object, "spec");
  const affinity = part(pod, "affinity");
  return {
    ...newForm(kind),
    base: object,
    namespace: object.metadata.namespace,
    name: object.metadata.name ?? "",
    description: object.metadata.annotations?.[DESCRIPTION],
    application: labels[APPLICATION_LABEL],
    replicas: count(spec.replicas),
    labels: pairs(labels).filter(({ key }) => key !== APPLICATION_LABEL),
    podLabels: pairs(part(spec, "template", "metadata").labels).filter(({ key }) => !derived(key)),
    containers: [...listOf(pod.initContainers).map((one) => containerOf(one, true)), ...listOf(pod.containers).map((one) => containerOf(one, false))],
    volumes: listOf(pod.volumes).map(volumeOf),
    claimTemplates: listOf(spec.volumeClaimTemplates).map(claimTemplateOf),
    pullSecrets: listOf(pod.imagePullSecrets).map(({ name }) => text(name) ?? ""),
    serviceName: follows.serviceName ? undefined : text(spec.serviceName),
    strategy: strategyOf(kind, spec),
    scheduling: {
      nodeSelector: pairs(pod.nodeSelector),
      tolerations: listOf(pod.tolerations).map((base) => ({
        base,
        key: text(base.key),
        operator: text(base.operator),
        value: text(base.value),
        effect: text(base.effect),
      })),
      nodeAffinity: affinityOf("nodeAffinity", part(affinity, "nodeAffinity")),
      podAffinity: affinityOf("podAffinity", part(affinity, "podAffinity")),
      podAntiAffinity: affinityOf("podAntiAffinity", part(affinity, "podAntiAffinity")),
    },
    hostNetwork: flag(pod.hostNetwork),
    hostAliases: listOf(pod.hostAliases).map((base) => ({ base, ip: text(base.ip) ?? "", hostnames: texts(base.hostnames) })),
    terminationGracePeriodSeconds: count(pod.terminationGracePeriodSeconds),
    batch: {
      completions: count(spec.completions),
      parallelism: count(spec.parallelism),
      backoffLimit: count(spec.backoffLimit),
      activeDeadlineSeconds: count(spec.activeDeadlineSeconds),
      restartPolicy: text(pod.restartPolicy),
      schedule: text(outer.schedule),
      concurrencyPolicy: text(outer.concurrencyPolicy),
      suspend: flag(outer.suspend),
      startingDeadlineSeconds: count(outer.startingDeadlineSeconds),
      successfulJobsHistoryLimit: count(outer.successfulJobsHistoryLimit),
      failedJobsHistoryLimit: count(outer.failedJobsHistoryLimit),
    },
  };
}
