// SPDX-License-Identifier: Apache-2.0
// What the form of a workload holds. Each part keeps its `base`, the part of the object that it was read from: what the form
// does not know is in there, and goes back into the object.
import type { WorkloadPlural } from "../kinds";
import type { Fields, KubernetesObject } from "../object";
import { type IngressRule, newPath } from "../network/ingress";

export interface Pair {
  key: string;
  value: string;
}

export interface Variable {
  base?: Fields;
  name: string;
  from: "value" | "configMap" | "secret" | "other";
  value?: string;
  /** The ConfigMap's or Secret's name. */
  source?: string;
  key?: string;
}

/** All keys of a ConfigMap or Secret as variables. */
export interface VariableSet {
  base?: Fields;
  from: "configMap" | "secret";
  source: string;
  prefix?: string;
}

export interface Port {
  base?: Fields;
  name?: string;
  containerPort?: number;
  protocol?: string;
}

export type ProbeHow = "none" | "http" | "https" | "tcp" | "exec" | "other";

export interface Probe {
  base?: Fields;
  how: ProbeHow;
  path?: string;
  port?: string;
  command?: string[];
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export const PROBE_FIGURES = ["initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold"] as const;
export const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;

export interface Mount {
  base?: Fields;
  volume: string;
  path: string;
  readOnly?: boolean;
  subPath?: string;
}

export interface Security {
  runAsNonRoot?: boolean;
  readOnlyRootFilesystem?: boolean;
  privileged?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
}

export interface Container {
  base?: Fields;
  init: boolean;
  name: string;
  image: string;
  pullPolicy?: string;
  requests: { cpu?: string; memory?: string };
  limits: { cpu?: string; memory?: string };
  variables: Variable[];
  variableSets: VariableSet[];
  ports: Port[];
  command: string[];
  args: string[];
  livenessProbe: Probe;
  readinessProbe: Probe;
  startupProbe: Probe;
  postStart: string[];
  preStop: string[];
  mounts: Mount[];
  security: Security;
}

export type VolumeType = "emptyDir" | "configMap" | "secret" | "claim" | "hostPath" | "other";

export interface Volume {
  base?: Fields;
  name: string;
  type: VolumeType;
  /** The ConfigMap, Secret or claim, or the path on the host. */
  source?: string;
  /** Of an emptyDir. */
  memory?: boolean;
  sizeLimit?: string;
}

/** A claim that a StatefulSet makes for each of its pods. */
export interface ClaimTemplate {
  base?: Fields;
  name: string;
  storageClass?: string;
  size: string;
  accessMode?: string;
}

export interface Strategy {
  /** Of a Deployment: startFirst, stopFirst, recreate, custom; else rolling, onDelete. */
  mode: "startFirst" | "stopFirst" | "recreate" | "custom" | "rolling" | "onDelete";
  batch?: number;
  maxSurge?: string;
  maxUnavailable?: string;
  partition?: number;
  minReadySeconds?: number;
}

export interface Rule {
  base?: Fields;
  key: string;
  operator: string;
  values: string[];
}

/** One term of an affinity; all its rules must hold. */
export interface Term {
  base?: Fields;
  /** Of what is preferred. */
  weight?: number;
  /** Of pods. */
  topologyKey?: string;
  rules: Rule[];
}

export interface Toleration {
  base?: Fields;
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
}

export const AFFINITIES = ["nodeAffinity", "podAffinity", "podAntiAffinity"] as const;
export interface Affinity {
  required: Term[];
  preferred: Term[];
}

export interface Scheduling {
  nodeSelector: Pair[];
  tolerations: Toleration[];
  nodeAffinity: Affinity;
  podAffinity: Affinity;
  podAntiAffinity: Affinity;
}

export interface HostAlias {
  base?: Fields;
  ip: string;
  hostnames: string[];
}

export interface AccessPort {
  base?: Fields;
  name?: string;
  port?: number;
  targetPort?: string;
  nodePort?: number;
  protocol?: string;
}

/** A Service to make with the workload, and an Ingress that leads to it. */
export interface Access {
  base?: KubernetesObject;
  on: boolean;
  name?: string;
  type?: string;
  ports: AccessPort[];
  /** A path that names no Service or port leads to this one and its first. */
  ingress: { base?: KubernetesObject; on: boolean; className?: string; rules: IngressRule[] };
}

/** An autoscaler to make with a Deployment. */
export interface Scaling {
  base?: KubernetesObject;
  on: boolean;
  min?: number;
  max?: number;
  /** Per cent of what is requested. */
  cpu?: number;
  memory?: number;
}

export interface Batch {
  completions?: number;
  parallelism?: number;
  backoffLimit?: number;
  activeDeadlineSeconds?: number;
  restartPolicy?: string;
  schedule?: string;
  concurrencyPolicy?: string;
  suspend?: boolean;
  startingDeadlineSeconds?: number;
  successfulJobsHistoryLimit?: number;
  failedJobsHistoryLimit?: number;
}

export interface WorkloadForm {
  /** None: nothing was read, all of the object is of the form. */
  base?: KubernetesObject;
  namespace?: string;
  name: string;
  description?: string;
  application?: string;
  replicas?: number;
  labels: Pair[];
  podLabels: Pair[];
  containers: Container[];
  volumes: Volume[];
  claimTemplates: ClaimTemplate[];
  pullSecrets: string[];
  serviceName?: string;
  strategy: Strategy;
  scheduling: Scheduling;
  hostNetwork?: boolean;
  hostAliases: HostAlias[];
  terminationGracePeriodSeconds?: number;
  access: Access;
  scaling: Scaling;
  batch: Batch;
}

export function newProbe(): Probe {
  return { how: "none" };
}

export function newContainer(name: string): Container {
  return {
    init: false,
    name,
    image: "",
    pullPolicy: "IfNotPresent",
    requests: {},
    limits: {},
    variables: [],
    variableSets: [],
    ports: [],
    command: [],
    args: [],
    livenessProbe: newProbe(),
    readinessProbe: newProbe(),
    startupProbe: newProbe(),
    postStart: [],
    preStop: [],
    mounts: [],
    security: {},
  };
}

function noAffinity(): Affinity {
  return { required: [], preferred: [] };
}

export function newAccess(): Access {
  return { on: false, type: "ClusterIP", ports: [{ protocol: "TCP" }], ingress: { on: false, rules: [{ paths: [newPath()] }] } };
}

/** The form of a workload that is to be made. */
export function newForm(kind: WorkloadPlural): WorkloadForm {
  const batch = kind === "jobs" || kind === "cronjobs";
  return {
    name: "",
    labels: [],
    podLabels: [],
    containers: [newContainer("container1")],
    volumes: [],
    claimTemplates: [],
    pullSecrets: [],
    hostAliases: [],
    ...((kind === "deployments" || kind === "statefulsets") && { replicas: 1 }),
    strategy: kind === "deployments" ? { mode: "startFirst", batch: 1 } : { mode: "rolling" },
    scheduling: { nodeSelector: [], tolerations: [], nodeAffinity: noAffinity(), podAffinity: noAffinity(), podAntiAffinity: noAffinity() },
    access: newAccess(),
    scaling: { on: false, min: 1, max: 3, cpu: 80 },
    batch: {
      ...(batch && { completions: 1, parallelism: 1, backoffLimit: 6, restartPolicy: "Never" }),
      ...(kind === "cronjobs" && { schedule: "", concurrencyPolicy: "Forbid" }),
    },
  };
}
