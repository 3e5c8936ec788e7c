# SPDX-License-Identifier: Apache-2.0
"""How each field of a workload is seen at work, once the objects of workload_fields.py were submitted."""
import calendar
import time
from collections import Counter

from slipway import wait_for
from workload_fields import MASTER, SPACE, WAIT, WORKER, fault, is_ready


def early_run(fields):
    """The controller of CronJobs takes up at once what they missed a minute ago, and goes on with the next one."""
    missed = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 61))
    for name in ("forbids", "allows", "replaces", "rests"):
        fields.api.call("PATCH", f"/clusters/demo/proxy/apis/batch/v1beta1/namespaces/{SPACE}/cronjobs/{name}/status", expect=200,
                        headers={"Content-Type": "application/merge-patch+json"}, json={"status": {"lastScheduleTime": missed}})


def says(app, script, expected, container="main"):
    def look(fields):
        assert fields.said(app, script, container) == expected
    return look


def refuses(app, script, words):
    def look(fields):
        code, _, errors = fields.inside(app, script)
        assert code != 0 and words in errors, (code, errors)
    return look


def replicas(fields):
    assert fields.live("Deployment", "whole")["spec"]["replicas"] == len(fields.ready("whole", 2))
    assert len(fields.ready("set-roll", 2)) == 2


def in_cgroup(files, expected):
    """Of version 1 or 2, whichever the machine has."""
    def look(fields):
        text = fields.said("whole", f"cd /sys/fs/cgroup; for f in {files}; do [ -e $f ] && cat $f && exit; done; exit 1")
        assert text.split()[0] in expected, text
    return look


def image_runs(fields):
    assert {one["image"].split("/")[-1] for one in fields.ready("whole", 2)[0]["status"]["containerStatuses"]} == {"busybox:1.35"}


def always_pulls(fields):
    fields.waits("always", ("ErrImagePull", "ImagePullBackOff"))  # though the node has it: there is no registry to ask


def pull_is_tried(fields):
    wait_for("the event", lambda: [one for one in fields.api.items(f"/clusters/demo/events?namespace={SPACE}&reason=Failed&limit=500")
                                   if "127.0.0.1:5999/team/app:1.2" in one["message"]], WAIT)


def secret_is_shown(fields):
    """The registry gets the name and password of the pull secret."""
    asked = wait_for("it is asked", lambda: fields.said("onhost", "cat /tmp/asked", "registry"), WAIT, 1)
    assert "/v2/team/app/manifests/1.2" in asked and "Basic dGVhbTpwdWxs" in asked, asked


def aliased(fields):
    for name in ("shop.example", "shop2.example"):
        assert f"PING {name} (127.0.0.1)" in fields.said("whole", f"ping -c 1 {name} | head -1")


def on_host(fields):
    pod = fields.ready("onhost")[0]
    assert pod["status"]["podIP"] == pod["status"]["hostIP"]


def host_files(fields):
    node = fields.ready("onhost")[0]["spec"]["nodeName"]
    assert fields.said("onhost", "cat /host/hostname") == node
    refuses("onhost", "touch /host/x", "Read-only file system")(fields)


def labelled(fields):
    assert {row["name"] for row in fields.api.items(f"/clusters/demo/deployments?namespace={SPACE}&labels=tier=front,example.org/team=a")} == {"whole"}
    # One was deleted to see its preStop: until its place is taken, both or neither may be in the list.
    wait_for("its two pods", lambda: len(fields.api.items(f"/clusters/demo/pods?namespace={SPACE}&labels=tier=front")) == 2, WAIT)


def root_is_refused(fields):
    assert "image will run as root" in fields.waits("rooted", ("CreateContainerConfigError",))["message"]


def pre_stop(fields):
    """It runs before the container gets its signal: its words are the last of the log."""
    name = fields.ready("whole", 2)[0]["metadata"]["name"]
    with fields.api.call("GET", f"{fields.root}/pods/{name}/log?container=main&follow=true", stream=True, expect=200) as answer:
        fields.api.kubectl("-n", SPACE, "delete", "pod", name, "--wait=false")
        assert b"stopping" in answer.iter_lines(), "no word of its end"


