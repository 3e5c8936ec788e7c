// SPDX-License-Identifier: Apache-2.0
// Where in the form a field of an object stands that the API server names.
import { kindOf, type WorkloadPlural } from "../kinds";
import type { KubernetesObject } from "../object";
import type { Path } from "../fields/lists";
import { PROBES, type WorkloadForm } from "./form";

/** A field and what the server says of it. */
export interface Amiss {
  field: string;
  words: string;
}

const FIELD = /((?:spec|metadata)(?:\.[A-Za-z]+|\[\d+\])+): /g;

/** The fields that a refusal of the API server names, each with its words; it puts several into one sentence. */
export function fieldsIn(detail: string, field: string | undefined): Amiss[] {
  const found = [...detail.matchAll(FIELD)];
  if (found.length === 0) return field ? [{ field, words: detail }] : [];
  return found.map((match, index) => {
    const end = found[index + 1]?.index ?? detail.length;
    return { field: match[1], words: detail.slice(match.index + match[0].length, end).replace(/(,\s*|\])$/, "") };
  });
}

type Rule = [RegExp, (...parts: string[]) => Path];

const PROBE = PROBES.join("|");

/** Below a container. */
const OF_CONTAINER: Rule[] = [
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
const OF_PODS: Rule[] = [
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
const OF_WORKLOAD: Rule[] = [
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

const OF_SERVICE: Rule[] = [
  [/^spec\.ports\[(\d+)\]\.?(name|port|targetPort|nodePort|protocol)?/, (at, field) => ["access", "ports", Number(at), field ?? "port"]],
  [/^spec\.(?:type|clusterIP)/, () => ["access", "type"]],
  [/^metadata\.name/, () => ["access", "name"]],
];

const OF_INGRESS: Rule[] = [
  [/^spec\.rules\[0\]\.host/, () => ["access", "ingress", "host"]],
  [/^spec\.rules\[0\]\.http\.paths\[0\]/, () => ["access", "ingress", "path"]],
  [/^spec\.ingressClassName/, () => ["access", "ingress", "className"]],
];

const OF_SCALER: Rule[] = [
  [/^spec\.minReplicas/, () => ["scaling", "min"]],
  [/^spec\.maxReplicas/, () => ["scaling", "max"]],
  [/^spec\.targetCPU/, () => ["scaling", "cpu"]],
];

function by(rules: Rule[], field: string): Path | undefined {
  for (const [form, place] of rules) {
    const found = form.exec(field);
    if (found) return place(...found.slice(1));
  }
  return undefined;
}

/** undefined: the form has no such field. */
export function placeIn(kind: WorkloadPlural, form: WorkloadForm, object: KubernetesObject, field: string): Path | undefined {
  if (object.kind === "Service") return by(OF_SERVICE, field);
  if (object.kind === "Ingress") return by(OF_INGRESS, field);
  if (object.kind === "HorizontalPodAutoscaler") return by(OF_SCALER, field);
  if (object.kind !== kindOf(kind)) return undefined;
  // a CronJob's Job is as a Job
  const own = field.replace(/^spec\.jobTemplate\./, "");
  const pods = "spec.template.spec.";
  if (!own.startsWith(pods)) return by(OF_WORKLOAD, own);
  const below = own.slice(pods.length);
  const container = /^(initContainers|containers)\[(\d+)\]\.?(.*)$/.exec(below);
  if (!container) return by(OF_PODS, below);
  const init = container[1] === "initContainers";
  const at = form.containers.map((one, index) => (one.init === init ? index : -1)).filter((index) => index >= 0)[Number(container[2])];
  return at === undefined ? undefined : ["containers", at, ...(by(OF_CONTAINER, container[3]) ?? ["name"])];
}
