# SPDX-License-Identifier: Apache-2.0
"""Quotas of namespaces and the budgets that they are taken from, on a real cluster: what the API gives, the API server holds."""
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from slipway import wait_for
from tenants import SPACES, Tenants

claims = pytest.mark.claims
SPACE = "tenancy-q-all"
ONE = f"/clusters/demo/namespaces/{SPACE}"
FIGURES = {"cpu": "1", "memory": "512Mi", "storage": "2Gi", "persistentVolumeClaims": 1, "deployments": 1, "statefulSets": 1, "jobs": 1,
           "cronJobs": 1, "pods": 2, "configMaps": 1, "secrets": 1, "services": 1, "ingresses": 1}
HARD = {"requests.cpu": "1", "limits.cpu": "1", "requests.memory": "512Mi", "limits.memory": "512Mi", "requests.storage": "2Gi",
        "persistentvolumeclaims": "1", "count/deployments.apps": "1", "count/statefulsets.apps": "1", "count/jobs.batch": "1",
        "count/cronjobs.batch": "1", "pods": "2", "configmaps": "2", "secrets": "2", "services": "1",
        "count/ingresses.networking.k8s.io": "1", "count/ingresses.extensions": "1"}
BOX = {"name": "box", "image": "busybox:1.35", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "3600"]}


def named(kind, version, name, **more):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **more}


def pod(name, limits=None):
    resources = {"resources": {"limits": limits}} if limits else {}
    return named("Pod", "v1", name, spec={"terminationGracePeriodSeconds": 0, "containers": [{**BOX, **resources}]})


def claim(name, size):
    return named("PersistentVolumeClaim", "v1", name, spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}})


def one_of_each(name):
    """Of every kind that is counted but pods; none of them makes a pod."""
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [BOX]}}
    selected = {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template}
    once = {"parallelism": 0, "template": {**template, "spec": {"containers": [BOX], "restartPolicy": "Never"}}}
    to_box = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": 80}}}}]}}
    return [named("ConfigMap", "v1", name, data={}), named("Secret", "v1", name, stringData={}), claim(name, "1Gi"),
            named("Service", "v1", name, spec={"ports": [{"port": 80}]}),
            named("Deployment", "apps/v1", name, spec=selected),
            named("StatefulSet", "apps/v1", name, spec={**selected, "serviceName": name}),
            named("Job", "batch/v1", name, spec=once),
            named("CronJob", "batch/v1beta1", name, spec={"schedule": "0 0 1 1 *", "suspend": True, "jobTemplate": {"spec": once}}),
            named("Ingress", "networking.k8s.io/v1", name, spec={"rules": [to_box]})]


@pytest.fixture(scope="module")
def tenants(api, tmp_path_factory):
    all_of_them = Tenants(api, tmp_path_factory.mktemp("quotas"))
    try:
        all_of_them.on_board()
        all_of_them.made = all_of_them.post("/clusters/demo/namespaces", who="dan", name=SPACE,
                                            project=all_of_them.project["sales"], quota=FIGURES)
        wait_for("its RBAC objects", lambda: len(all_of_them.bindings(SPACE)) == 2, 30)
        yield all_of_them
    finally:
        all_of_them.leave()


def live(api, kind, space=SPACE):
    text = api.kubectl("-n", space, "get", kind, "slipway", "--ignore-not-found", "-o", "json")
    return json.loads(text) if text.strip() else {"spec": {}, "status": {}}


def problem(answer, status):
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:500]}"
    return answer.json()


def quota(api):
    return api.get(ONE)["quota"]


@claims("N1.create", "N2.native")
def test_a_quota_is_kubernetes_own_form(tenants, api):
    assert [(o["kind"], o["action"]) for o in tenants.made["objects"]] == [
        ("Namespace", "created"), ("ResourceQuota", "created"), ("LimitRange", "created")], tenants.made
    told = tenants.made["quota"]
    assert told["hard"] == FIGURES and told["ofKubernetes"] == {"configMaps": 1, "secrets": 1}
    assert live(api, "resourcequota")["spec"]["hard"] == HARD
    limits = live(api, "limitrange")["spec"]["limits"]
    assert [limit["default"] for limit in limits] == [limit["defaultRequest"] for limit in limits] == [told["containerDefaults"]]
    listed = api.kubectl("-n", SPACE, "get", "resourcequota,limitrange", "-o", "name").split()
    assert len(listed) == 2, f"one of each: {listed}"


