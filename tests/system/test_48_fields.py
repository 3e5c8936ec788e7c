# SPDX-License-Identifier: Apache-2.0
"""Every field that the manual has for a workload: submitted as a native object, read back with stock kubectl, and seen at work."""
import copy
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import fields_seen as seen
from slipway import wait_for
from workload_fields import MASTER, SPACE, WORKER, Fields, fault, part, plural, put

claims = pytest.mark.claims
POD = "spec.template.spec."
MAIN = POD + "containers[0]."
NODES = POD + "affinity.nodeAffinity."
NEAR, APART = POD + "affinity.podAffinity.", POD + "affinity.podAntiAffinity."
HARD, SOFT = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
ONCE = "spec.jobTemplate.spec."

# What it shows, of which object, the field, and how it is seen at work; None: there is nothing to see but that it is there.
TABLE = [
    ("W1.fields", "Deployment/whole", "metadata.name", None),
    ("W1.fields", "Deployment/whole", "spec.replicas", seen.replicas),
    ("W1.fields", "Deployment/whole", POD + "containers", seen.says("whole", "cat /shared/hook", "started", "side")),
    ("W1.fields", "Deployment/whole", POD + "initContainers", seen.says("whole", "cat /shared/order", "first\nsecond")),
    ("W2.image", "Deployment/whole", MAIN + "image", seen.image_runs),
    ("W2.image", "Deployment/third", MAIN + "image", seen.pull_is_tried),
    ("W2.image", "Deployment/whole", MAIN + "imagePullPolicy", seen.image_runs),
    ("W2.image", "Deployment/always", MAIN + "imagePullPolicy", seen.always_pulls),
    ("W2.image", "Secret/registry", "type", None),
    ("W3.resources", "Deployment/whole", MAIN + "resources.requests.cpu", seen.in_cgroup("cpu/cpu.shares cpu.weight", {"20", "1"})),
    ("W3.resources", "Deployment/whole", MAIN + "resources.requests.memory", None),
    ("W3.resources", "Deployment/whole", MAIN + "resources.limits.cpu", seen.in_cgroup("cpu/cpu.cfs_quota_us cpu.max", {"15000"})),
    ("W3.resources", "Deployment/whole", MAIN + "resources.limits.memory", seen.in_cgroup("memory/memory.limit_in_bytes memory.max", {str(48 << 20)})),
    ("W4.environment", "Deployment/whole", MAIN + "env[0]", seen.says("whole", "echo $PLAIN", "as it is")),
    ("W4.environment", "Deployment/whole", MAIN + "env[1]", seen.says("whole", "echo $OF_CONFIG", "green")),
    ("W4.environment", "Deployment/whole", MAIN + "env[2]", seen.says("whole", "echo $OF_SECRET", "hush-hush")),
    ("W5.volumes", "Deployment/whole", POD + "volumes[0].emptyDir", seen.says("whole", "cat /shared/order | wc -l", "2", "side")),
    ("W5.volumes", "Deployment/whole", POD + "volumes[1].configMap", seen.says("whole", "cat /etc/settings/colour", "green")),
    ("W5.volumes", "Deployment/whole", POD + "volumes[2].secret", seen.says("whole", "cat /etc/keys/password", "hush-hush")),
    ("W5.volumes", "Deployment/onhost", POD + "volumes[0].hostPath", seen.host_files),
    ("W5.volumes", "Deployment/whole", MAIN + "volumeMounts[0]", seen.says("whole", "touch /shared/w && echo written", "written")),
    ("W5.volumes", "Deployment/whole", MAIN + "volumeMounts[1].readOnly", seen.refuses("whole", "touch /shared-ro/x", "Read-only file system")),
    ("W5.volumes", "Deployment/whole", MAIN + "volumeMounts[4].subPath", seen.says("whole", "cat /etc/one.conf", "one=1")),
    ("W5.claims", "Deployment/claims", POD + "volumes[0].persistentVolumeClaim", seen.unbound("claims")),
    ("W5.claims", "Job/claims", POD + "volumes[0].persistentVolumeClaim", None),
    ("W5.claims", "StatefulSet/kept", "spec.volumeClaimTemplates", seen.template_claim),
    ("W5.claims", "StatefulSet/kept", MAIN + "volumeMounts[0]", None),
    *[("W6.probes", "Deployment/alive", f"{POD}containers[{at}].{kind}Probe", seen.answers_well(name))
      for at, name in enumerate(("exec", "tcp", "http", "https")) for kind in ("liveness", "readiness")],
    *[("W6.probes", "Deployment/dead", f"{POD}containers[{at}].livenessProbe", seen.is_restarted(name))
      for at, name in enumerate(("exec", "tcp", "http", "https"))],
    ("W6.probes", "Deployment/unready", MAIN + "readinessProbe", seen.takes_out_of_service),
    ("W6.figures", "Deployment/late", MAIN + "readinessProbe.initialDelaySeconds", seen.at_its_times),
    ("W6.figures", "Deployment/late", MAIN + "readinessProbe.periodSeconds", seen.at_its_times),
    ("W6.figures", "Deployment/late", MAIN + "readinessProbe.successThreshold", seen.at_its_times),
    ("W6.figures", "Deployment/dead", POD + "containers[4].livenessProbe.timeoutSeconds", seen.is_restarted("late")),
    ("W6.figures", "Deployment/thrice", MAIN + "livenessProbe.failureThreshold", seen.failures_counted),
    ("W7.settings", "Deployment/careful", MAIN + "securityContext.runAsUser", seen.says("careful", "id -u", "1234")),
    ("W7.settings", "Deployment/careful", MAIN + "securityContext.runAsGroup", seen.says("careful", "id -g", "2345")),
    ("W7.settings", "Deployment/careful", MAIN + "securityContext.readOnlyRootFilesystem", seen.refuses("careful", "touch /x", "Read-only file system")),
    ("W7.settings", "Deployment/rooted", MAIN + "securityContext.runAsNonRoot", seen.root_is_refused),
    ("W7.settings", "Deployment/mighty", MAIN + "securityContext.privileged", seen.says("mighty", "test -e /dev/vdb && echo devices", "devices")),
    ("W8.commands", "Deployment/whole", MAIN + "command", seen.says("whole", "cat /tmp/words", "zero one")),
    ("W8.commands", "Deployment/whole", MAIN + "args", seen.says("whole", "cat /tmp/words", "zero one")),
    ("W8.commands", "Deployment/whole", MAIN + "lifecycle.postStart", seen.says("whole", "cat /shared/hook", "started")),
    ("W8.commands", "Deployment/whole", MAIN + "lifecycle.preStop", seen.pre_stop),
    ("W9.services", "Service/web", "spec.type", seen.served("http://web/")),
    ("W9.services", "Service/web", "spec.ports[0]", seen.served("http://web.fields.svc.cluster.local:80/")),
    ("W9.services", "Service/web-udp", "spec.ports[0]", seen.by_udp),
    ("W9.services", "Service/web-any", "spec.ports[0]", seen.on_every_node("web-any")),
    ("W9.services", "Service/web-given", "spec.ports[0].nodePort", seen.on_every_node("web-given", True)),
    ("W9.services", "Service/web-balanced", "spec.type", seen.on_every_node("web-balanced")),
    ("W9.services", "Deployment/web", MAIN + "ports", None),
    ("W9.ingress", "Ingress/web", "spec.rules", seen.host_and_path),
    ("W10.rolling", "Deployment/surge", "spec.strategy", seen.starts_first("surge", 2, 3)),
    ("W10.rolling", "Deployment/gentle", "spec.strategy", seen.stops_first),
    ("W10.rolling", "Deployment/custom", "spec.strategy.rollingUpdate", seen.starts_first("custom", 2, 3)),
    ("W10.recreate", "Deployment/recreate", "spec.strategy", seen.has_a_gap),
    ("W10.interval", "Deployment/surge", "spec.minReadySeconds", seen.waits_between),
    ("W10.sets", "StatefulSet/set-roll", "spec.updateStrategy", seen.from_last_to_first),
    ("W10.sets", "DaemonSet/each-roll", "spec.updateStrategy", seen.one_node_at_a_time),
    ("W10.sets", "StatefulSet/set-manual", "spec.updateStrategy", seen.when_deleted("set-manual", 1)),
    ("W10.sets", "DaemonSet/each-manual", "spec.updateStrategy", seen.when_deleted("each-manual", 2)),
    ("W12.nodes", "Deployment/on-one", POD + "nodeSelector", seen.placed("on-one", WORKER)),
    ("W12.nodes", "Deployment/ruled", NODES + HARD, seen.placed("ruled", MASTER)),
    ("W12.nodes", "Deployment/nowhere", NODES + HARD, seen.stays("nowhere", "match")),
    ("W12.nodes", "Deployment/rather", NODES + SOFT, seen.placed("rather", MASTER)),
    ("W12.pods", "Deployment/near", NEAR + HARD, seen.placed("near", MASTER)),
    ("W12.pods", "Deployment/near-none", NEAR + HARD, seen.stays("near-none", "pod affinity")),
    ("W12.pods", "Deployment/near-rather", NEAR + SOFT, seen.placed("near-rather", MASTER)),
    ("W12.pods", "Deployment/apart", APART + HARD, seen.stays("apart", "anti-affinity", 2)),
    ("W12.pods", "Deployment/apart-rather", APART + SOFT, seen.placed("apart-rather", MASTER, WORKER)),
    ("W13.settings", "Deployment/whole", POD + "hostAliases", seen.aliased),
    ("W13.settings", "Deployment/onhost", POD + "hostNetwork", seen.on_host),
    ("W13.settings", "Deployment/whole", "metadata.labels", seen.labelled),
    ("W13.settings", "Deployment/whole", "spec.template.metadata.labels", seen.labelled),
    ("W14.fields", "Job/each", "spec.completions", seen.at_most_two_run),
    ("W14.fields", "Job/each", "spec.parallelism", seen.at_most_two_run),
    ("W14.fields", "Job/tried", "spec.backoffLimit", seen.job_failed("tried", "BackoffLimitExceeded", 2)),
    ("W14.fields", "Job/limited", "spec.activeDeadlineSeconds", seen.job_failed("limited", "DeadlineExceeded", 1)),
    ("W14.fields", "Job/tried", POD + "restartPolicy", seen.job_failed("tried", "BackoffLimitExceeded", 2)),
    ("W14.fields", "Job/again", POD + "restartPolicy", seen.in_the_same_pod),
    ("W2.image", "Deployment/third", POD + "imagePullSecrets", seen.secret_is_shown),  # tried again at longer and longer intervals
    # Kubelet tells of a start within its next round, which may be a minute away.
    ("W6.startup", "Deployment/slow", MAIN + "startupProbe", seen.holds_liveness_off),
    *[("W15.fields", "CronJob/forbids", ONCE + name, seen.job_is_as_given)
      for name in ("completions", "parallelism", "backoffLimit", "activeDeadlineSeconds", "template.spec.restartPolicy")],
    ("W15.fields", "CronJob/allows", "spec.schedule", seen.second_time),
    ("W15.fields", "CronJob/allows", "spec.concurrencyPolicy", seen.both_run),
    ("W15.fields", "CronJob/forbids", "spec.concurrencyPolicy", seen.forbidden),
    ("W15.fields", "CronJob/replaces", "spec.concurrencyPolicy", seen.replaced),
    ("W15.fields", "CronJob/rests", "spec.suspend", seen.never_ran),
]


