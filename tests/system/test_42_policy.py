# SPDX-License-Identifier: Apache-2.0
"""What may stand in the namespace of a project: by kubectl, by a template, by REST; and while the agent is away."""
import json
import re

import pytest

from kubectl import Kubectl, kubectls
from slipway import wait_for
from test_52_links import connected, link

claims = pytest.mark.claims
MASTER = "demo-master-1"
REGISTRATION = "validatingwebhookconfiguration/slipway-project-rules"
BOX = {"name": "box", "image": "busybox:1.35", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "3600"]}
HOST_PATH = {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}


def box(**security):
    return {"containers": [{**BOX, "securityContext": security}]}


# rule, field, what of a pod's spec is wrong
WRONG = [
    ("privileged", "spec.containers[0].securityContext.privileged", box(privileged=True)),
    ("privileged", "spec.initContainers[0].securityContext.privileged", {"initContainers": [{**BOX, "name": "first", "securityContext": {"privileged": True}}]}),
    ("capabilities", "spec.containers[0].securityContext.capabilities.add[0]", box(capabilities={"add": ["SYS_ADMIN"]})),
    ("host-path", "spec.volumes[0].hostPath", HOST_PATH),
    ("git-repo", "spec.volumes[0].gitRepo", {"volumes": [{"name": "code", "gitRepo": {"repository": "https://example.org/x"}}]}),
    ("host-pid", "spec.hostPID", {"hostPID": True}),
    ("host-ipc", "spec.hostIPC", {"hostIPC": True}),
    ("host-network", "spec.hostNetwork", {"hostNetwork": True}),
    ("host-port", "spec.containers[0].ports[0].hostPort", {"containers": [{**BOX, "ports": [{"containerPort": 80, "hostPort": 8088}]}]}),
    ("node-name", "spec.nodeName", {"nodeName": MASTER}),
    ("master-toleration", "spec.tolerations[0].key", {"tolerations": [{"key": "node-role.kubernetes.io/master", "effect": "NoSchedule"}]}),
    ("master-toleration", "spec.tolerations[0]", {"tolerations": [{"operator": "Exists"}]}),
    ("sysctls", "spec.securityContext.sysctls[0].name", {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}),
    ("selinux", "spec.securityContext.seLinuxOptions", {"securityContext": {"seLinuxOptions": {"type": "spc_t"}}}),
]


def named(kind, version, name, spec):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}


def pod(name, more):
    return named("Pod", "v1", name, {"terminationGracePeriodSeconds": 0, "containers": [BOX], **more})


def holders(name, more, restart="Always"):
    """(where the pod stands in it, the object) of every kind that holds a pod with `more` in its spec."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"terminationGracePeriodSeconds": 0, "containers": [BOX], **more}}
    selected = {"selector": {"matchLabels": labels}, "template": template}
    once = {"template": {**template, "spec": {**template["spec"], "restartPolicy": "Never"}}}
    cron = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": once}}
    return [("spec.template.", named("Deployment", "apps/v1", name, selected)),
            ("spec.template.", named("ReplicaSet", "apps/v1", name, selected)),
            ("spec.template.", named("StatefulSet", "apps/v1", name, {**selected, "serviceName": name})),
            ("spec.template.", named("DaemonSet", "apps/v1", name, selected)),
            ("spec.template.", named("ReplicationController", "v1", name, {"selector": labels, "template": template})),
            ("spec.template.", named("Job", "batch/v1", name, once)),
            ("spec.jobTemplate.spec.template.", named("CronJob", "batch/v1beta1", name, cron)),
            ("template.", {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": name}, "template": template})]


def documents(objects):
    """YAML, one line each: what begins with a brace kubectl reads as one object of JSON."""
    return "".join(f"---\n{json.dumps(one)}\n" for one in objects).encode()


@pytest.fixture(scope="module")
def kubectl(world, api, tmp_path_factory):
    return Kubectl(api, kubectls(world.state)[0], tmp_path_factory.mktemp("kube-cache"))


@pytest.fixture(scope="module")
def team(api, kubectl):
    """A project's namespace; beside it `free`, where an administrator allowed everything."""
    wait_for("the rules are registered", lambda: api.kubectl("get", REGISTRATION, "--ignore-not-found", "-o", "name"), 60)
    for name, labels in (("team", {}), ("free", {"slipway.io/allow-privileged": "true"})):
        kubectl.run("create", "-f", "-", stdin=documents([{"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": name, "labels": {"slipway.io/project": "p1", **labels}}}]))
    yield "team"
    kubectl.run("delete", "namespace", "team", "free", "--wait=false")


