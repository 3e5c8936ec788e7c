// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { WorkloadPlural } from "../kinds";
import type { KubernetesObject } from "../object";
import { newContainer, newForm } from "./form";
import { accessObjects, accessOf } from "./access";
import { objectOf } from "./object";
import { formOf } from "./reading";

/** An object with all that the form knows, and beside it what it does not. */
const full: KubernetesObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "web",
    namespace: "shop",
    resourceVersion: "7",
    uid: "u",
    generation: 3,
    finalizers: ["x/y"],
    labels: { app: "web", "app.kubernetes.io/name": "store" },
    annotations: { "kubernetes.io/description": "the shop", other: "kept" },
  },
  spec: {
    replicas: 2,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    minReadySeconds: 5,
    paused: false,
    selector: { matchLabels: { app: "web" }, matchExpressions: [{ key: "a", operator: "Exists" }] },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 1 } },
    template: {
      metadata: { creationTimestamp: null, labels: { app: "web" }, annotations: { "a/b": "c" } },
      spec: {
        serviceAccountName: "robot",
        schedulerName: "default-scheduler",
        securityContext: { fsGroup: 7 },
        dnsPolicy: "ClusterFirst",
        terminationGracePeriodSeconds: 30,
        restartPolicy: "Always",
        hostNetwork: false,
        imagePullSecrets: [{ name: "registry" }],
        nodeSelector: { disk: "ssd" },
        tolerations: [{ key: "k", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 }],
        hostAliases: [{ ip: "10.0.0.1", hostnames: ["a", "b"] }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }], matchFields: [{ key: "metadata.name", operator: "In", values: ["n"] }] },
                { matchExpressions: [{ key: "gpu", operator: "Exists" }] },
              ],
            },
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 3, preference: { matchExpressions: [{ key: "zone", operator: "NotIn", values: ["b"] }] } },
            ],
          },
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "web" } }, namespaces: ["x"] },
            ],
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, podAffinityTerm: { topologyKey: "zone", labelSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] } } },
            ],
          },
        },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway" }],
        initContainers: [{ name: "first", image: "init:1", terminationMessagePath: "/dev/termination-log" }],
        containers: [
          {
            name: "web",
            image: "web:1",
            imagePullPolicy: "Always",
            workingDir: "/srv",
            tty: true,
            command: ["sh"],
            args: ["-c", "run"],
            env: [
              { name: "A", value: "1" },
              { name: "EMPTY" },
              { name: "B", valueFrom: { configMapKeyRef: { name: "c", key: "k", optional: true } } },
              { name: "C", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
              {
                name: "D",
                valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } },
              },
            ],
            envFrom: [{ prefix: "P_", configMapRef: { name: "c", optional: false } }, { secretRef: { name: "s" } }],
            ports: [{ name: "http", containerPort: 80, protocol: "TCP", hostPort: 8080 }],
            resources: { requests: { cpu: "100m", memory: "64Mi", "example.com/gpu": "1" }, limits: { "example.com/gpu": "1" } },
            livenessProbe: {
              httpGet: { path: "/live", port: "http", scheme: "HTTP", httpHeaders: [{ name: "X", value: "y" }] },
              initialDelaySeconds: 3,
              periodSeconds: 10,
              timeoutSeconds: 1,
              successThreshold: 1,
              failureThreshold: 3,
            },
            readinessProbe: { tcpSocket: { port: 80, host: "h" }, periodSeconds: 5 },
            startupProbe: { grpc: { port: 9 }, failureThreshold: 30 },
            lifecycle: { postStart: { httpGet: { port: 80 } }, preStop: { exec: { command: ["sleep", "5"] } } },
            volumeMounts: [
              { name: "conf", mountPath: "/etc/web", readOnly: true, subPath: "web", mountPropagation: "None" },
              { name: "tmp", mountPath: "/tmp" },
            ],
            securityContext: { runAsNonRoot: true, runAsUser: 1000, capabilities: { drop: ["ALL"] } },
          },
          {
            name: "side",
            image: "side:1",
            livenessProbe: { exec: { command: ["true"] } },
            readinessProbe: { httpGet: { path: "/", port: 443, scheme: "HTTPS" } },
            resources: {},
          },
        ],
        volumes: [
          {
            name: "conf",
            configMap: { name: "web", defaultMode: 420, items: [{ key: "a", path: "b" }] },
          },
          { name: "keys", secret: { secretName: "s", optional: true } },
          { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "1Gi" } },
          { name: "scratch", emptyDir: {} },
          {
            name: "data",
            persistentVolumeClaim: { claimName: "data", readOnly: true },
          },
          { name: "host", hostPath: { path: "/var/log", type: "Directory" } },
          { name: "mixed", projected: { sources: [] } },
        ],
      },
    },
  },
  status: { replicas: 2 },
};

