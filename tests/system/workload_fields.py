# SPDX-License-Identifier: Apache-2.0
"""Native objects that have between them every field that the manual's forms have, and who submits them and sees what becomes of them."""
import functools
import json
import re
import threading
import time

import requests

from slipway import wait_for

IMAGE = {"image": "busybox:1.35", "imagePullPolicy": "IfNotPresent"}
SPACE = "fields"
WAIT = 90  # seconds that anything may take on a loaded machine
READ = ("deployments.apps,statefulsets.apps,daemonsets.apps,jobs.batch,cronjobs.batch,services,ingresses.networking.k8s.io,configmaps,secrets,"
        "persistentvolumeclaims")
SERVE = "mkdir -p /www; echo served by $HOSTNAME >/www/index.html; exec httpd -f -p 8080 -h /www"
# A registry that has nothing, and notes who asks with which credentials.
REGISTRY = r"""cat >/tmp/answer <<'END'
read -r line; while read -r field && [ "$field" != "$(printf '\r')" ]; do case $field in [Aa]uthorization:*) shown=$field;; esac; done
if [ "$shown" ]; then echo "$line $shown" >>/tmp/asked; printf 'HTTP/1.1 404 Not Found\r\n'
else printf 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\n'; fi
printf 'Content-Length: 0\r\nConnection: close\r\n\r\n'
END
touch /tmp/asked; exec nc -ll -p 5999 -e sh /tmp/answer"""
COUNTED = "cut -d' ' -f1 /proc/uptime >>/tmp/probes"  # each probe leaves its time
WORKER, MASTER = "demo-worker-1", "demo-master-1"
HOST = "kubernetes.io/hostname"
ANYWHERE = {"tolerations": [{"operator": "Exists", "effect": "NoSchedule"}]}  # on masters too


def box(command="sleep 100000", name="main", **more):
    return {"name": name, **IMAGE, "command": ["sh", "-c", command], **more}


def pods(*containers, **more):
    return {"terminationGracePeriodSeconds": 0, "containers": list(containers) or [box()], **more}


def named(kind, version, name, spec=None, labels=None, **more):
    body = {} if spec is None else {"spec": spec}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **({"labels": labels} if labels else {})}, **body, **more}


def keeper(kind, name, pod, replicas=None, labels=None, **more):
    """A workload that keeps pods of its own label `app`, and of `labels`."""
    selected = {"app": name}
    template = {"metadata": {"labels": {**selected, **(labels or {})}}, "spec": pod}
    spec = {"selector": {"matchLabels": selected}, "template": template, **more}
    if replicas is not None:
        spec["replicas"] = replicas
    return named(kind, "apps/v1", name, spec, labels)


def job(name, command, restart="Never", **more):
    return named("Job", "batch/v1", name, {**more, "template": {"spec": pods(box(command), restartPolicy=restart)}})


def cron(name, policy, **more):
    once = {"completions": 1, "parallelism": 1, "backoffLimit": 2, "activeDeadlineSeconds": 600,
            "template": {"spec": pods(restartPolicy="OnFailure")}}
    return named("CronJob", "batch/v1beta1", name, {
        "schedule": "*/1 * * * *", "concurrencyPolicy": policy, **more, "jobTemplate": {"spec": once}})


def probe(seconds=(1, 1, 1), success=1, failure=3, **how):
    delay, period, timeout = seconds
    return {**how, "initialDelaySeconds": delay, "periodSeconds": period, "timeoutSeconds": timeout, "successThreshold": success,
            "failureThreshold": failure}


def by_exec(command):
    return {"exec": {"command": ["sh", "-c", command]}}


def by_http(path, port=8080, **more):
    return {"httpGet": {"path": path, "port": port, "scheme": "HTTP", **more}}


def volume(name, **what):
    return {"name": name, **what}


def mount(name, path, **more):
    return {"name": name, "mountPath": path, **more}


def settings():
    return [named("ConfigMap", "v1", "settings", data={"colour": "green", "one.conf": "one=1\n"}),
            named("Secret", "v1", "keys", type="Opaque", stringData={"password": "hush-hush"}),
            named("Secret", "v1", "registry", type="kubernetes.io/dockerconfigjson", stringData={".dockerconfigjson": json.dumps(
                {"auths": {"127.0.0.1:5999": {"username": "team", "password": "pull", "auth": "dGVhbTpwdWxs"}}})})]