def refusals(kubectl, objects, namespace="team", *words):
    """(rule, field) of what the API server said to each of the objects, all of which it must refuse."""
    done = kubectl.run("-n", namespace, "apply", "--validate=false", "-f", "-", *words, stdin=documents(objects), code=1)
    lines = [line for line in done.stderr.decode().splitlines() if "denied the request" in line]
    assert len(lines) == len(objects) and not done.stdout, done
    assert all("allow-privileged=true" in line for line in lines), lines
    return [re.search(r"\(rule ([a-z-]+), ([^)]+)\)", line).groups() for line in lines]


def on_master(api, *words):
    """What kubectl says on the master itself, as the cluster's own administrator or in another's name."""
    return api.machine(MASTER, "sh", "-c", 'kubectl --kubeconfig /etc/kubernetes/admin.conf "$@" 2>&1; true', "-", *words)


def raw_on_master(api, verb, path, body, *words):
    return api.machine(MASTER, "sh", "-c", f"echo '{json.dumps(body)}' | kubectl --kubeconfig /etc/kubernetes/admin.conf \"$@\" -f - 2>&1; true",
                       "-", verb, "--raw", path, *words)


@claims("W7.privileges", "W12.placed", "W13.host")
def test_kubectl_is_refused_each_with_rule_and_field(kubectl, team):
    said = refusals(kubectl, [pod(f"wrong-{number}", more) for number, (_, _, more) in enumerate(WRONG)])
    assert said == [(rule, field) for rule, field, _ in WRONG]


@claims("W7.privileges")
def test_every_kind_that_holds_a_pod_is_refused(kubectl, team):
    held = holders("wrong", HOST_PATH)
    expected = [("host-path", f"{place}spec.volumes[0].hostPath") for place, _ in held]
    assert refusals(kubectl, [one for _, one in held]) == expected
    assert refusals(kubectl, [one for _, one in held], "team", "--server-side") == expected


@claims("W9.foreign-addresses", "N2.other-group")
def test_foreign_addresses_and_uncounted_ingresses_are_refused(kubectl, team):
    service = named("Service", "v1", "taker", {"ports": [{"port": 53}], "externalIPs": ["10.96.0.10"]})
    ingress = named("Ingress", "extensions/v1beta1", "uncounted", {"backend": {"serviceName": "web", "servicePort": 80}})
    assert refusals(kubectl, [service, ingress]) == [("external-ips", "spec.externalIPs[0]"), ("ingress-group", "apiVersion")]
    counted = named("Ingress", "networking.k8s.io/v1", "counted", {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}})
    kubectl.run("-n", team, "apply", "-f", "-", stdin=documents([counted]))


@claims("W7.templates")
def test_what_passed_as_a_template_runs(api, kubectl, team):
    """Deployment, DaemonSet and the rest, whose pods their controllers make with tolerations of their own."""
    held = [one for _, one in holders("good", {}) if one["kind"] not in ("PodTemplate", "ReplicaSet", "ReplicationController")]
    kubectl.run("-n", team, "apply", "-f", "-", stdin=documents(held))
    kubectl.run("-n", team, "create", "job", "by-cron", "--from=cronjob/good")

    def running():
        pods = json.loads(kubectl.text("-n", team, "get", "pods", "-o", "json"))["items"]
        owners = {owner["name" if owner["kind"] == "Job" else "kind"] for one in pods if one["status"]["phase"] == "Running"
                  for owner in one["metadata"]["ownerReferences"]}
        return owners >= {"ReplicaSet", "DaemonSet", "StatefulSet", "good", "by-cron"} and pods
    for one in wait_for("a pod of each kind runs", running, 90):
        assert one["spec"]["nodeName"] == "demo-worker-1", one
    patch = json.dumps({"spec": {"template": {"spec": {"hostPID": True}}}})
    done = kubectl.run("-n", team, "patch", "deployment", "good", "-p", patch, code=1)
    assert b"rule host-pid, spec.template.spec.hostPID" in done.stderr, done
    kubectl.run("-n", team, "scale", "deployment", "good", "--replicas=0")
    kubectl.run("-n", team, "delete", "deployment,daemonset,statefulset,job,cronjob", "good", "by-cron", "--ignore-not-found", "--wait=false")