@pytest.fixture(scope="module")
def fields(api):
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    try:
        here = Fields(api)
        with ThreadPoolExecutor(4) as many:
            list(many.map(here.create, here.objects))
        assert here.read_back
        seen.early_run(here)
        here.roll()
        yield here
        here.end()
    finally:
        api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)


@pytest.mark.parametrize("where, path, look", [
    pytest.param(*row[1:], marks=claims(row[0]), id=f"{row[1].replace('/', '-')}-{row[2].rsplit('.', 1)[-1]}-{at}") for at, row in enumerate(TABLE)])
def test_a_field(fields, where, path, look):
    kind, name = where.split("/")
    asked = part(fields.submitted(kind, name), path)
    why = fault(asked, part(fields.read_back[kind, name], path), path)
    assert why is None, why
    if look:
        look(fields)


@claims("W23.alone")
@pytest.mark.parametrize("kind, name", [("deployments", "whole"), ("statefulsets", "set-roll"), ("daemonsets", "each-roll"), ("jobs", "each"),
                                        ("cronjobs", "allows")])
def test_each_kind_is_made_without_an_application(fields, kind, name):
    row = next(row for row in fields.api.items(f"/clusters/demo/{kind}?namespace={SPACE}&search={name}") if row["name"] == name)
    assert "app.kubernetes.io/name" not in row.get("labels", {})
    none = fields.api.get(f"/clusters/demo/{kind}?namespace={SPACE}&application=whole")
    assert none["total"] == 0