def unbound(app, count=1):
    def look(fields):
        assert "unbound" in fields.pending(app, count) or "persistentvolumeclaim" in fields.pending(app, count)
    return look


def template_claim(fields):
    claim = wait_for("its claim", lambda: fields.api.items(f"/clusters/demo/persistentvolumeclaims?namespace={SPACE}&search=data-kept-0"), 30)[0]
    assert (claim["status"], claim["class"], claim["requested"], claim["accessModes"]) == ("Pending", "fast", "1Gi", ["ReadWriteOnce"]), claim
    unbound("kept")(fields)


def answers_well(container):
    def look(fields):
        assert wait_for(f"{container} is ready", lambda: (one := fields.statuses("alive").get(container)) and one["ready"] and one, WAIT)["restartCount"] == 0
    return look


def is_restarted(container):
    """Its last end is its state until it waits for its next start: kubelet keeps one dead container, so there may be none before it, nor for a moment any."""
    def look(fields):
        def end_of_restarted():
            one = fields.statuses("dead").get(container)
            return one and one["restartCount"] and (one["state"].get("terminated") or one["lastState"].get("terminated"))
        end = wait_for(f"{container} restarts", end_of_restarted, WAIT)
        assert end["exitCode"] == 137, end  # killed
    return look


def takes_out_of_service(fields):
    fields.ready("alive")
    told = wait_for("the endpoints", lambda: (ends := fields.live("endpoints", "probed").get("subsets")) and ends[0].get("notReadyAddresses") and
                    ends[0].get("addresses") and ends[0], WAIT)
    assert [one["ip"] for one in told["addresses"]] == [fields.of("alive")[0]["status"]["podIP"]]
    assert [one["ip"] for one in told["notReadyAddresses"]] == [fields.of("unready")[0]["status"]["podIP"]]


def at(time_of_kubernetes):
    return calendar.timegm(time.strptime(time_of_kubernetes, "%Y-%m-%dT%H:%M:%SZ"))


