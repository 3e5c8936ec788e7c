// SPDX-License-Identifier: Apache-2.0
// What may stand where in the objects that people write most: names of fields with their types. A help, no check: the
// cluster has the last word, and kinds that are not here get no hints.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

/** A field's type in words, or the fields below it; in a list those of an item. */
type Shape = string | { [field: string]: Shape };

const quantities: Shape = { cpu: "quantity", memory: "quantity", "ephemeral-storage": "quantity" };
const keyOf: Shape = { name: "string", key: "string", optional: "boolean" };
const selector: Shape = { matchLabels: "map", matchExpressions: { key: "string", operator: "In | NotIn | Exists | DoesNotExist", values: "list" } };
const metadata: Shape = { name: "string", namespace: "string", labels: "map", annotations: "map" };
const handler = {
  httpGet: { path: "string", port: "number | name", scheme: "HTTP | HTTPS", httpHeaders: { name: "string", value: "string" } },
  tcpSocket: { port: "number | name" },
  exec: { command: "list" },
};
const probe: Shape = {
  ...handler,
  initialDelaySeconds: "number",
  periodSeconds: "number",
  timeoutSeconds: "number",
  successThreshold: "number",
  failureThreshold: "number",
};
const container: Shape = {
  name: "string",
  image: "string",
  imagePullPolicy: "Always | IfNotPresent | Never",
  command: "list",
  args: "list",
  workingDir: "string",
  ports: { name: "string", containerPort: "number", hostPort: "number", protocol: "TCP | UDP | SCTP" },
  env: {
    name: "string",
    value: "string",
    valueFrom: { configMapKeyRef: keyOf, secretKeyRef: keyOf, fieldRef: { fieldPath: "string" }, resourceFieldRef: { resource: "string" } },
  },
  envFrom: { prefix: "string", configMapRef: { name: "string" }, secretRef: { name: "string" } },
  resources: { requests: quantities, limits: quantities },
  volumeMounts: { name: "string", mountPath: "string", subPath: "string", readOnly: "boolean" },
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: { postStart: handler, preStop: handler },
  securityContext: {
    runAsUser: "number",
    runAsGroup: "number",
    runAsNonRoot: "boolean",
    readOnlyRootFilesystem: "boolean",
    privileged: "boolean",
    allowPrivilegeEscalation: "boolean",
    capabilities: { add: "list", drop: "list" },
  },
  stdin: "boolean",
  tty: "boolean",
};
const podTerm: Shape = { labelSelector: selector, topologyKey: "string", namespaces: "list" };
const podAffinity: Shape = {
  requiredDuringSchedulingIgnoredDuringExecution: podTerm,
  preferredDuringSchedulingIgnoredDuringExecution: { weight: "1–100", podAffinityTerm: podTerm },
};
const nodeTerm: Shape = { matchExpressions: { key: "string", operator: "In | NotIn | Exists | DoesNotExist | Gt | Lt", values: "list" } };
const podSpec: Shape = {
  containers: container,
  initContainers: container,
  restartPolicy: "Always | OnFailure | Never",
  serviceAccountName: "string",
  nodeSelector: "map",
  nodeName: "string",
  volumes: {
    name: "string",
    emptyDir: { medium: "string", sizeLimit: "quantity" },
    configMap: { name: "string", items: { key: "string", path: "string" }, defaultMode: "number" },
    secret: { secretName: "string", items: { key: "string", path: "string" }, defaultMode: "number" },
    persistentVolumeClaim: { claimName: "string", readOnly: "boolean" },
    hostPath: { path: "string", type: "string" },
  },
  imagePullSecrets: { name: "string" },
  terminationGracePeriodSeconds: "number",
  hostNetwork: "boolean",
  dnsPolicy: "ClusterFirst | Default | None",
  hostAliases: { ip: "string", hostnames: "list" },
  tolerations: { key: "string", operator: "Exists | Equal", value: "string", effect: "NoSchedule | PreferNoSchedule | NoExecute" },
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: nodeTerm },
      preferredDuringSchedulingIgnoredDuringExecution: { weight: "1–100", preference: nodeTerm },
    },
    podAffinity,
    podAntiAffinity: podAffinity,
  },
  securityContext: { runAsUser: "number", runAsGroup: "number", runAsNonRoot: "boolean", fsGroup: "number" },
  priorityClassName: "string",
};
const template: Shape = { metadata, spec: podSpec };
const claimSpec: Shape = {
  accessModes: "ReadWriteOnce | ReadOnlyMany | ReadWriteMany",
  storageClassName: "string",
  resources: { requests: { storage: "quantity" } },
  volumeName: "string",
};
const jobSpec: Shape = {
  completions: "number",
  parallelism: "number",
  backoffLimit: "number",
  activeDeadlineSeconds: "number",
  ttlSecondsAfterFinished: "number",
  template,
};