@claims("W12.placed")
def test_nobody_but_the_scheduler_places_a_pod(api, kubectl, team):
    waiting = pod("waiting", {"schedulerName": "nobody"})
    kubectl.run("-n", team, "apply", "-f", "-", stdin=documents([waiting]))
    binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "waiting"}, "target": {"apiVersion": "v1", "kind": "Node", "name": MASTER}}
    for path in ("pods/waiting/binding", "bindings"):
        said = raw_on_master(api, "create", f"/api/v1/namespaces/{team}/{path}", binding)
        assert "rule binding, target.name" in said, said
    kubectl.run("-n", team, "delete", "pod", "waiting", "--wait=false")


@claims("Y1.policy")
def test_a_manifest_is_refused_before_anything_of_it_is_applied(api, kubectl, team):
    good = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "never"}}
    place, cron = next((place, one) for place, one in holders("night", {"hostPID": True, **HOST_PATH}) if one["kind"] == "CronJob")
    text = documents([good, cron]).decode()
    wait_for("the mirror knows the namespace", lambda: api.call("POST", f"/clusters/demo/manifests?namespace={team}&dryRun=true", data=text,
             headers={"Content-Type": "application/yaml"}).status_code == 403, 20)
    refused = api.apply("demo", text, team, expect=403).json()
    assert "document 2, CronJob night" in refused["detail"] and refused["type"] == "urn:slipway:problem:denied", refused
    assert refused["field"] == f"{place}spec.hostPID" and refused["line"] == 4, refused
    assert [(one["document"], one["rule"], one["field"]) for one in refused["refusals"]] == [
        (2, "host-pid", f"{place}spec.hostPID"), (2, "host-path", f"{place}spec.volumes[0].hostPath")], refused
    assert all("allow-privileged=true" in one["wayOut"] for one in refused["refusals"])
    assert "never" not in kubectl.text("-n", team, "get", "configmaps", "-o", "name")
    assert api.apply("demo", documents([cron]).decode(), "free").json()["objects"][0]["ok"]
    late = documents([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "late", "labels": {"slipway.io/project": "p1"}}},
                      {**cron, "metadata": {"name": "night", "namespace": "late"}}]).decode()
    made = api.apply("demo", late).json()["objects"]  # of a namespace that the mirror cannot know yet
    assert made[0]["ok"] and not made[1]["ok"] and "rule host-pid" in made[1]["message"], made
    kubectl.run("delete", "namespace", "late", "--wait=false")


@claims("W7.allowed")
def test_an_administrator_lets_a_namespace_hold_anything(api, kubectl, team):
    held = [pod("reader", {"nodeName": MASTER, "hostNetwork": True, **HOST_PATH}), *(one for _, one in holders("free", {"hostIPC": True}))]
    kubectl.run("-n", "free", "apply", "-f", "-", stdin=documents(held))
    api.pod("free", "reader")
    kubectl.run("label", "namespace", "free", "slipway.io/allow-privileged-")
    again = pod("reader2", HOST_PATH)
    wait_for("the namespace is guarded again", lambda: kubectl.run("-n", "free", "apply", "--dry-run=server", "-f", "-", stdin=documents([again]), code=None).returncode, 10)
    assert refusals(kubectl, [again], "free") == [("host-path", "spec.volumes[0].hostPath")]
    kubectl.run("-n", "free", "label", "pod", "reader", "still=changed")  # what stood goes on, and may be deleted
    kubectl.run("-n", "free", "delete", "pod", "reader", "--now", "--wait=false")