def at_its_times(fields):
    fields.ready("late")
    began, *probes = map(float, fields.said("late", "cat /tmp/began /tmp/probes").split())
    assert probes[0] - began >= 2.5, "it is not asked before its delay"
    gaps = [later - one for one, later in zip(probes, probes[1:])]
    assert 1.5 < sorted(gaps)[len(gaps) // 2] < 2.6, gaps
    seen = [state for _, state in fields.pods.of("late") if state]
    became = next(pod for state in seen for pod in state if is_ready(pod))
    start = became["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]
    ready = next(one["lastTransitionTime"] for one in became["status"]["conditions"] if one["type"] == "Ready")
    assert at(ready) - at(start) >= 3 + 2 * 2 - 1, "3 successes, 2 s from one to the next, make it ready"


def holds_liveness_off(fields):
    fields.ready("slow")
    assert fields.statuses("slow")["main"]["restartCount"] == 0 and fields.statuses("slow")["main"]["started"]


def failures_counted(fields):
    """The container is killed by the third failure, not before."""
    pod = wait_for("a restart", lambda: fields.of("thrice") and fields.statuses("thrice")["main"]["restartCount"] and fields.of("thrice")[0], WAIT)

    def told():
        """Of one answer: the next kill may come between two."""
        counts = Counter()
        for one in fields.api.items(f"/clusters/demo/events?namespace={SPACE}&object=Pod/{pod['metadata']['name']}&limit=100"):
            counts[one["reason"]] += one["count"]
        return counts if counts["Killing"] else None
    counts = wait_for("why", told, 30)
    assert counts["Unhealthy"] >= 3 * counts["Killing"], counts


def rolled(fields, app, count):
    """The states of pods and ReplicaSets from the change on, until the new ones alone are ready."""
    def new(pod):
        return any(one.get("name") == "ROUND" for one in pod["spec"]["containers"][0].get("env", []))
    wait_for(f"{app} is replaced", lambda: len(now := fields.of(app)) == count and all(new(pod) and is_ready(pod) for pod in now), WAIT, 0.1)
    return new, fields.pods.of(app, fields.rolled), fields.sets.of(app, fields.rolled)


def starts_first(app, count, most):
    """Never fewer ready than wanted, never more at once than the surge allows."""
    def look(fields):
        _, pods, sets = rolled(fields, app, count)
        assert min(sum(map(is_ready, state)) for _, state in pods) >= count
        totals = {sum(one["spec"]["replicas"] for one in state) for _, state in sets}
        assert max(totals) == most, totals
    return look


def stops_first(fields):
    _, pods, sets = rolled(fields, "gentle", 2)
    assert min(sum(map(is_ready, state)) for _, state in pods) == 1, "one is missing at a time"
    assert max(sum(one["spec"]["replicas"] for one in state) for _, state in sets) == 2, "and never one too many"


def has_a_gap(fields):
    new, pods, _ = rolled(fields, "recreate", 2)
    assert min(len(state) for _, state in pods) == 0
    assert not any(any(map(new, state)) and not all(map(new, state)) for _, state in pods), "old and new stood side by side"


def waits_between(fields):
    """From the first new pod's readiness to the first old one's end, by their own dates, which have whole seconds."""
    new, pods, _ = rolled(fields, "surge", 2)
    seen = [pod for _, state in pods for pod in state]
    ready = min(at(one["lastTransitionTime"]) for pod in seen if new(pod) and is_ready(pod)
                for one in pod["status"]["conditions"] if one["type"] == "Ready")
    ended = [at(pod["metadata"]["deletionTimestamp"]) - pod["metadata"]["deletionGracePeriodSeconds"] for pod in seen
             if not new(pod) and "deletionTimestamp" in pod["metadata"]]
    assert min(ended) - ready >= 3, (ready, ended)


def from_last_to_first(fields):
    new, pods, _ = rolled(fields, "set-roll", 2)
    first = next(state for _, state in pods if any(map(new, state)))
    assert [pod["metadata"]["name"] for pod in first if new(pod)] == ["set-roll-1"]


def one_node_at_a_time(fields):
    _, pods, _ = rolled(fields, "each-roll", 2)
    assert min(sum(map(is_ready, state)) for _, state in pods) == 1


def when_deleted(app, count):
    def look(fields):
        before = fields.ready(app, count)
        assert fields.live(before[0]["metadata"]["ownerReferences"][0]["kind"], app)["spec"]["template"]["spec"]["containers"][0]["env"]
        assert all("env" not in pod["spec"]["containers"][0] for pod in before), "nobody has deleted one"
        fields.api.call("DELETE", f"{fields.root}/pods/{before[0]['metadata']['name']}", expect=200)
        wait_for("its successor is new", lambda: Counter("env" in pod["spec"]["containers"][0] for pod in fields.of(app) if is_ready(pod)) ==
                 Counter({True: 1, False: count - 1}), WAIT, 0.1)
    return look


def placed(app, *nodes):
    def look(fields):
        assert fields.nodes(app, len(nodes)) == sorted(nodes)
    return look


def stays(app, words, ready=0):
    def look(fields):
        assert words in fields.pending(app)
        fields.ready(app, ready)
    return look


def job_ended(name):
    def look(fields):
        return wait_for(f"job {name} ended", lambda: (row := next(iter(fields.api.items(f"/clusters/demo/jobs?namespace={SPACE}&search={name}")), None)) and
                        row["status"] in ("complete", "failed") and row, WAIT)
    return look


def at_most_two_run(fields):
    row = job_ended("each")(fields)
    assert (row["status"], row["succeeded"]) == ("complete", 3), row
    running = [sum(pod["status"]["phase"] in ("Pending", "Running") for pod in state if pod["metadata"]["labels"].get("job-name") == "each")
               for _, snapshot in list(fields.pods.history) for state in [list(snapshot.values())]]
    assert max(running) == 2


def job_failed(name, why, tries):
    def look(fields):
        row = job_ended(name)(fields)
        assert row["status"] == "failed" and why in row["condition"], row
        names = {pod["metadata"]["name"] for _, snapshot in list(fields.pods.history) for pod in snapshot.values()
                 if pod["metadata"]["labels"].get("job-name") == name}
        assert len(names) == tries, names
    return look


def in_the_same_pod(fields):
    assert job_ended("again")(fields)["status"] == "complete"
    pods = wait_for("its end is seen", lambda: [pod for pod in fields.pods.now.values() if pod["metadata"]["labels"].get("job-name") == "again" and
                                                pod["status"]["phase"] == "Succeeded"], 30)
    assert [pod["status"]["containerStatuses"][0]["restartCount"] for pod in pods] == [1]


def runs_of(fields, name):
    return [row for row in fields.api.items(f"/clusters/demo/jobs?namespace={SPACE}&owner=CronJob/{name}&limit=100")]


def jobs_seen(fields, name):
    """Of a CronJob, by the pods that they had so far."""
    names = {pod["metadata"]["labels"].get("job-name", "") for _, snapshot in list(fields.pods.history) for pod in snapshot.values()}
    return {one for one in names if one.startswith(name + "-")}


def second_time(fields):
    """Until the minute after the first run has come, for the last in the order of their names, in which they are looked at."""
    wait_for("both have run", lambda: len(jobs_seen(fields, "allows")) >= 2 and len(jobs_seen(fields, "replaces")) >= 2, WAIT)


def both_run(fields):
    second_time(fields)
    wait_for("each is told as running", lambda: len(runs := runs_of(fields, "allows")) >= 2 and all(row["status"] == "running" for row in runs), 30)


def forbidden(fields):
    second_time(fields)
    assert len(jobs_seen(fields, "forbids")) == 1


def replaced(fields):
    second_time(fields)
    wait_for("the first has gone", lambda: len(runs_of(fields, "replaces")) == 1, 30)


def never_ran(fields):
    second_time(fields)
    assert not runs_of(fields, "rests")


def job_is_as_given(fields):
    made = wait_for("it has run", lambda: runs_of(fields, "forbids"), WAIT)[0]["name"]
    asked = fields.submitted("CronJob", "forbids")["spec"]["jobTemplate"]["spec"]
    assert fault(asked, fields.live("job", made)["spec"]) is None


def served(url):
    return lambda fields: fetch(fields, url)


def fetch(fields, url):
    fields.ready("web")
    wait_for(f"{url} answers", lambda: fields.inside("careful", f"wget -qO- {url}")[1].startswith("served by web-"), 30)


def by_udp(fields):
    port = fields.api.items(f"/clusters/demo/services?namespace={SPACE}&search=web-udp")[0]["ports"][0]
    assert (port["protocol"], port["port"], port["target"]) == ("UDP", 53, "8053"), port


def on_every_node(name, port=None):
    def look(fields):
        row = fields.api.items(f"/clusters/demo/services?namespace={SPACE}&search={name}")[0]
        there = row["ports"][0]["nodePort"]
        assert 30000 <= there <= 32767 and (port is None or there == fields.node_port), row
        for node in (MASTER, WORKER):
            fetch(fields, f"http://{fields.api.get(f'/clusters/demo/nodes/{node}')['address']}:{there}/")
    return look


def host_and_path(fields):
    row = fields.api.items(f"/clusters/demo/ingresses?namespace={SPACE}")[0]
    assert [(one["host"], one["path"], one["service"], one["port"]) for one in row["paths"]] == [
        (host, path, "web", "80") for host in ("shop.example", "shop2.example") for path in ("/", "/shop")]