@claims("W16.details")
def test_a_workloads_details_are_all_there(fields):
    """The object itself, its pods with their containers, conditions, events, the services before it, and its history."""
    fields.ready("web")
    status = fields.api.get(f"{fields.root}/objects/deployments/web")["status"]
    assert {one["type"]: one["status"] for one in status["conditions"]} == {"Available": "True", "Progressing": "True"}
    row = next(row for row in fields.api.items(f"/clusters/demo/deployments?namespace={SPACE}&search=web") if row["name"] == "web")
    selector = ",".join(f"{key}={value}" for key, value in row["selector"].items())
    pod = fields.api.items(f"/clusters/demo/pods?namespace={SPACE}&labels={selector}")[0]
    assert pod["ready"] and [(one["name"], one["state"]) for one in pod["containers"]] == [("main", "running")], pod
    before = [one["name"] for one in fields.api.items(f"/clusters/demo/services?namespace={SPACE}&limit=100")
              if one["selector"] and one["selector"].items() <= row["podLabels"].items()]
    assert before == ["web", "web-any", "web-balanced", "web-given", "web-udp"]
    reasons = {one["reason"] for one in fields.api.items(f"/clusters/demo/events?namespace={SPACE}&object=Deployment/web")}
    assert reasons == {"ScalingReplicaSet"}, reasons
    history = fields.api.items(f"{fields.root}/workloads/deployments/surge/revisions")
    assert [one["present"] for one in history] == [True, False] and history[1]["changes"], history