/** Kinds with their apiVersion and what stands below their own keys. */
const KINDS: Record<string, { apiVersion: string; fields: Shape }> = {
  Pod: { apiVersion: "v1", fields: { spec: podSpec } },
  Deployment: {
    apiVersion: "apps/v1",
    fields: {
      spec: {
        replicas: "number",
        selector,
        template,
        minReadySeconds: "number",
        revisionHistoryLimit: "number",
        paused: "boolean",
        progressDeadlineSeconds: "number",
        strategy: { type: "RollingUpdate | Recreate", rollingUpdate: { maxSurge: "number | %", maxUnavailable: "number | %" } },
      },
    },
  },
  StatefulSet: {
    apiVersion: "apps/v1",
    fields: {
      spec: {
        replicas: "number",
        serviceName: "string",
        selector,
        template,
        podManagementPolicy: "OrderedReady | Parallel",
        revisionHistoryLimit: "number",
        updateStrategy: { type: "RollingUpdate | OnDelete", rollingUpdate: { partition: "number" } },
        volumeClaimTemplates: { metadata, spec: claimSpec },
      },
    },
  },
  DaemonSet: {
    apiVersion: "apps/v1",
    fields: {
      spec: {
        selector,
        template,
        minReadySeconds: "number",
        updateStrategy: { type: "RollingUpdate | OnDelete", rollingUpdate: { maxUnavailable: "number | %" } },
      },
    },
  },
  Job: { apiVersion: "batch/v1", fields: { spec: jobSpec } },
  CronJob: {
    apiVersion: "batch/v1",
    fields: {
      spec: {
        schedule: "* * * * *",
        concurrencyPolicy: "Allow | Forbid | Replace",
        suspend: "boolean",
        startingDeadlineSeconds: "number",
        successfulJobsHistoryLimit: "number",
        failedJobsHistoryLimit: "number",
        jobTemplate: { metadata, spec: jobSpec },
      },
    },
  },
  Service: {
    apiVersion: "v1",
    fields: {
      spec: {
        type: "ClusterIP | NodePort | LoadBalancer | ExternalName",
        selector: "map",
        clusterIP: "string",
        externalName: "string",
        sessionAffinity: "None | ClientIP",
        ports: { name: "string", port: "number", targetPort: "number | name", nodePort: "number", protocol: "TCP | UDP" },
      },
    },
  },
  Ingress: {
    apiVersion: "networking.k8s.io/v1",
    fields: {
      spec: {
        ingressClassName: "string",
        tls: { hosts: "list", secretName: "string" },
        rules: {
          host: "string",
          http: { paths: { path: "string", pathType: "Prefix | Exact", backend: { service: { name: "string", port: { number: "number", name: "string" } } } } },
        },
      },
    },
  },
  ConfigMap: { apiVersion: "v1", fields: { data: "map", binaryData: "map", immutable: "boolean" } },
  Secret: { apiVersion: "v1", fields: { type: "Opaque | kubernetes.io/tls | …", stringData: "map", data: "map (base64)", immutable: "boolean" } },
  PersistentVolumeClaim: { apiVersion: "v1", fields: { spec: claimSpec } },
  Namespace: { apiVersion: "v1", fields: {} },
};

const KEY = /^(\s*)((?:- +)*)(?:([A-Za-z0-9_.\-/]+)\s*:)?/;

/** How deep a line's key stands: behind its dashes. */
function depth(line: string): number {
  const [, spaces, dashes] = KEY.exec(line) as RegExpExecArray;
  return spaces.length + dashes.length;
}