@claims("N2.enforced", "N2.defaults", "N2.used")
def test_the_api_server_holds_it(tenants, api):
    ann = tenants.kubectl("ann")

    def used():
        return live(api, "resourcequota")["status"].get("used", {})

    wait_for(lambda: f"Kubernetes made its own: {used()}", lambda: (used().get("secrets"), used().get("configmaps")) == ("1", "1"), 30)

    def apply(objects, code):
        return ann.run("-n", SPACE, "apply", "-f", "-", stdin="".join(f"---\n{json.dumps(o)}\n" for o in objects).encode(), code=code)

    apply([*one_of_each("first"), pod("first"), pod("second")], 0)
    kinds = one_of_each("over")
    said = apply([*kinds, pod("over")], 1).stderr.decode()
    assert said.count("exceeded quota: slipway") == len(kinds) + 1, said
    greedy, boundless = pod("greedy", {"cpu": "2", "memory": "16Mi"}), pod("boundless", {"cpu": "0", "memory": "16Mi"})
    said = apply([greedy, claim("large", "3Gi"), boundless], 1).stderr.decode()
    assert "limits.cpu" in said and "requests.storage" in said and "minimum cpu usage per Container is 1m" in said, said
    box = json.loads(api.kubectl("-n", SPACE, "get", "pod", "first", "-o", "json"))["spec"]["containers"][0]
    defaults = tenants.made["quota"]["containerDefaults"]
    assert box["resources"] == {"limits": defaults, "requests": defaults}
    full = {**FIGURES, "cpu": "400m", "storage": "1Gi"}
    wait_for("all of it is used", lambda: quota(api).get("used") == full, 30)
    mine = api.get(ONE, token=tenants.token["ann"])
    assert mine["quota"]["inForce"] and mine["project"]["name"] == "shop" and mine["quota"]["hard"] == FIGURES
    problem(api.call("GET", ONE, token=tenants.token["max"]), 403)


@claims("N2.members", "N2.mended")
def test_only_its_keepers_change_it_and_what_is_changed_is_mended(tenants, api):
    ann, more = tenants.kubectl("ann"), '{"spec":{"hard":{"pods":"50"}}}'
    for words in (("patch", "resourcequota", "slipway", "--type=merge", "-p", more), ("delete", "resourcequota", "slipway"),
                  ("delete", "limitrange", "slipway"), ("create", "quota", "mine", "--hard=pods=50")):
        assert b"orbidden" in ann.run("-n", SPACE, *words, code=1).stderr, words
    problem(api.call("PUT", ONE, token=tenants.token["ann"], json={"resourceVersion": "1", "quota": {}}), 403)
    api.kubectl("-n", SPACE, "patch", "resourcequota", "slipway", "--type=merge", "-p", more)
    api.kubectl("-n", SPACE, "delete", "limitrange", "slipway")
    wait_for("both are as they were", lambda: live(api, "resourcequota")["spec"]["hard"] == HARD and live(api, "limitrange")["spec"], 30)
    api.kubectl("-n", SPACE, "delete", "resourcequota", "slipway")
    wait_for("it is there again", lambda: live(api, "resourcequota")["spec"].get("hard") == HARD, 30)


@claims("N2.edit", "N1.dry-run")
def test_an_edit_names_the_version_that_it_saw(tenants, api):
    dan, seen = tenants.token["dan"], quota(api)["resourceVersion"]
    fewer = {"resourceVersion": seen, "quota": {"pods": 4}}
    assert api.call("PUT", f"{ONE}?dryRun=true", expect=200, token=dan, json=fewer).json()["quota"]["hard"] == {"pods": 4}
    assert live(api, "resourcequota")["spec"]["hard"] == HARD and quota(api)["resourceVersion"] == seen
    api.call("PUT", ONE, expect=200, token=dan, json=fewer)
    assert live(api, "resourcequota")["spec"]["hard"] == {"pods": "4"} and not live(api, "limitrange")["spec"]
    late = problem(api.call("PUT", ONE, token=dan, json={**fewer, "quota": {"pods": 5}}), 409)
    assert late["rule"] == "changed" and late["seen"] == seen and late["current"] not in ("", seen)
    assert late["present"]["quota"]["hard"] == {"pods": 4}
    wrong = problem(api.call("PUT", ONE, token=dan, json={**fewer, "quota": {"cpu": "2 cores"}}), 422)
    assert wrong["field"] == "quota.cpu" and "'2 cores' is no quantity" in wrong["detail"]
    taken = {"name": "default", "project": tenants.project["sales"], "quota": {"pods": 1}}
    refused = problem(api.call("POST", "/clusters/demo/namespaces", token=dan, json=taken), 409)
    assert 'namespaces "default" already exists' in refused["detail"], "its own words"
    taken["name"] = "tenancy-q-dry"
    assert api.call("POST", "/clusters/demo/namespaces?dryRun=true", expect=200, token=dan, json=taken).json()["state"] == "done"
    assert not api.kubectl("get", "namespace", "tenancy-q-dry", "--ignore-not-found", "-o", "name")