def basics():
    """What is in a container: what a form's first page asks for."""
    main = box(env=[
        {"name": "PLAIN", "value": "as it is"},
        {"name": "OF_CONFIG", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "colour"}}},
        {"name": "OF_SECRET", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "password"}}}],
        resources={"requests": {"cpu": "20m", "memory": "16Mi"}, "limits": {"cpu": "150m", "memory": "48Mi"}},
        volumeMounts=[mount("work", "/shared"), mount("work", "/shared-ro", readOnly=True), mount("settings", "/etc/settings"),
                      mount("keys", "/etc/keys"), mount("settings", "/etc/one.conf", subPath="one.conf")],
        lifecycle={"postStart": by_exec("echo started >/shared/hook"), "preStop": by_exec("echo stopping >/proc/1/fd/1")})
    main["command"], main["args"] = ["sh", "-c", 'echo "$0 $1" >/tmp/words; exec sleep 100000'], ["zero", "one"]
    whole = pods(main, box(name="side", volumeMounts=[mount("work", "/shared")]), terminationGracePeriodSeconds=1,
                 initContainers=[box(f"sleep {wait}; echo {name} >>/shared/order", name=name, volumeMounts=[mount("work", "/shared")])
                                 for name, wait in (("first", 1), ("second", 0))],
                 volumes=[volume("work", emptyDir={}), volume("settings", configMap={"name": "settings", "defaultMode": 292}),
                          volume("keys", secret={"secretName": "keys", "defaultMode": 256})],
                 hostAliases=[{"ip": "127.0.0.1", "hostnames": ["shop.example", "shop2.example"]}])
    careful = {"runAsUser": 1234, "runAsGroup": 2345, "runAsNonRoot": True, "readOnlyRootFilesystem": True}
    onhost = pods(box(volumeMounts=[mount("tmp", "/host", readOnly=True)]), box(REGISTRY, name="registry"), hostNetwork=True,
                  volumes=[volume("tmp", hostPath={"path": "/etc", "type": "Directory"})])
    return [keeper("Deployment", "whole", whole, 2, {"tier": "front", "example.org/team": "a"}),
            keeper("Deployment", "careful", pods(box(securityContext=careful)), 1),
            keeper("Deployment", "rooted", pods(box(securityContext={"runAsNonRoot": True})), 1),
            keeper("Deployment", "mighty", pods(box(securityContext={"privileged": True})), 1),
            keeper("Deployment", "onhost", onhost, 1),
            keeper("Deployment", "always", pods({**box(), "imagePullPolicy": "Always"}), 1),
            keeper("Deployment", "third", pods({**box(), "image": "127.0.0.1:5999/team/app:1.2"},
                                               imagePullSecrets=[{"name": "registry"}]), 1)]


