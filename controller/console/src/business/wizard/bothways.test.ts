// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { writeYaml } from "../../yaml/write_yaml";
import { configObject, configOf } from "../config/data";
import { ingressObject, ingressOf } from "../network/ingress";
import { serviceObject, serviceOf } from "../network/service";
import { claimObject, claimOf } from "../storage/claim";
import type { WorkloadPlural } from "../kinds";
import type { KubernetesObject } from "../object";
import { difference, objectsOf, readObject, readWorkload, yamlOf } from "./bothways";
import { newContainer, newForm, type WorkloadForm } from "./form";

const NEW = { isNew: true, namespace: "shop" };

function shown(kind: WorkloadPlural, text: string, bounds = NEW): WorkloadForm {
  const read = readWorkload(kind, text, bounds);
  if ("unshown" in read) throw new Error(JSON.stringify(read.unshown));
  return read.values;
}

function refused(text: string, bounds = NEW, kind: WorkloadPlural = "deployments") {
  const read = readWorkload(kind, text, bounds);
  return "unshown" in read ? read.unshown : undefined;
}

/** A form as somebody fills it in, with something in every field. */
function whole(kind: WorkloadPlural): WorkloadForm {
  const form = newForm(kind);
  const term = { rules: [{ key: "disk", operator: "In", values: ["ssd", "nvme"] }] };
  const pods = { ...term, topologyKey: "kubernetes.io/hostname" };
  return {
    ...form,
    name: "web",
    namespace: "shop",
    application: "store",
    description: "what it is for",
    labels: [{ key: "tier", value: "front" }],
    podLabels: [{ key: "track", value: "1" }],
    containers: [
      {
        ...newContainer("main"),
        image: "web:1",
        requests: { cpu: "100m", memory: "64Mi" },
        limits: { cpu: "1", memory: "1Gi" },
        variables: [
          { name: "A", from: "value", value: "1" },
          { name: "B", from: "configMap", source: "c", key: "k" },
          { name: "C", from: "secret", source: "s", key: "k" },
        ],
        variableSets: [{ from: "configMap", source: "c", prefix: "P_" }],
        ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
        command: ["sh", "-c"],
        args: ["exec web"],
        livenessProbe: { how: "http", path: "/live", port: "http", initialDelaySeconds: 1 },
        readinessProbe: { how: "tcp", port: "8080", failureThreshold: 3 },
        startupProbe: { how: "exec", command: ["true"], periodSeconds: 5 },
        postStart: ["true"],
        preStop: ["sleep", "5"],
        mounts: [{ volume: "tmp", path: "/tmp", readOnly: false, subPath: "a" }],
        security: { runAsNonRoot: true, readOnlyRootFilesystem: true, privileged: false, runAsUser: 1000, runAsGroup: 1000 },
      },
      { ...newContainer("before"), init: true, image: "init:1" },
    ],
    volumes: [
      { name: "tmp", type: "emptyDir", memory: true, sizeLimit: "1Gi" },
      { name: "conf", type: "configMap", source: "c" },
      { name: "keys", type: "secret", source: "s" },
      { name: "data", type: "claim", source: "d" },
      { name: "log", type: "hostPath", source: "/var/log" },
    ],
    claimTemplates: kind === "statefulsets" ? [{ name: "db", storageClass: "fast", size: "10Gi", accessMode: "ReadWriteOnce" }] : [],
    pullSecrets: ["registry"],
    hostAliases: [{ ip: "10.0.0.1", hostnames: ["a", "b"] }],
    terminationGracePeriodSeconds: 5,
    scheduling: {
      nodeSelector: [{ key: "zone", value: "a" }],
      tolerations: [{ key: "gpu", operator: "Exists", effect: "NoSchedule" }],
      nodeAffinity: { required: [term], preferred: [{ ...term, weight: 5 }] },
      podAffinity: { required: [pods], preferred: [{ ...pods, weight: 5 }] },
      podAntiAffinity: { required: [pods], preferred: [{ ...pods, weight: 5 }] },
    },
    access: {
      on: ["deployments", "statefulsets", "daemonsets"].includes(kind),
      type: "NodePort",
      ports: [{ port: 80, targetPort: "8080", nodePort: 30080, protocol: "TCP" }],
      ingress: { on: true, rules: [{ host: "a.example.com", paths: [{ path: "/x", pathType: "Prefix" }] }] },
    },
    scaling: { on: kind === "deployments", min: 2, max: 5, cpu: 70, memory: 60 },
    batch: kind === "cronjobs" ? { ...form.batch, schedule: "0 3 * * *", successfulJobsHistoryLimit: 1 } : form.batch,
  };
}