# What a form's dialog sets, and where: containers, access, update, scheduling, network, labels.
EDITS = [("Deployment/on-one", MAIN + "env", [{"name": "EDITED", "value": "1"}]), ("Service/web", "spec.ports[0].port", 81),
         ("Deployment/gentle", "spec.strategy.rollingUpdate", {"maxSurge": 1, "maxUnavailable": 1}),
         ("DaemonSet/each-roll", POD + "nodeSelector", {"kubernetes.io/os": "linux"}),
         ("Deployment/near-rather", POD + "hostAliases", [{"ip": "127.0.0.1", "hostnames": ["a.example"]}]),
         ("StatefulSet/set-manual", "metadata.labels", {"tier": "back"}), ("Ingress/web", "spec.rules[0].host", "shop3.example"),
         ("CronJob/rests", "spec.schedule", "0 3 * * *")]


@claims("W17.save")
@pytest.mark.parametrize("where, path, value", EDITS, ids=[edit[0] for edit in EDITS])
def test_what_a_form_does_not_know_survives_its_save(fields, where, path, value):
    kind, name = where.split("/")
    place = f"{fields.root}/objects/{plural(kind)}/{name}"
    marks = {"metadata": {"annotations": {"example.org/note": "of somebody else"}}}
    fields.api.kubectl("-n", SPACE, "patch", plural(kind), name, "--type=merge", "-p", json.dumps(marks))

    def saved():  # its controller may write its status meanwhile: then it is read anew, as a page would
        read = fields.api.get(place)
        kept = copy.deepcopy(read)
        put(read, path, value)
        answer = fields.api.call("PUT", place, json=read)
        assert answer.status_code in (200, 409), answer.text
        return (kept, read["metadata"]["resourceVersion"]) if answer.status_code == 200 else None
    before, version = wait_for("it is saved", saved, 20)
    after = fields.live(plural(kind), name)
    assert part(after, path) == value
    put(before, path, value)
    assert fault({**marks, "spec": before["spec"]}, after) is None and before["metadata"].get("labels") == after["metadata"].get("labels")
    before["metadata"]["resourceVersion"] = version
    late = fields.api.call("PUT", place, expect=409, json=before).json()
    assert (late["rule"], late["seen"]) == ("changed", version) and late["current"] not in ("", version), late


@claims("W10.max-unavailable")
def test_what_this_kubernetes_lacks_is_said_and_refused(fields):
    """Kubernetes 1.20 would take the object and drop the field."""
    known = fields.api.get("/clusters/demo/capabilities")
    lacks = {one["name"]: one for one in known["features"] if not one["available"]}
    assert {"statefulsets.maxUnavailable", "jobs.suspend"} <= set(lacks) and "1.35" in lacks["statefulsets.maxUnavailable"]["reason"], known
    one = copy.deepcopy(fields.submitted("StatefulSet", "set-roll"))
    one["metadata"]["name"] = "many"
    one["spec"]["updateStrategy"]["rollingUpdate"] = {"maxUnavailable": 2}
    texts = (("POST", f"{fields.root}/objects/statefulsets", "application/json"), ("POST", f"/clusters/demo/manifests?namespace={SPACE}", "application/yaml"))
    for method, path, kind in texts:
        refused = fields.api.call(method, path, expect=422, headers={"Content-Type": kind}, data=json.dumps(one)).json()
        assert (refused["field"], refused["rule"]) == ("spec.updateStrategy.rollingUpdate.maxUnavailable", "kubernetes-version"), refused
        assert "leave it out" in refused["detail"] and refused["line"] == 1, refused


@claims("W21.job")
def test_a_job_is_read_and_deleted_and_nothing_else(fields):
    place = f"{fields.root}/workloads/jobs/limited"
    for action, more in (("scale", {"replicas": 2}), ("redeploy", {}), ("run", {}), ("stop", {}), ("start", {})):
        refused = fields.api.call("POST", f"{place}/{action}", expect=422, json=more).json()
        assert (refused["field"], refused["rule"]) == ("action", "kind"), refused
    read = fields.api.get(f"{fields.root}/objects/jobs/limited")
    assert fault(fields.submitted("Job", "limited"), read) is None and read["status"]["startTime"]
    fields.api.call("DELETE", place, expect=200)
    wait_for("it and its pods are gone", lambda: not fields.api.items(f"/clusters/demo/jobs?namespace={SPACE}&search=limited") and not [
        pod for pod in fields.pods.now.values() if pod["metadata"]["labels"].get("job-name") == "limited"], 30)