@claims("N3.levels", "N3.refusal", "N3.who", "N3.lowered")
def test_budgets_are_kept_level_by_level(tenants, api):
    department, dan = f"/departments/{tenants.department['sales']}/budget", tenants.token["dan"]
    tenants.project["depot"] = tenants.post("/projects", who="dan", name="depot", department=tenants.department["sales"])["id"]
    depot = f"/projects/{tenants.project['depot']}/budget"

    def put(path, seen, pods, token=api.token):
        return api.call("PUT", path, token=token, json={"resourceVersion": str(seen), "budget": {"pods": pods}})

    assert SPACES["sales"] in problem(put(department, 0, 20), 409)["detail"], "it has no figure yet"
    own = f"/clusters/demo/namespaces/{SPACES['sales']}"
    seen = api.get(own)["quota"]["resourceVersion"]
    api.call("PUT", own, expect=200, token=dan, json={"resourceVersion": seen, "quota": {"pods": 1}})
    problem(put(department, 0, 20, dan), 403)
    assert problem(put(department, 0, 20), 200)["left"] == {"pods": 15}, "20 - 4 - 1"
    problem(put(depot, 0, 10, tenants.token["ann"]), 403)
    [short] = problem(put(depot, 0, 16, dan), 429)["shortages"]
    message = short.pop("message")
    assert short == {"level": "department", "name": "tenancy sales", "resource": "pods", "asked": "16", "left": "15",
                     "whoCanRaise": "administrators"}
    assert "department tenancy sales has 15 pods left and 16 is asked; administrators can raise its budget" in message
    problem(put(depot, 0, 10, dan), 200)
    lowered = problem(put(department, 1, 14), 409)
    assert lowered["shortages"][0]["given"] == "15" and "has given away 15 pods" in lowered["detail"]
    without = {"name": "tenancy-q-x", "project": tenants.project["depot"]}
    assert "pods needs a figure" in problem(api.call("POST", "/clusters/demo/namespaces", token=dan, json=without), 429)["detail"]


@claims("N3.at-once", "N3.given-back")
def test_creations_at_once_never_exceed_a_budget(tenants, api):
    dan, depot = tenants.token["dan"], f"/projects/{tenants.project['depot']}/budget"

    def create(number):
        asked = {"name": f"tenancy-q-{number}", "project": tenants.project["depot"], "quota": {"pods": 3}}
        with api.visitor() as page:
            return page.request("POST", f"{api.base}/api/v1/clusters/demo/namespaces", json=asked, timeout=60,
                                headers={"Authorization": f"Bearer {dan}"})

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(create, range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 9, [a.text[:200] for a in answers]
    made = [n for n, answer in enumerate(answers) if answer.status_code == 201]
    assert [live(api, "resourcequota", f"tenancy-q-{n}")["spec"]["hard"] for n in made] == [{"pods": "3"}] * 3
    budget = api.get(depot)
    assert (budget["given"], budget["left"]) == ({"pods": 9}, {"pods": 1})
    refused = answers[next(n for n in range(12) if n not in made)].json()["shortages"][0]
    assert refused["level"] == "project" and refused["whoCanRaise"] == "administrators of department tenancy sales and administrators"
    low = api.call("PUT", depot, token=dan, json={"resourceVersion": budget["resourceVersion"], "budget": {"pods": 8}})
    assert "has given away 9 pods" in problem(low, 409)["detail"]
    api.call("DELETE", f"/clusters/demo/namespaces/tenancy-q-{made[0]}", expect=200, token=dan)
    wait_for("its figure is free again", lambda: api.get(depot)["given"] == {"pods": 6}, 60)