const template = (full.spec as { template: object }).template;

function same(kind: WorkloadPlural, object: KubernetesObject) {
  expect(objectOf(kind, formOf(kind, object), { isNew: false })).toEqual(object);
}

describe("a workload's form", () => {
  it("loses nothing of an object, also not what it does not know", () => {
    same("deployments", full);
    same("deployments", { ...full, spec: { ...(full.spec as object), strategy: { type: "Recreate" } } });
    same("deployments", {
      ...full,
      spec: { ...(full.spec as object), strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } },
    });
    same("deployments", { ...full, spec: { selector: {}, template: { spec: { containers: [{ name: "a" }] } } } });
  });

  it("loses nothing of the other kinds", () => {
    const claim = {
      metadata: { name: "data", labels: { a: "b" } },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", volumeMode: "Filesystem", resources: { requests: { storage: "1Gi" } } },
      status: {},
    };
    const meta = { name: "x", namespace: "y" };
    same("statefulsets", {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: meta,
      spec: {
        serviceName: "x",
        replicas: 1,
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
        volumeClaimTemplates: [claim],
        selector: {},
        template,
      },
    });
    same("daemonsets", { apiVersion: "apps/v1", kind: "DaemonSet", metadata: meta, spec: { updateStrategy: { type: "OnDelete" }, selector: {}, template } });
    const job = { completions: 3, parallelism: 2, backoffLimit: 1, activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 5, selector: {}, template };
    same("jobs", { apiVersion: "batch/v1", kind: "Job", metadata: meta, spec: job });
    same("cronjobs", {
      apiVersion: "batch/v1beta1",
      kind: "CronJob",
      metadata: meta,
      spec: {
        schedule: "0 3 * * *",
        concurrencyPolicy: "Forbid",
        suspend: false,
        failedJobsHistoryLimit: 1,
        timeZone: "UTC",
        jobTemplate: { metadata: { labels: { a: "b" } }, spec: job },
      },
    });
  });

  it("makes an object of what was filled in", () => {
    const form = newForm("deployments");
    form.name = "web";
    form.namespace = "shop";
    form.application = "store";
    form.containers = [
      {
        ...newContainer("main"),
        image: "web:1",
        requests: { cpu: "100m" },
        command: ["sh"],
        livenessProbe: { how: "http", path: "/", port: "80", periodSeconds: 10 },
      },
    ];
    expect(objectOf("deployments", form, { isNew: true })).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop", labels: { "app.kubernetes.io/name": "store" } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "web" } },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: { labels: { app: "web", "app.kubernetes.io/name": "store" } },
          spec: {
            containers: [
              {
                name: "main",
                image: "web:1",
                imagePullPolicy: "IfNotPresent",
                command: ["sh"],
                resources: { requests: { cpu: "100m" } },
                livenessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 10 },
              },
            ],
          },
        },
      },
    });
  });

  it("changes what was changed, and that alone", () => {
    const form = formOf("deployments", full);
    form.containers[1].image = "web:2";
    form.containers[1].variables[0].value = "2";
    form.containers[1].livenessProbe = { ...form.containers[1].livenessProbe, how: "tcp", port: "81" };
    form.volumes[0] = { ...form.volumes[0], type: "secret", source: "s" };
    const changed = objectOf("deployments", form, { isNew: false }) as unknown as {
      spec: { template: { spec: { containers: Record<string, unknown>[]; volumes: unknown[] } } };
    };
    const [web] = changed.spec.template.spec.containers;
    expect(web.image).toBe("web:2");
    expect(web.workingDir).toBe("/srv");
    expect((web.env as unknown[])[0]).toEqual({ name: "A", value: "2" });
    expect(web.livenessProbe).toEqual({
      tcpSocket: { port: 81 },
      initialDelaySeconds: 3,
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    });
    expect(changed.spec.template.spec.volumes[0]).toEqual({ name: "conf", secret: { secretName: "s" } });
  });

  it("makes CronJobs of the version that the cluster has", () => {
    const form = { ...newForm("cronjobs"), name: "nightly" };
    expect(objectOf("cronjobs", form, { isNew: true, kubernetesVersion: "v1.20.2" }).apiVersion).toBe("batch/v1beta1");
    expect(objectOf("cronjobs", form, { isNew: true, kubernetesVersion: "v1.28.0" }).apiVersion).toBe("batch/v1");
  });

  it("makes a Service and an Ingress with it", () => {
    const form = { ...newForm("deployments"), name: "web", namespace: "shop" };
    expect(accessObjects("deployments", form)).toEqual([]);
    form.access = {
      on: true,
      type: "NodePort",
      ports: [{ port: 80, targetPort: "http", nodePort: 30080, protocol: "TCP" }],
      ingress: { on: true, rules: [{ host: "a.example.com", paths: [{ path: "/x", pathType: "Prefix" }] }] },
    };
    expect(accessObjects("deployments", form)).toEqual([
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web", namespace: "shop" },
        spec: { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80, targetPort: "http", nodePort: 30080, protocol: "TCP" }] },
      },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: { name: "web", namespace: "shop" },
        spec: {
          rules: [
            { host: "a.example.com", http: { paths: [{ path: "/x", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }] } },
          ],
        },
      },
    ]);
  });

  it("shows and keeps all hosts and paths of an Ingress; those that lead to the Service follow it", () => {
    const path = (at: string, service: string, port: object) => ({ path: at, pathType: "Exact", backend: { service: { name: service, port } } });
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "shop" }, spec: { ports: [{ port: 80 }] } };
    const ingress = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "ways", namespace: "shop", annotations: { a: "b" } },
      spec: {
        ingressClassName: "nginx",
        defaultBackend: { service: { name: "other", port: { number: 1 } } },
        tls: [{ hosts: ["a.example.com"], secretName: "cert" }],
        rules: [
          { host: "a.example.com", http: { paths: [path("/other", "other", { number: 80 }), path("/a", "web", { number: 80 })] } },
          {
            host: "b.example.com",
            http: { paths: [path("/b", "web", { name: "http" }), { path: "/r", pathType: "Prefix", backend: { resource: { name: "x" } } }] },
          },
        ],
      },
    };
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "shop" }, spec: {} };
    const form = { ...formOf("deployments", deployment), access: accessOf("web", service, ingress) };
    const { rules } = form.access.ingress;
    expect(rules.map(({ host, paths }) => [host, ...paths.map((one) => one.path)])).toEqual([
      ["a.example.com", "/other", "/a"],
      ["b.example.com", "/b", "/r"],
    ]);
    expect(accessObjects("deployments", form)[1]).toEqual(ingress);
    form.access.ports[0].port = 8080;
    rules[0].paths.splice(0, 1);
    rules[1].host = "c.example.com";
    rules.push({ host: "d.example.com", paths: [{ path: "/d" }] });
    const changed = accessObjects("deployments", form)[1];
    expect(changed.spec).toEqual({
      ...ingress.spec,
      rules: [
        { host: "a.example.com", http: { paths: [path("/a", "web", { number: 8080 })] } },
        { ...ingress.spec.rules[1], host: "c.example.com" },
        { host: "d.example.com", http: { paths: [{ ...path("/d", "web", { number: 8080 }), pathType: "Prefix" }] } },
      ],
    });
  });
});
