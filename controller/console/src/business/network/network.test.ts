// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../object";
import { ingressObject, ingressOf } from "./ingress";
import { serviceObject, serviceOf } from "./service";

const service: KubernetesObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "n", resourceVersion: "1", annotations: { a: "b" } },
  spec: {
    type: "NodePort",
    clusterIP: "10.0.0.1",
    externalTrafficPolicy: "Cluster",
    selector: { app: "web" },
    sessionAffinity: "None",
    ports: [
      { name: "http", port: 80, targetPort: "http", nodePort: 30080, protocol: "TCP", appProtocol: "http" },
      { name: "b", port: 81, targetPort: 8081, nodePort: 30081, protocol: "TCP" },
    ],
  },
  status: { loadBalancer: {} },
};

const ingress: KubernetesObject = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "web", namespace: "n" },
  spec: {
    ingressClassName: "nginx",
    defaultBackend: { service: { name: "d", port: { number: 80 } } },
    rules: [
      {
        host: "a.example.com",
        http: {
          paths: [
            { path: "/", pathType: "Exact", backend: { service: { name: "web", port: { name: "http" } } } },
            { path: "/f", pathType: "Prefix", backend: { resource: { kind: "Bucket", name: "b" } } },
          ],
        },
      },
      { host: "b.example.com" },
    ],
    tls: [{ secretName: "cert", hosts: ["a.example.com"] }, { hosts: ["b.example.com"] }],
  },
};

describe("network objects as forms", () => {
  it("lose nothing", () => {
    expect(serviceObject(serviceOf(service), service)).toEqual(service);
    expect(ingressObject(ingressOf(ingress), ingress)).toEqual(ingress);
    const headless = { ...service, spec: { ...(service.spec as object), type: "ClusterIP", clusterIP: "None", ports: [{ port: 80 }] } };
    expect(serviceObject(serviceOf(headless), headless)).toEqual(headless);
  });

  it("give node ports up with the type that has them", () => {
    const changed = serviceObject({ ...serviceOf(service), type: "ClusterIP" }, service);
    expect((changed.spec as { ports: object[] }).ports[0]).toEqual({ name: "http", port: 80, targetPort: "http", protocol: "TCP", appProtocol: "http" });
  });

  it("are made anew", () => {
    expect(
      serviceObject({
        name: "x",
        namespace: "n",
        type: "Headless",
        selector: [{ key: "app", value: "x" }],
        ports: [{ port: 80, targetPort: "8080", protocol: "TCP" }],
      }),
    ).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x", namespace: "n" },
      spec: {
        type: "ClusterIP",
        clusterIP: "None",
        selector: { app: "x" },
        ports: [{ port: 80, targetPort: 8080, protocol: "TCP" }],
      },
    });
    expect(
      serviceObject({
        name: "x",
        type: "ExternalName",
        externalName: "db.example.com",
        selector: [],
        ports: [],
      }).spec,
    ).toEqual({ type: "ExternalName", externalName: "db.example.com" });
    expect(ingressObject({ name: "x", namespace: "n", rules: [{ host: "", paths: [{ path: "/", service: "x", port: "80" }] }], tls: [] }).spec).toEqual({
      rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "x", port: { number: 80 } } } }] } }],
    });
  });
});