def claims_of_storage():
    """Nobody makes volumes here: what uses them is Pending, and says so."""
    claim = {"storageClassName": "fast", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    held = pods(box(volumeMounts=[mount("data", "/data")]), volumes=[volume("data", persistentVolumeClaim={"claimName": "data"})])
    once = named("Job", "batch/v1", "claims", {"template": {"spec": {**held, "restartPolicy": "Never"}}})
    return [named("PersistentVolumeClaim", "v1", "data", {**claim, "storageClassName": ""}), keeper("Deployment", "claims", held, 1), once,
            keeper("StatefulSet", "kept", pods(box(volumeMounts=[mount("data", "/data", subPath="db")])), 1, serviceName="kept",
                   volumeClaimTemplates=[{"metadata": {"name": "data"}, "spec": claim}])]


def probes(api_address):
    """Each way of asking, for those who answer well, badly and late."""
    web = {"ports": [{"containerPort": 8080, "protocol": "TCP"}]}
    well = {"exec": by_exec("true"), "tcp": {"tcpSocket": {"port": 8080}}, "http": by_http("/index.html", 8081),
            "https": by_http("/healthz", 443, host=api_address, scheme="HTTPS")}
    ill = {"exec": by_exec("false"), "tcp": {"tcpSocket": {"port": 9}}, "http": by_http("/none"),
           "https": by_http("/index.html", scheme="HTTPS"), "late": by_exec("sleep 30")}
    serve = {"exec": "sleep 100000", "tcp": SERVE, "http": SERVE, "https": "sleep 100000"}
    patient = (1, 1, 20)  # a loaded machine that answers late is no fault of theirs
    alive = pods(*[box(serve[name] if name != "http" else SERVE.replace("8080", "8081"), name=name, **web,
                       livenessProbe=probe(patient, **how), readinessProbe=probe(patient, **how)) for name, how in well.items()])
    dead = pods(*[box(SERVE if name == "http" else "sleep 100000", name=name, livenessProbe=probe((1, 1, 1), 1, 2, **how)) for name, how in ill.items()])
    late = box("cut -d' ' -f1 /proc/uptime >/tmp/began; sleep 100000", readinessProbe=probe((3, 2, 1), 3, 2, **by_exec(COUNTED)))
    unready = box(SERVE, **web, readinessProbe=probe(**by_http("/none")))
    slow = box("sleep 5; touch /tmp/up; sleep 100000", startupProbe=probe(failure=30, **by_exec("test -e /tmp/up")),
               livenessProbe=probe(patient, failure=1, **by_exec("test -e /tmp/up")))
    probed = {"probed": "yes"}
    return [keeper("Deployment", "alive", alive, 1, probed), keeper("Deployment", "unready", pods(unready), 1, probed),
            keeper("Deployment", "dead", dead, 1), keeper("Deployment", "thrice", pods(box(livenessProbe=probe(**by_exec("false")))), 1),
            keeper("Deployment", "late", pods(late), 1), keeper("Deployment", "slow", pods(slow), 1),
            named("Service", "v1", "probed", {"selector": probed, "ports": [{"port": 80, "targetPort": 8080}]})]


def rollouts():
    """Each way of replacing pods; `again` changes their template."""
    def rolling(**figures):
        return {"strategy": {"type": "RollingUpdate", "rollingUpdate": figures}}

    def update(kind, **more):
        return {"updateStrategy": {"type": kind, **more}}
    slow = pods(terminationGracePeriodSeconds=1)
    return [keeper("Deployment", "surge", slow, 2, **rolling(maxSurge=1, maxUnavailable=0), minReadySeconds=4),
            keeper("Deployment", "gentle", pods(), 2, **rolling(maxSurge=0, maxUnavailable=1)),
            keeper("Deployment", "custom", pods(), 2, **rolling(maxSurge="50%", maxUnavailable="0%")),
            keeper("Deployment", "recreate", slow, 2, strategy={"type": "Recreate"}),
            keeper("StatefulSet", "set-roll", pods(), 2, serviceName="set-roll", **update("RollingUpdate", rollingUpdate={"partition": 0})),
            keeper("StatefulSet", "set-manual", pods(), 1, serviceName="set-manual", **update("OnDelete")),
            keeper("DaemonSet", "each-roll", pods(**ANYWHERE), **update("RollingUpdate", rollingUpdate={"maxUnavailable": 1})),
            keeper("DaemonSet", "each-manual", pods(**ANYWHERE), **update("OnDelete"))]


def rule(key, operator, *values):
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


def placements():
    def nodes(**more):
        return pods(**ANYWHERE, affinity={"nodeAffinity": more})

    def required(*rules):
        return {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": list(rules)}]}}

    def preferred(*weighted):
        return {"preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": weight, "preference": {"matchExpressions": [one]}} for weight, one in weighted]}

    def beside(which, app, soft=False):
        term = {"topologyKey": HOST, "labelSelector": {"matchExpressions": [rule("app", "In", app)]}}
        if soft:
            return pods(**ANYWHERE, affinity={which: {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]}})
        return pods(**ANYWHERE, affinity={which: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}})
    return [keeper("Deployment", "on-one", pods(**ANYWHERE, nodeSelector={HOST: WORKER}), 1),
            keeper("Deployment", "ruled", nodes(**required(rule(HOST, "In", MASTER), rule("kubernetes.io/os", "Exists"), rule("none", "DoesNotExist"),
                                                           rule(HOST, "NotIn", WORKER))), 1),
            keeper("Deployment", "nowhere", nodes(**required(rule(HOST, "In", "no-such-node"))), 1),
            keeper("Deployment", "rather", nodes(**preferred((100, rule(HOST, "In", MASTER)), (1, rule(HOST, "In", WORKER)))), 1),
            keeper("Deployment", "near", beside("podAffinity", "ruled"), 1),
            keeper("Deployment", "near-none", beside("podAffinity", "nobody"), 1),
            keeper("Deployment", "near-rather", beside("podAffinity", "ruled", True), 1),
            keeper("Deployment", "apart", beside("podAntiAffinity", "apart"), 3),
            keeper("Deployment", "apart-rather", beside("podAntiAffinity", "apart-rather", True), 2)]


