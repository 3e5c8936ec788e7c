// SPDX-License-Identifier: Apache-2.0
// The parts of a Pod in Kubernetes' own form that the page shows.

export interface ContainerState {
  running?: { startedAt?: string };
  waiting?: { reason?: string; message?: string };
  terminated?: { exitCode: number; signal?: number; reason?: string; message?: string; startedAt?: string; finishedAt?: string };
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: ContainerState;
  lastState?: ContainerState;
  imageID?: string;
}

interface Probe {
  httpGet?: { path?: string; port: number | string; scheme?: string };
  tcpSocket?: { port: number | string };
  exec?: { command?: string[] };
  grpc?: { port: number };
}

interface ContainerSpec {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  ports?: { containerPort: number; protocol?: string; name?: string; hostPort?: number }[];
  env?: { name: string; value?: string; valueFrom?: Record<string, unknown> }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[];
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
}

export interface PodObject {
  metadata: {
    name: string;
    namespace: string;
    uid?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  };
  spec: {
    nodeName?: string;
    serviceAccountName?: string;
    restartPolicy?: string;
    hostNetwork?: boolean;
    priorityClassName?: string;
    containers: ContainerSpec[];
    initContainers?: ContainerSpec[];
    volumes?: ({ name: string } & Record<string, unknown>)[];
    tolerations?: unknown[];
  };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    podIP?: string;
    podIPs?: { ip: string }[];
    hostIP?: string;
    qosClass?: string;
    startTime?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

/** A container as it was asked for and as it is. */
export interface ShownContainer extends ContainerSpec {
  init: boolean;
  status?: ContainerStatus;
}

export function containersOf(pod: PodObject): ShownContainer[] {
  const merge = (specs: ContainerSpec[] = [], statuses: ContainerStatus[] = [], init: boolean) =>
    specs.map((spec) => ({ ...spec, init, status: statuses.find(({ name }) => name === spec.name) }));
  return [...merge(pod.spec.initContainers, pod.status?.initContainerStatuses, true), ...merge(pod.spec.containers, pod.status?.containerStatuses, false)];
}

/** running, waiting, terminated, or nothing that is known yet. */
export function stateName(state?: ContainerState): "running" | "waiting" | "terminated" | "unknown" {
  if (state?.running) return "running";
  if (state?.terminated) return "terminated";
  return state?.waiting ? "waiting" : "unknown";
}

/** What a volume is made of: its type and the name of the object behind it, if there is one. */
export function volumeSource(volume: { name: string } & Record<string, unknown>): { type: string; of?: string } {
  const type = Object.keys(volume).find((key) => key !== "name") ?? "emptyDir";
  const source = volume[type] as Record<string, unknown> | undefined;
  const of = source?.name ?? source?.secretName ?? source?.claimName ?? source?.path;
  return { type, of: typeof of === "string" ? of : undefined };
}

/** Where the value of an environment variable comes from: the object and its key, or a field. */
export function valueSource(from: Record<string, unknown>): string {
  const [kind, reference] = Object.entries(from)[0] ?? ["", {}];
  const { name, key, fieldPath, resource } = reference as Record<string, string | undefined>;
  return `${kind.replace(/(Key)?Ref$/, "")} ${[name, key].filter(Boolean).join("/") || fieldPath || resource || ""}`.trim();
}

export function probeText(probe?: Probe): string | undefined {
  if (!probe) return undefined;
  if (probe.httpGet) return `${probe.httpGet.scheme ?? "HTTP"} GET :${probe.httpGet.port}${probe.httpGet.path ?? "/"}`;
  if (probe.tcpSocket) return `TCP :${probe.tcpSocket.port}`;
  if (probe.grpc) return `gRPC :${probe.grpc.port}`;
  return probe.exec?.command?.join(" ");
}