/** The keys above the last of `lines`, outermost first. */
export function pathAt(lines: string[]): string[] {
  const path: string[] = [];
  const last = lines.at(-1) ?? "";
  let bound = depth(last);
  // In kubectl's way a list stands no deeper than its key: "- " belongs to a key of the same depth.
  let listAt = /^\s*- /.test(last) ? (/^\s*/.exec(last)?.[0].length ?? 0) : -1;
  for (let at = lines.length - 2; at >= 0 && bound > 0; at -= 1) {
    const line = lines[at];
    if (/^\s*(#|$)/.test(line)) continue;
    const [, spaces, dashes, key] = KEY.exec(line) as RegExpExecArray;
    const here = depth(line);
    if (key && !dashes && listAt >= 0 && here === listAt) {
      path.unshift(key);
      bound = here;
      listAt = -1;
    } else if (here < bound && key) {
      path.unshift(key);
      bound = here;
      listAt = dashes ? spaces.length : -1;
    } else if (here === bound && dashes) listAt = spaces.length;
  }
  return path;
}

/** The fields that may stand below a path of an object of a kind. */
export function fieldsAt(kind: string | undefined, path: string[]): Record<string, Shape> | undefined {
  const known = kind === undefined ? undefined : KINDS[kind];
  let shape: Shape = { apiVersion: known?.apiVersion ?? "string", kind: "string", metadata, ...(known?.fields as Record<string, Shape> | undefined) };
  for (const key of path) {
    if (typeof shape === "string") return undefined;
    shape = shape[key] ?? "";
  }
  return typeof shape === "string" ? undefined : shape;
}

/** What may be written at the cursor. */
export function yamlHints(context: CompletionContext): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  const begin = before.lastIndexOf("\n---") + 1;
  const lines = before.slice(begin).split("\n");
  const line = lines.at(-1) ?? "";
  const rest = context.state.sliceDoc(context.pos);
  const end = rest.search(/\n---/);
  const kind = /^kind:\s*(\w+)/m.exec(before.slice(begin) + (end < 0 ? rest : rest.slice(0, end)))?.[1];

  const value = /^(\s*(?:- +)*)([A-Za-z0-9_.\-/]+):\s+([\w./-]*)$/.exec(line);
  if (value) {
    const [, , key, typed] = value;
    const from = context.pos - typed.length;
    const options = valuesOf(key, fieldsAt(kind, pathAt(lines)), kind);
    return options.length > 0 ? { from, options, validFor: /^[\w./-]*$/ } : null;
  }
  const name = /^(\s*(?:- +)*)([A-Za-z0-9_.\-/]*)$/.exec(line);
  if (!name || (name[2] === "" && !context.explicit)) return null;
  const fields = fieldsAt(kind, pathAt(lines));
  if (!fields) return null;
  const options = Object.entries(fields).map(([field, shape]): Completion => {
    const isPlain = typeof shape === "string";
    return {
      label: field,
      type: "property",
      detail: isPlain ? shape : "…",
      apply: isPlain && shape !== "map" && shape !== "list" ? `${field}: ` : `${field}:`,
    };
  });
  return { from: context.pos - name[2].length, options, validFor: /^[A-Za-z0-9_.\-/]*$/ };
}

function valuesOf(key: string, fields: Record<string, Shape> | undefined, kind: string | undefined): Completion[] {
  if (key === "kind" && fields?.apiVersion !== undefined) {
    return Object.entries(KINDS).map(([label, { apiVersion }]) => ({ label, detail: apiVersion, type: "class" }));
  }
  if (key === "apiVersion" && fields?.apiVersion !== undefined) {
    const all = kind && KINDS[kind] ? [KINDS[kind].apiVersion] : [...new Set(Object.values(KINDS).map(({ apiVersion }) => apiVersion))];
    return all.map((label) => ({ label, type: "constant" }));
  }
  const shape = fields?.[key];
  if (shape === "boolean") return ["true", "false"].map((label) => ({ label, type: "keyword" }));
  if (typeof shape !== "string" || !shape.includes(" | ")) return [];
  return shape
    .split(" | ")
    .filter((one) => /^[A-Z]/.test(one))
    .map((label) => ({ label, type: "enum" }));
}