def jobs():
    return [job("each", "sleep 1", completions=3, parallelism=2), job("tried", "exit 3", backoffLimit=1),
            job("limited", "sleep 1000", activeDeadlineSeconds=4),
            named("Job", "batch/v1", "again", {"template": {"spec": pods(
                box("test -e /shared/once && exit 0; touch /shared/once; exit 1", volumeMounts=[mount("work", "/shared")]),
                volumes=[volume("work", emptyDir={})], restartPolicy="OnFailure")}}),
            cron("forbids", "Forbid"), cron("allows", "Allow"), cron("replaces", "Replace"), cron("rests", "Allow", suspend=True)]


def access(node_port):
    def port(number, target, protocol="TCP", **more):
        return {"name": protocol.lower(), "port": number, "targetPort": target, "protocol": protocol, **more}

    def service(name, kind, *ports):
        return named("Service", "v1", name, {"type": kind, "selector": {"app": "web"}, "ports": list(ports)})
    ports = [{"containerPort": 8080, "protocol": "TCP"}, {"containerPort": 8053, "protocol": "UDP"}]
    paths = [{"path": path, "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}} for path in ("/", "/shop")]
    return [keeper("Deployment", "web", pods(box(SERVE, ports=ports)), 1),
            service("web-udp", "ClusterIP", port(53, 8053, "UDP")),
            service("web", "ClusterIP", port(80, 8080)), service("web-any", "NodePort", port(80, 8080)),
            service("web-given", "NodePort", port(80, 8080, nodePort=node_port)), service("web-balanced", "LoadBalancer", port(80, 8080)),
            named("Ingress", "networking.k8s.io/v1", "web", {"rules": [{"host": host, "http": {"paths": paths}}
                                                                       for host in ("shop.example", "shop2.example")]})]


def fault(asked, got, path=""):
    """Where what the API server has differs from what was submitted; None: it has all of it."""
    if isinstance(asked, dict) and isinstance(got, dict):
        return next((why for key in asked if (why := fault(asked[key], got.get(key), f"{path}.{key}"))), None)
    if isinstance(asked, list) and isinstance(got, list) and len(asked) == len(got):
        return next((why for at, one in enumerate(asked) if (why := fault(one, got[at], f"{path}[{at}]"))), None)
    return None if asked == got else f"{path}: {asked!r} was submitted, {got!r} is there"


def plural(kind):
    return {"Ingress": "ingresses"}.get(kind, kind.lower() + "s")


def part(one, path):
    """What stands at a path as "spec.ports[0].port"; it must be there."""
    for name, at in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        one = one[name] if name else one[int(at)]
    return one


def put(one, path, value):
    """Sets what stands at a path, whose last word is a field's name."""
    above, _, name = path.rpartition(".")
    part(one, above)[name] = value


class Witness:
    """All that happens to one kind in the namespace, by a watch: (when it was seen, the objects by name after that)."""

    def __init__(self, api, path):
        self.api, self.path, self.history, self.now = api, path, [], {}
        self.ended = threading.Event()
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.watcher.start()

    def watch(self):
        with self.api.call("GET", f"/clusters/demo/proxy{self.path}?watch=true", expect=200, stream=True) as answer:
            for line in answer.iter_lines():
                if self.ended.is_set():
                    return
                event = json.loads(line)
                one = event["object"]
                self.now = {**self.now, one["metadata"]["name"]: one}
                if event["type"] == "DELETED":
                    del self.now[one["metadata"]["name"]]
                self.history.append((time.monotonic(), self.now))

    def of(self, app, since=0.0):
        """Each state of the objects of one app: (when, [objects])."""
        return [(when, [one for one in state.values() if one["metadata"].get("labels", {}).get("app") == app])
                for when, state in list(self.history) if when >= since]


def is_ready(pod):
    return "deletionTimestamp" not in pod["metadata"] and any(
        one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))


class Fields:
    """The namespace, what was submitted to it, and who saw what came of it."""

    def __init__(self, api):
        self.api, self.root = api, f"/clusters/demo/namespaces/{SPACE}"
        self.pods, self.sets = (Witness(api, f"/{path}/namespaces/{SPACE}/{kind}") for path, kind in (("api/v1", "pods"), ("apis/apps/v1", "replicasets")))
        self.began, self.rolled = time.monotonic(), 0.0
        address = api.kubectl("-n", "default", "get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")
        self.node_port = self.free_node_port()
        self.objects = [*jobs(), *settings(), *rollouts(), *basics(), *probes(address), *access(self.node_port),
                        *placements(), *claims_of_storage()]

    def end(self):
        self.pods.ended.set()
        self.sets.ended.set()

    def free_node_port(self):
        taken = {port.get("nodePort") for service in json.loads(self.api.kubectl("get", "services", "-A", "-o", "json"))["items"]
                 for port in service["spec"].get("ports", [])}
        return next(port for port in range(31987, 32100) if port not in taken)

    def create(self, one):
        """As a form does: the object goes in as it is, and comes back with all that it has."""
        made = self.api.call("POST", f"{self.root}/objects/{plural(one['kind'])}", expect=201, json=one).json()
        if one["kind"] != "Secret":  # values are not shown
            assert (why := fault(one, made)) is None, f"{one['kind']} {one['metadata']['name']}{why}"

    def apply(self, *objects):
        answer = self.api.apply("demo", "".join(f"---\n{json.dumps(one)}\n" for one in objects), SPACE).json()
        assert answer["state"] == "done" and all(one["ok"] for one in answer["objects"]), answer

    def submitted(self, kind, name):
        return next(one for one in self.objects if (one["kind"], one["metadata"]["name"]) == (kind, name))

    @functools.cached_property
    def read_back(self):
        """By stock kubectl, once for all that was submitted and has been left alone."""
        items = json.loads(self.api.kubectl("-n", SPACE, "get", READ, "-o", "json"))["items"]
        return {(one["kind"], one["metadata"]["name"]): one for one in items}

    def live(self, kind, name):
        return json.loads(self.api.kubectl("-n", SPACE, "get", kind, name, "-o", "json"))

    def roll(self):
        """A new template for all that replaces its pods, once they stand."""
        objects = rollouts()
        for one in objects:
            self.ready(one["metadata"]["name"], one["spec"].get("replicas", 2))
        # What is ready and not yet available is replaced at once.
        wait_for("surge is available", lambda: self.live("deployment", "surge")["status"].get("availableReplicas") == 2, WAIT)
        for one in objects:
            one["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "ROUND", "value": "2"}]
        self.rolled = time.monotonic()
        self.apply(*objects)

    def of(self, app):
        return [pod for pod in list(self.pods.now.values()) if pod["metadata"].get("labels", {}).get("app") == app]

    def ready(self, app, count=1):
        def found():
            pods = [pod for pod in self.of(app) if is_ready(pod)]
            return (pods,) if len(pods) == count else None
        return wait_for(f"{count} of {app} ready", found, WAIT, 0.1)[0]

    def statuses(self, app, init=False):
        return {one["name"]: one for pod in self.of(app) for one in pod["status"].get("initContainerStatuses" if init else "containerStatuses", [])}

    def waits(self, app, reason):
        """Until a container of it waits for that reason; in the words of the kubelet."""
        def seen():
            return next((state["waiting"] for one in self.statuses(app).values() for state in (one["state"], one["lastState"])
                         if state.get("waiting", {}).get("reason") in reason), None)
        return wait_for(f"{app} waits: {reason}", seen, WAIT, 0.2)

    def inside(self, app, script, container="main"):
        pod = self.ready(app, self.submitted("Deployment", app)["spec"]["replicas"])[0]["metadata"]["name"]
        session = self.api.terminal(SPACE, pod, f"container={container}&command=sh&command=-c&command={requests.utils.quote(script)}")
        code = session.finish()["code"]
        return code, session.output.decode().strip(), session.errors.decode()

    def said(self, app, script, container="main"):
        code, output, errors = self.inside(app, script, container)
        assert code == 0, (output, errors)
        return output

    def pending(self, app, count=1):
        """What the scheduler says of its pods that have no node, as the list of events says it."""
        names = wait_for(f"{count} of {app} without a node", lambda: len(found := [
            pod["metadata"]["name"] for pod in self.of(app) if "nodeName" not in pod["spec"]]) == count and found, WAIT, 0.2)
        return wait_for("the reason is told", lambda: next((one["message"] for one in self.api.items(
            f"/clusters/demo/events?namespace={SPACE}&object=Pod/{names[0]}") if one["reason"] == "FailedScheduling"), None), 30)

    def nodes(self, app, count=1):
        return sorted(pod["spec"]["nodeName"] for pod in self.ready(app, count))
