// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type KubernetesObject, listOf, part } from "../object";
import { objectsOf, readWorkload } from "./bothways";
import { newContainer, newForm, type WorkloadForm } from "./form";
import { carriedOver } from "./kindChange";
import { selectorLabels } from "./reading";

const all = () => undefined;
const none = () => "Kubernetes 1.20";
const making = { isNew: true };

function web(): WorkloadForm {
  const form = newForm("deployments");
  form.name = "web";
  form.namespace = "n";
  form.labels = [{ key: "tier", value: "front" }];
  form.scheduling.nodeSelector = [{ key: "disk", value: "ssd" }];
  form.volumes = [
    { name: "scratch", type: "emptyDir" },
    { name: "kept", type: "claim", source: "c" },
  ];
  form.containers = [
    {
      ...newContainer("main"),
      image: "busybox",
      mounts: [
        { volume: "scratch", path: "/s" },
        { volume: "kept", path: "/k" },
      ],
    },
  ];
  form.access = { ...form.access, on: true, ports: [{ port: 80, protocol: "TCP" }] };
  return form;
}
const podOf = (object: KubernetesObject) => part(object, "spec", "template", "spec");

describe("a form of another kind", () => {
  it("keeps what both have", () => {
    const { form, lost } = carriedOver("deployments", "daemonsets", web(), all);
    expect(lost).toEqual([]);
    const [daemons, service] = objectsOf("daemonsets", form, making);
    expect(daemons).toMatchObject({ kind: "DaemonSet", metadata: { name: "web", namespace: "n", labels: { tier: "front" } } });
    expect(podOf(daemons)).toEqual(podOf(objectsOf("deployments", web(), making)[0]));
    expect(part(daemons, "spec")).not.toHaveProperty("replicas");
    expect(service.kind).toBe("Service");
  });

  it("says what the other kind has not, and takes the mounts of it away", () => {
    const asked = { ...web(), replicas: 3, scaling: { on: true, min: 1, max: 4, cpu: 50 }, strategy: { mode: "recreate" as const } };
    const { form, lost } = carriedOver("deployments", "statefulsets", asked, all);
    expect(lost.map(({ what, names }) => [what, ...names])).toEqual([["strategy"], ["scaling"], ["volumes", "kept"]]);
    const [stateful, ...others] = objectsOf("statefulsets", form, making);
    expect(part(stateful, "spec").replicas).toBe(3);
    expect(listOf(podOf(stateful).volumes).map(({ name }) => name)).toEqual(["scratch"]);
    expect(listOf(listOf(podOf(stateful).containers)[0].volumeMounts).map(({ name }) => name)).toEqual(["scratch"]);
    expect(others.map(({ kind }) => kind)).toEqual(["Service"]);
    expect(asked.volumes).toHaveLength(2);
    const daemons = carriedOver("statefulsets", "daemonsets", form, all);
    expect(daemons.lost).toEqual([{ what: "replicas", names: ["3"] }]);
  });

  it("gives a StatefulSet's own claims up with their mounts, and what it is called by", () => {
    const form: WorkloadForm = { ...newForm("statefulsets"), name: "db", serviceName: "peers", claimTemplates: [{ name: "data", size: "1Gi" }] };
    form.containers[0].mounts = [{ volume: "data", path: "/data" }];
    const { form: next, lost } = carriedOver("statefulsets", "deployments", form, all);
    expect(lost).toEqual([
      { what: "serviceName", names: ["peers"] },
      { what: "claimTemplates", names: ["data"] },
    ]);
    expect(next.containers[0].mounts).toEqual([]);
    expect(next.replicas).toBe(1);
    expect(next.strategy).toEqual(newForm("deployments").strategy);
  });

  it("rolls out as before where the other kind can say it", () => {
    const rolled = (from: "deployments" | "daemonsets", to: "deployments" | "daemonsets" | "statefulsets", strategy: WorkloadForm["strategy"], lacks = all) => {
      const { form, lost } = carriedOver(from, to, { ...newForm(from), strategy }, lacks as typeof all);
      return [form.strategy, lost.map(({ what }) => what)];
    };
    expect(rolled("deployments", "daemonsets", { mode: "stopFirst", batch: 2, minReadySeconds: 5 })).toEqual([
      { mode: "rolling", maxUnavailable: "2", minReadySeconds: 5 },
      [],
    ]);
    expect(rolled("deployments", "statefulsets", { mode: "stopFirst", batch: 2 }, none as never)).toEqual([{ mode: "rolling" }, ["strategy"]]);
    expect(rolled("daemonsets", "deployments", { mode: "rolling", maxUnavailable: "2" })).toEqual([{ mode: "stopFirst", batch: 2 }, []]);
    expect(rolled("daemonsets", "deployments", { mode: "rolling", maxUnavailable: "10%" })).toEqual([
      { mode: "custom", maxSurge: "0", maxUnavailable: "10%" },
      [],
    ]);
    expect(rolled("daemonsets", "deployments", { mode: "onDelete" })).toEqual([{ mode: "startFirst", batch: 1 }, ["strategy"]]);
    expect(rolled("daemonsets", "statefulsets", { mode: "onDelete" })).toEqual([{ mode: "onDelete" }, []]);
    expect(rolled("deployments", "daemonsets", { mode: "custom", maxSurge: "50%" })).toEqual([{ mode: "rolling" }, ["strategy"]]);
  });

  it("keeps what only the YAML said, but for fields that the other kind has not", () => {
    const text = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  paused: true
  revisionHistoryLimit: 3
  selector: {matchLabels: {app: web}}
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: web}}
    spec:
      dnsPolicy: Default
      containers: [{name: main, image: busybox, tty: true}]
`;
    const read = readWorkload("deployments", text, { isNew: true, namespace: "shop" });
    if (!("values" in read)) throw new Error(read.unshown.why);
    const { form, lost } = carriedOver("deployments", "daemonsets", read.values, all);
    expect(lost).toEqual([{ what: "fields", names: ["spec.paused"] }]);
    const [daemons] = objectsOf("daemonsets", form, making);
    expect(daemons).toMatchObject({ apiVersion: "apps/v1", kind: "DaemonSet" });
    expect(daemons.spec).toEqual({
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels("web") },
      template: { metadata: { labels: { app: "web" } }, spec: { dnsPolicy: "Default", containers: [{ name: "main", image: "busybox", tty: true }] } },
    });
    const renamed = objectsOf("daemonsets", { ...form, name: "other" }, making)[0];
    expect(part(renamed, "spec", "selector")).toEqual({ matchLabels: { app: "other" } });
  });
});