@claims("W7.labels")
def test_nobody_else_changes_the_labels_that_decide(api, kubectl, team):
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "test-namespaces"},
            "rules": [{"apiGroups": [""], "resources": ["namespaces", "namespaces/finalize", "namespaces/status"], "verbs": ["*"]}]}
    bound = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "test-namespaces"},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "test-namespaces"},
             "subjects": [{"kind": "User", "name": "slipway:tenant", "apiGroup": "rbac.authorization.k8s.io"}]}
    kubectl.run("apply", "-f", "-", stdin=documents([role, bound]))

    def tenant(*words):
        return on_master(api, "--as=slipway:tenant", *words)
    try:
        assert "labeled" in tenant("label", "namespace", team, "own=word")
        for label in ("slipway.io/allow-privileged=true", "slipway.io/project-", "slipway.io/department=d"):
            assert "rule namespace-labels" in tenant("label", "namespace", team, label), label
        assert "rule namespace-labels" in tenant("annotate", "namespace", team, "slipway.io/x=y")
        assert "rule namespace-labels" in tenant("label", "namespace", "default", "slipway.io/project=p1")
        bare = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": team}, "spec": {"finalizers": ["kubernetes"]}}
        for path in ("finalize", "status"):
            said = raw_on_master(api, "replace", f"/api/v1/namespaces/{team}/{path}", bare, "--as=slipway:tenant")
            assert "rule namespace-labels" in said, said
        done = kubectl.run("label", "namespace", "kube-system", "slipway.io/project=p1", code=1)
        assert b"rule kubernetes-namespace" in done.stderr, done
    finally:
        kubectl.run("delete", "clusterrolebinding,clusterrole", "test-namespaces")


@claims("W7.repaired")
def test_a_registration_that_was_changed_is_put_right(api, kubectl, team):
    def policies():
        found = kubectl.run("get", REGISTRATION, "-o", "jsonpath={.webhooks[*].failurePolicy}", code=None)
        return found.stdout.decode().split()
    kubectl.run("patch", *REGISTRATION.split("/"), "--type=json", "-p", '[{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]')
    wait_for("the registration fails closed again", lambda: set(policies()) == {"Fail"}, 30)
    kubectl.run("delete", REGISTRATION)
    wait_for("the registration is back", lambda: len(policies()) == 5, 30)
    wrong = documents([pod("wrong", HOST_PATH)])
    wait_for("the API server asks again", lambda: kubectl.run("-n", team, "apply", "--dry-run=server", "-f", "-", stdin=wrong, code=None).returncode, 10)


@claims("W7.fails-closed")
def test_without_its_agent_a_master_takes_nothing_new_of_projects(api, kubectl, team):
    run = ("run", "late", "--image=busybox:1.35", "--restart=Never", "--command", "--", "true")
    since = link(api, MASTER)["since"]
    api.machine(MASTER, "systemctl", "stop", "slipway-agent")
    try:
        said = on_master(api, "-n", team, *run)
        print(said)
        assert "failed calling webhook \"objects.project-rules.slipway-agent.service\"" in said and "connection refused" in said, said
        for elsewhere in ("kube-system", "default"):
            assert "created" in on_master(api, "-n", elsewhere, *run), elsewhere
            on_master(api, "-n", elsewhere, "delete", "pod", "late", "--now", "--wait=false")
        assert "labeled" in on_master(api, "label", "namespace", "default", "seen=once")
        on_master(api, "label", "namespace", "default", "seen-")
    finally:
        api.machine(MASTER, "systemctl", "start", "slipway-agent")
    wait_for("the project's pods are taken again", lambda: "created" in on_master(api, "-n", team, *run), 30)
    wait_for("the master is linked again", lambda: connected(api, MASTER, since), 60)
    asked = re.findall(r'apiserver_admission_webhook_admission_duration_seconds_(sum|count)\{name="objects[^}]*\} (\S+)', on_master(api, "get", "--raw", "/metrics"))
    total = {part: sum(float(value) for name, value in asked if name == part) for part in ("sum", "count")}
    print(f"the API server asked {total['count']:.0f} times, {1000 * total['sum'] / total['count']:.2f} ms each")