const KINDS: WorkloadPlural[] = ["deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"];

describe("the form and the YAML beside it", () => {
  it("mean the same after any number of ways: form, text, form, text", () => {
    for (const kind of KINDS) {
      const objects = objectsOf(kind, whole(kind), NEW);
      const text = yamlOf(objects);
      const again = objectsOf(kind, shown(kind, text), NEW);
      expect(again, kind).toEqual(objects);
      expect(yamlOf(again), kind).toBe(text);
    }
  });

  it("keep, when the form is changed, what the form does not know", () => {
    const text = yamlOf(objectsOf("deployments", whole("deployments"), NEW))
      .replace("spec:\n  replicas: 1", "spec:\n  revisionHistoryLimit: 3\n  replicas: 1")
      .replace("    spec:\n", "    spec:\n      serviceAccountName: robot\n")
      .replace("name: main\n", "name: main\n        workingDir: /srv\n")
      .replace("type: NodePort\n", "type: NodePort\n  externalTrafficPolicy: Local\n")
      .replace("  rules:\n", "  tls:\n  - secretName: cert\n  rules:\n");
    const form = shown("deployments", text);
    form.name = "shop";
    form.replicas = 3;
    form.containers[0].image = "x:2";
    const [deployment, service, ingress, scaler] = objectsOf("deployments", form, NEW) as unknown as Record<string, never>[];
    expect(scaler).toMatchObject({ metadata: { name: "shop" }, spec: { scaleTargetRef: { name: "shop" }, minReplicas: 2, maxReplicas: 5 } });
    expect(deployment).toMatchObject({
      metadata: { name: "shop" },
      spec: { revisionHistoryLimit: 3, replicas: 3, selector: { matchLabels: { app: "shop" } }, template: { spec: { serviceAccountName: "robot" } } },
    });
    expect(deployment).toHaveProperty("spec.template.metadata.labels.app", "shop");
    expect(deployment).toHaveProperty("spec.template.spec.containers[0].workingDir", "/srv");
    // what follows the name follows it still
    expect(service).toMatchObject({ metadata: { name: "shop" }, spec: { externalTrafficPolicy: "Local", selector: { app: "shop" } } });
    expect(ingress).toHaveProperty("spec.tls[0].secretName", "cert");
    expect(ingress).toHaveProperty("spec.rules[0].http.paths[0].backend.service.name", "shop");
  });

  it("leave what was written otherwise than the form would, and does not follow the name then", () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {mine: x}}
  strategy: {rollingUpdate: {maxSurge: "1"}}
  template:
    metadata: {labels: {mine: x}}
    spec:
      containers:
      - name: a
        image: ''
        resources: {requests: {cpu: 1, memory: 64Mi}}
        env: [{name: A}, {name: B, value: ''}]
        livenessProbe: {tcpSocket: {port: '80'}}
        volumeMounts: [{name: v, mountPath: /v}]
      volumes: [{name: v, configMap: {name: c, defaultMode: 0644}}]
      tolerations: [{operator: Exists, effect: ''}]
      hostAliases: [{ip: 10.0.0.1}]
---
apiVersion: v1
kind: Service
metadata: {name: other}
spec: {selector: {mine: x}, ports: [{port: 80}]}
`;
    const form = shown("deployments", text);
    form.name = "shop";
    const [deployment, service] = objectsOf("deployments", form, NEW);
    expect(deployment).toHaveProperty("spec.selector", { matchLabels: { mine: "x" } });
    expect(deployment).toHaveProperty("spec.template.metadata.labels", { mine: "x" });
    expect(deployment).toHaveProperty("spec.template.spec.volumes[0].configMap.defaultMode", 420);
    expect(deployment).toHaveProperty("spec.template.spec.containers[0].resources.requests.cpu", 1);
    expect(deployment).toHaveProperty("spec.template.spec.containers[0].livenessProbe.tcpSocket.port", "80");
    expect(service).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "other", namespace: "shop" },
      spec: { selector: { mine: "x" }, ports: [{ port: 80 }] },
    });
  });

  it("take what is half written, as long as it is YAML", () => {
    const start = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n";
    for (const rest of ["", "spec:\n", "spec: {}\n", "spec:\n  template:\n", "spec:\n  template:\n    spec:\n      containers:\n"])
      expect(refused(start + rest), rest).toBeUndefined();
    const container = `${start}spec:\n  template:\n    spec:\n      containers:\n      - name: a\n`;
    for (const rest of [
      "image:",
      "image: ''",
      "env:",
      "env: []",
      "resources: {}",
      "ports:\n        - {}",
      "volumeMounts:\n        - mountPath: /x",
      "livenessProbe: {}",
    ]) {
      expect(refused(`${container}        ${rest}\n`), rest).toBeUndefined();
    }
  });

  it("say where the form cannot follow, and take nothing then", () => {
    const text = (spec: string) => `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  ${spec}\n`;
    expect(refused("a: 1\n b: 2")).toMatchObject({ why: "unread", line: 1 });
    expect(refused("")).toMatchObject({ why: "none" });
    expect(refused("a: 1")).toMatchObject({ why: "shape", what: "metadata" });
    expect(refused(text('replicas: "3"'))).toMatchObject({ why: "shape", what: "spec.replicas", line: 6 });
    expect(refused(text("template: {metadata: {labels: {a: 1}}}"))).toMatchObject({ why: "quote", what: "spec.template.metadata.labels.a" });
    expect(refused(text("template: {spec: {containers: [x]}}"))).toMatchObject({ why: "shape" });
    expect(refused(text("template: {spec: {containers: [~]}}"))).toMatchObject({ why: "shape" });
    expect(refused(text("template: {spec: {hostNetwork: true, containers: {a: b}}}"))).toMatchObject({ why: "shape", what: "spec.template.spec.containers.a" });
    expect(refused(text("{}").replace("Deployment", "StatefulSet"))).toMatchObject({ why: "foreign", what: "StatefulSet", line: 2 });
    expect(refused(`${text("{}")}---\n${text("{}")}`)).toMatchObject({ why: "several", line: 9 });
    expect(refused(`${text("{}")}---\nkind: Ingress\nmetadata: {name: web}`)).toMatchObject({ why: "lonely" });
    expect(refused(text("{}").replace("name: web", "name: web\n  namespace: other"))).toMatchObject({ why: "namespace", line: 5 });
    expect(refused(text("{}"), { isNew: false, namespace: "shop", name: "other" } as typeof NEW)).toMatchObject({ why: "name" });
  });

  it("change an object that there is without its status", () => {
    const object: KubernetesObject = { apiVersion: "v1", kind: "x", metadata: { name: "a" }, status: { replicas: 1 } };
    expect(yamlOf([object])).toBe(writeYaml({ apiVersion: "v1", kind: "x", metadata: { name: "a" } }));
  });
});

describe("difference", () => {
  it("is the first place that is not the same", () => {
    expect(difference({ a: [{ b: 1 }] }, { a: [{ b: 1 }] })).toBeUndefined();
    expect(difference({ a: [{ b: 1, c: 2 }] }, { a: [{ b: 1, c: 3 }] })).toEqual(["a", 0, "c"]);
    expect(difference({ a: [1] }, { a: { 0: 1 } })).toEqual(["a"]);
    expect(difference({ a: [1] }, { a: [1, 2] })).toEqual(["a", 1]);
  });
});

describe("other objects", () => {
  const meta = { name: "a", namespace: "shop" };
  const cases: [string, object, (object: KubernetesObject) => KubernetesObject][] = [
    ["v1", { kind: "Service", metadata: meta, spec: { ports: [{ port: 80 }], internalTrafficPolicy: "Local" } }, (one) => serviceObject(serviceOf(one), one)],
    ["v1", { kind: "Service", metadata: meta, spec: { clusterIP: "None", selector: {} } }, (one) => serviceObject(serviceOf(one), one)],
    [
      "networking.k8s.io/v1",
      { kind: "Ingress", metadata: meta, spec: { rules: [{ host: "x", http: { paths: [{ backend: { service: { name: "b" } } }] } }], tls: [{ hosts: [] }] } },
      (one) => ingressObject(ingressOf(one), one),
    ],
    [
      "v1",
      { kind: "ConfigMap", metadata: meta, data: { a: "1" }, binaryData: { b: "AA==" }, immutable: false },
      (one) => configObject("ConfigMap", configOf(one), one),
    ],
    [
      "v1",
      { kind: "PersistentVolumeClaim", metadata: meta, spec: { volumeName: "v", resources: { requests: { storage: 5 } } } },
      (one) => claimObject(claimOf(one), one),
    ],
  ];

  it("are what their forms were read from", () => {
    for (const [apiVersion, rest, through] of cases) {
      const object = { apiVersion, ...rest } as KubernetesObject;
      expect(through(object)).toEqual(object);
      expect(readObject(object.kind, yamlOf([object]), NEW, (one) => one, through)).toEqual({ values: object });
    }
    expect(
      readObject(
        "Service",
        "kind: ConfigMap\nmetadata: {name: a}",
        NEW,
        (one) => one,
        (one) => one,
      ),
    ).toMatchObject({ unshown: { why: "foreign" } });
  });
});
