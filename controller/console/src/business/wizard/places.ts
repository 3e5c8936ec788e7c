// SPDX-License-Identifier: Apache-2.0
// Where in the form a field of an object stands that the API server names.
import { kindOf, type WorkloadPlural } from "../kinds";
import type { KubernetesObject } from "../object";
import { type Path, placeBy, type Places } from "../../ui/amiss";
import { INGRESS_PLACES } from "../network/ingress";
import { SERVICE_PLACES } from "../network/service";
import { AUTOSCALER_PLACES } from "../autoscaling/autoscaler";
import { PROBES, type WorkloadForm } from "./form";

const PROBE = PROBES.join("|");

/** Below a container. */
const OF_CONTAINER: Places = [
  [/^(name|image|command|args)\b/, (field) => [field]],
  [/^imagePullPolicy/, () => ["pullPolicy"]],
  [/^resources\.(requests|limits)(?:\.|\[)?(cpu|memory)?/, (of, what) => [of, what ?? "cpu"]],
  [/^env\[(\d+)\]\.valueFrom/, (at) => ["variables", Number(at), "source"]],
  [/^env\[(\d+)\]\.?(name|value)?/, (at, field) => ["variables", Number(at), field ?? "name"]],
  [/^envFrom\[(\d+)\]/, (at) => ["variableSets", Number(at), "source"]],
  [/^ports\[(\d+)\]\.?(name|containerPort|protocol)?/, (at, field) => ["ports", Number(at), field ?? "containerPort"]],
  [new RegExp(`^(${PROBE})\\.(?:httpGet|tcpSocket)\\.(port|path)`), (probe, field) => [probe, field]],
  [new RegExp(`^(${PROBE})\\.(\\w+(?:Seconds|Threshold))`), (probe, field) => [probe, field]],
  [new RegExp(`^(${PROBE})`), (probe) => [probe, "how"]],
  [/^lifecycle\.(postStart|preStop)/, (hook) => [hook]],
  [/^volumeMounts\[(\d+)\]\.?(name|mountPath|subPath|readOnly)?/, (at, field) => ["mounts", Number(at), MOUNT[field ?? "mountPath"]]],
  [/^securityContext\.(\w+)/, (field) => ["security", field]],
];

const MOUNT: Record<string, string> = { name: "volume", mountPath: "path", subPath: "subPath", readOnly: "readOnly" };

/** Below the pod template's spec. */
const OF_PODS: Places = [
  [/^volumes\[(\d+)\]\.(name|\w+)/, (at, field) => ["volumes", Number(at), field === "name" ? "name" : "source"]],
  [/^nodeSelector/, () => ["scheduling", "nodeSelector"]],
  [/^tolerations\[(\d+)\]\.?(\w+)?/, (at, field) => ["scheduling", "tolerations", Number(at), field ?? "key"]],
  [/^affinity\.(\w+)/, (kind) => ["scheduling", kind]],
  [/^hostAliases\[(\d+)\]\.?(ip|hostnames)?/, (at, field) => ["hostAliases", Number(at), field ?? "ip"]],
  [/^imagePullSecrets/, () => ["pullSecrets"]],
  [/^hostNetwork/, () => ["hostNetwork"]],
  [/^terminationGracePeriodSeconds/, () => ["terminationGracePeriodSeconds"]],
  [/^restartPolicy/, () => ["batch", "restartPolicy"]],
];

/** Below the object. */
const OF_WORKLOAD: Places = [
  [/^metadata\.(name|namespace|labels)/, (field) => [field]],
  [/^spec\.template\.metadata\.labels/, () => ["podLabels"]],
  [/^spec\.(replicas|serviceName)/, (field) => [field]],
  [/^spec\.minReadySeconds/, () => ["strategy", "minReadySeconds"]],
  [/^spec\.(?:strategy|updateStrategy)\.rollingUpdate\.(maxSurge|maxUnavailable|partition)/, (field) => ["strategy", field]],
  [/^spec\.(?:strategy|updateStrategy)/, () => ["strategy", "mode"]],
  [/^spec\.volumeClaimTemplates\[(\d+)\]/, (at) => ["claimTemplates", Number(at), "size"]],
  [
    /^spec\.(completions|parallelism|backoffLimit|activeDeadlineSeconds|schedule|concurrencyPolicy|startingDeadlineSeconds|\w+JobsHistoryLimit)/,
    (field) => ["batch", field],
  ],
];

/** A place of a form that stands within this one. */
function within(above: Path, place: Path | undefined): Path | undefined {
  return place && [...above, ...place];
}

/** undefined: the form has no such field. */
export function placeIn(kind: WorkloadPlural, form: WorkloadForm, object: KubernetesObject, field: string): Path | undefined {
  if (object.kind === "Service") return within(["access"], placeBy(SERVICE_PLACES, field));
  if (object.kind === "Ingress") return within(["access", "ingress"], placeBy(INGRESS_PLACES, field));
  if (object.kind === "HorizontalPodAutoscaler") return within(["scaling"], placeBy(AUTOSCALER_PLACES, field));
  if (object.kind !== kindOf(kind)) return undefined;
  // a CronJob's Job is as a Job
  const own = field.replace(/^spec\.jobTemplate\./, "");
  const pods = "spec.template.spec.";
  if (!own.startsWith(pods)) return placeBy(OF_WORKLOAD, own);
  const below = own.slice(pods.length);
  const container = /^(initContainers|containers)\[(\d+)\]\.?(.*)$/.exec(below);
  if (!container) return placeBy(OF_PODS, below);
  const init = container[1] === "initContainers";
  const at = form.containers.map((one, index) => (one.init === init ? index : -1)).filter((index) => index >= 0)[Number(container[2])];
  return at === undefined ? undefined : ["containers", at, ...(placeBy(OF_CONTAINER, container[3]) ?? ["name"])];
}
