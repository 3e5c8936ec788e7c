// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../object";
import { newContainer, newForm } from "./form";
import { placeIn } from "./places";

const object = (kind: string) => ({ apiVersion: "v1", kind, metadata: {} }) as KubernetesObject;

describe("a field's place in the form", () => {
  it("is found for each sort of field", () => {
    const form = newForm("deployments");
    form.containers = [newContainer("a"), { ...newContainer("before"), init: true }, newContainer("b")];
    const places: [string, unknown][] = [
      ["metadata.name", ["name"]],
      ["spec.replicas", ["replicas"]],
      ["spec.template.metadata.labels", ["podLabels"]],
      ["spec.strategy.rollingUpdate.maxSurge", ["strategy", "maxSurge"]],
      ["spec.template.spec.containers[1].image", ["containers", 2, "image"]],
      ["spec.template.spec.initContainers[0].name", ["containers", 1, "name"]],
      ["spec.template.spec.containers[0].resources.requests", ["containers", 0, "requests", "cpu"]],
      ["spec.template.spec.containers[0].resources.limits[memory]", ["containers", 0, "limits", "memory"]],
      ["spec.template.spec.containers[0].env[2].valueFrom.secretKeyRef", ["containers", 0, "variables", 2, "source"]],
      ["spec.template.spec.containers[0].livenessProbe.httpGet.port", ["containers", 0, "livenessProbe", "port"]],
      ["spec.template.spec.containers[0].livenessProbe.timeoutSeconds", ["containers", 0, "livenessProbe", "timeoutSeconds"]],
      ["spec.template.spec.containers[0].volumeMounts[0].mountPath", ["containers", 0, "mounts", 0, "path"]],
      ["spec.template.spec.containers[0].securityContext.privileged", ["containers", 0, "security", "privileged"]],
      ["spec.template.spec.volumes[1].hostPath", ["volumes", 1, "source"]],
      ["spec.template.spec.tolerations[0].effect", ["scheduling", "tolerations", 0, "effect"]],
      ["spec.revisionHistoryLimit", undefined],
    ];
    for (const [field, place] of places) expect(placeIn("deployments", form, object("Deployment"), field), field).toEqual(place);
    expect(placeIn("deployments", form, object("Service"), "spec.ports[0].nodePort")).toEqual(["access", "ports", 0, "nodePort"]);
    expect(placeIn("deployments", form, object("Ingress"), "spec.rules[1].host")).toEqual(["access", "ingress", "rules", 1, "host"]);
    const job = "spec.jobTemplate.spec.template.spec.containers[0].image";
    expect(placeIn("cronjobs", form, object("CronJob"), job)).toEqual(["containers", 0, "image"]);
    expect(placeIn("cronjobs", form, object("CronJob"), "spec.schedule")).toEqual(["batch", "schedule"]);
  });
});
