# SPDX-License-Identifier: Apache-2.0
"""The console in Chromium, flow by flow, as people use it."""
import random
import shutil
import sys

import pytest

from conftest import TREE

sys.path.insert(0, f"{TREE}/tests/gate")

import pages  # noqa: E402
from outside import answers, kill_controller, start_controller
from releases import image_program, new_key, publish, upgrade
from slipway import wait_for
from tenants import SPACES, Tenants

claims = pytest.mark.claims
PAGES_A_FLOW = 12
LOOKS = [(language, look) for language in ("zh-CN", "en") for look in ("light", "dark")]
SPACE = "console"
BOX = "image: 'busybox:1.35', imagePullPolicy: IfNotPresent"
OBJECTS = f"""
apiVersion: app.k8s.io/v1beta1
kind: Application
metadata: {{name: shop, labels: {{app.kubernetes.io/name: shop}}}}
spec:
  descriptor: {{description: "<img src=x onerror=window.hacked=1>"}}
  selector: {{matchLabels: {{app.kubernetes.io/name: shop}}}}
  componentKinds: [{{group: apps, kind: Deployment}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, labels: {{app.kubernetes.io/name: shop}}}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{terminationGracePeriodSeconds: 0, containers: [{{name: main, {BOX}, command: [sleep, '100000'], envFrom: [{{configMapRef: {{name: settings}}}}]}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: talk, annotations: {{note: "<script>window.hacked=1</script>"}}}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - {{name: main, {BOX}, command: [sh, -c, 'i=0; while :; do echo "tick $i <img src=x onerror=window.hacked=1>"; i=$((i+1)); sleep 0.5; done']}}
---
apiVersion: v1
kind: Pod
metadata: {{name: again}}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{{name: seen, emptyDir: {{}}}}]
  containers:
    - {{name: main, {BOX}, volumeMounts: [{{name: seen, mountPath: /seen}}],
       command: [sh, -c, 'if [ -e /seen/it ]; then echo the second run; exec sleep 100000; fi; touch /seen/it; echo the first run; exit 1']}}
---
apiVersion: v1
kind: Pod
metadata: {{name: stuck}}
spec:
  terminationGracePeriodSeconds: 120
  containers: [{{name: main, {BOX}, command: [sh, -c, "trap '' TERM; while :; do sleep 1; done"]}}]
---
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: 8080}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings}}
data: {{colour: "<b>green</b>"}}
---
apiVersion: v1
kind: Secret
metadata: {{name: keys}}
stringData: {{password: hush}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  serviceName: db
  selector: {{matchLabels: {{app: db}}}}
  template: {{metadata: {{labels: {{app: db}}}}, spec: {{terminationGracePeriodSeconds: 0, containers: [{{name: main, {BOX}, command: [sleep, '100000']}}]}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: each}}
spec:
  selector: {{matchLabels: {{app: each}}}}
  template: {{metadata: {{labels: {{app: each}}}}, spec: {{terminationGracePeriodSeconds: 0, containers: [{{name: main, {BOX}, command: [sleep, '100000']}}]}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {{name: once}}
spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: main, {BOX}, command: ['true']}}]}}}}}}
---
apiVersion: batch/v1beta1
kind: CronJob
metadata: {{name: nightly}}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {{spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: main, {BOX}, command: ['true']}}]}}}}}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: front}}
spec: {{rules: [{{host: shop.example, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}}}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: data}}
spec: {{storageClassName: none, accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
"""
TILL = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: till}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: till}}}}
  template: {{metadata: {{labels: {{app: till}}}}, spec: {{containers: [{{name: main, {BOX}}}]}}}}
"""
MOST_LOADED = 500 << 10  # bytes as they travel, for the sign-in and the first list together


@pytest.fixture(scope="module")
def tenants(api, tmp_path_factory):
    people = Tenants(api, tmp_path_factory.mktemp("people"))
    try:
        people.on_board()
        yield people
    finally:
        people.leave()


@pytest.fixture(scope="module")
def shown(api):
    """A namespace with what the flows look at; its program writes what would be harmful if it were not taken for text."""
    with api.space(SPACE, OBJECTS):
        yield {"namespace": SPACE, "pod": api.pod(SPACE, "talk")["name"]}


@pytest.fixture
def killing(world):
    """What a flow does to the controller by what it tells; whatever becomes of the flow, the controller is back in the end."""
    yield lambda kill, start: {kill: lambda: kill_controller(world), start: lambda: start_controller(world)}
    if not answers(world):
        start_controller(world)


@claims("G1.sign-in")
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_signing_in_and_out(browser, admin, language):
    browser.flow("signInByForm", language=language, **admin)


@claims("G1.language")
def test_language_and_look_are_kept(browser, admin):
    browser.flow("languageAndLook", **admin)


@claims("G1.keyboard")
def test_anything_is_reached_by_its_name(browser, admin):
    browser.flow("palette", **admin)


@claims("N4.console", "U1.console", "G1.place")
def test_an_ordinary_user_has_no_management_view(browser, tenants):
    browser.flow("ordinaryUser", user="tenancy-ann", password=tenants.password["ann"], namespace=SPACES["sales"],
                 foreign=SPACES["lab"], object="kube-root-ca.crt")


@claims("G1.foreign-page")
def test_a_page_elsewhere_does_nothing_with_the_cookie(browser, admin):
    browser.flow("foreignPage", **admin)


@claims("G1.first-load")
def test_the_first_load_is_small(browser, admin):
    loaded = browser.flow("firstLoad", **admin)
    print(loaded)
    assert 50_000 < loaded["signIn"] <= loaded["list"] <= MOST_LOADED, loaded


@claims("C1.console", "C2.console", "C3.console", "C12.console", "C14.console", "C16.console")
def test_a_cluster_is_made_watched_and_deleted(browser, admin, drawn_look):
    browser.flow("newCluster", keyPair="console-keys", create="made-here", **drawn_look, **admin)


@claims("C14.console-failed", "C11.console")
def test_a_cluster_that_cannot_be_made_is_tried_again_and_deleted(browser, admin, drawn_look):
    browser.flow("failedCreation", name="not-to-be", cidr="172.30.0.0/20", **drawn_look, **admin)


@claims("C14.console-retry", "E1.console-upgrade")
def test_a_failed_operation_goes_on_once_what_failed_is_mended(browser, admin, drawn_look, api, tmp_path):
    """The release is the program that the nodes run already: a stranger's word on it is refused, and with the right one there is nothing to do."""
    program, before, signed = image_program(api.state), "console-strangers", "console-signed"
    releases = f"{api.state}/agent-releases"

    def mend():
        shutil.rmtree(f"{releases}/{before}")
        publish(api.state, signed, program)
    publish(api.state, before, program, new_key(str(tmp_path / "key.pem")))
    release = next(one for one in api.items("/agent-releases") if one["directory"] == before)
    try:
        browser.flow("failedUpgrade", cluster="demo", release=f"{release['version']} ({release['sha256'][:12]})", why="none of the keys", signed=signed,
                     on={"failed": mend}, **drawn_look, **admin)
    finally:
        for directory in (before, signed):
            shutil.rmtree(f"{releases}/{directory}", ignore_errors=True)
        assert upgrade(api, "image")["state"] == "done"


@claims("U2.console-reset")
def test_a_user_is_given_another_password(browser, admin, drawn_look, api):
    name, old = "console-forgot", "the old password"
    user = api.call("POST", "/users", expect=201, json={"name": name, "password": old, "mustChangePassword": False, "role": "project_member"}).json()["id"]
    try:
        browser.flow("resetPassword", name=name, old=old, typed="the newest password", **drawn_look, **admin)
    finally:
        api.call("DELETE", f"/users/{user}", expect=204)


# The rest of the management view: what each flow does stands with it.
MANAGEMENT = [
    pytest.param("clusterPages", {"cluster": "demo"}, marks=claims("C12.pages", "C15.console")),
    pytest.param("nodePages", {"cluster": "demo", "node": "demo-worker-1"}, marks=claims("C12.node-pages", "C14.console", "C16.console")),
    pytest.param("nodeShell", {"cluster": "demo", "node": "demo-worker-1"}, marks=claims("T1.console-node-shell")),
    pytest.param("namespaceLife", {"cluster": "demo", "name": "console-life"}, marks=claims("N1.console", "N2.console")),
    pytest.param("tenancy", {"prefix": "console"}, marks=claims("U2.console", "U2.console-password", "N3.console")),
    pytest.param("auditSearch", {}, marks=claims("U3.console")),
    pytest.param("managementPages", {"cluster": "demo", "name": "console-class"}, marks=claims("S1.console")),
]


@pytest.mark.parametrize("flow, args", MANAGEMENT, ids=[row.values[0] for row in MANAGEMENT])
def test_the_management_view(browser, admin, drawn_look, flow, args):
    browser.flow(flow, **args, **drawn_look, **admin)


@claims("C12.console-drain")
def test_a_node_is_drained_and_given_back(browser, admin, drawn_look, api):
    """Before there is anything that other flows look at: it is all evicted."""
    try:
        browser.flow("drainNode", cluster="demo", node="demo-worker-1", pod="demo/web-", **drawn_look, **admin)
    finally:
        api.kubectl("uncordon", "demo-worker-1")
        api.pod("demo", "web")


@pytest.fixture(scope="module")
def crated(api, tenants):
    """A pod and a Deployment in the namespace of a project."""
    tenants.crates()
    done = api.apply("demo", TILL, SPACES["sales"]).json()
    assert done["state"] == "done", done


# What those have who are no administrators: what each flow does stands with it.
PEOPLE = [
    pytest.param("departmentAdministrator", "dan", {"foreign": SPACES["lab"], "department": "tenancy sales", "project": "shop", "other": "rockets",
                                                    "name": "tenancy-made"}, marks=claims("U1.console-department")),
    pytest.param("readOnlyUser", "ray", {"pod": "crate", "container": "crate", "workload": "till"}, marks=claims("U1.console-read-only")),
    pytest.param("forbiddenParts", "ann", {}, marks=claims("W7.console-refused")),
    pytest.param("watchedTerminal", "ann", {"pod": "crate"}, marks=claims("T1.console-watch")),
]


@pytest.mark.parametrize("flow, who, args", PEOPLE, ids=[row.values[0] for row in PEOPLE])
def test_others_than_administrators(browser, admin, drawn_look, tenants, crated, flow, who, args):
    if flow == "watchedTerminal":
        args = {**args, "administrator": admin}
    browser.flow(flow, user=f"tenancy-{who}", password=tenants.password[who], namespace=SPACES["sales"], **args, **drawn_look)


@claims("N1.console-yaml", "N1.console-move")
def test_a_namespace_comes_from_a_file(browser, admin, drawn_look, tenants, api):
    name = "tenancy-filed"
    try:
        browser.flow("namespaceByYaml", name=name, project=tenants.project["sales"], projectName="shop", other="rockets", **drawn_look, **admin)
    finally:
        api.call("DELETE", f"/clusters/demo/namespaces/{name}")


@claims("W11.console-later", "W18.console", "W18.console-autoscaled", "W20.console")
def test_a_workload_is_steered(browser, admin, shown):
    browser.flow("steerWorkload", namespace=SPACE, name="web", **admin)


@claims("W18.console-sets", "W20.console-sets")
def test_sets_are_steered(browser, admin, drawn_look, shown):
    browser.flow("steerSets", namespace=SPACE, set="db", daemon="each", **drawn_look, **admin)


@claims("W22.console-logs", "W22.console-force")
def test_pods_are_looked_at_and_forced_away(browser, admin, drawn_look, shown):
    browser.flow("pods", namespace=SPACE, again="again", talk="talk", stuck="stuck", **drawn_look, **admin)


@claims("G1.live")
def test_a_list_follows_what_kubectl_does(browser, admin, shown, api):
    browser.flow("liveList", namespace=SPACE, name="fresh", on={
        "open": lambda: api.kubectl("-n", SPACE, "create", "configmap", "fresh"),
        "seen": lambda: api.kubectl("-n", SPACE, "delete", "configmap", "fresh")}, **admin)


@claims("W22.console", "W22.console-download")
def test_a_log_is_followed_searched_and_paused(browser, admin, shown):
    browser.flow("logs", **shown, **admin)


@claims("T1.console-refused")
def test_a_refused_terminal_says_why(browser, admin, drawn_look, shown):
    browser.flow("refusedTerminal", node="demo-worker-1", **shown, **drawn_look, **admin)


@claims("T1.console", "T1.console-tabs", "T1.console-end")
def test_a_terminal_outlives_the_controller_and_a_reload(browser, admin, shown, killing):
    browser.flow("terminal", on=killing("attached", "lost"), **shown, **admin)


@claims("G1.pages")
def test_every_page_is_whole(browser, admin, full, seed, shown, tenants, api):
    """With --full in both languages, light and dark: the pictures are to be looked at, see tests/browser/pages.md."""
    ids = {"department": tenants.department["sales"], "project": tenants.project["sales"], "operation": api.items("/operations")[0]["id"],
           "user": next(user["id"] for user in api.items("/users") if user["name"] == "tenancy-ann")}
    addresses = {name: row[0].format(**ids) for name, row in pages.rows(TREE).items() if not row[0].startswith(("/sign-in", "/password"))}
    names, faults = list(addresses), []
    for language, look in LOOKS if full else random.Random(seed).sample(LOOKS, 1):
        for i in range(0, len(names), PAGES_A_FLOW):
            try:
                browser.flow("gallery", language=language, look=look, pages={name: addresses[name] for name in names[i:i + PAGES_A_FLOW]}, **admin)
            except AssertionError as error:
                faults.append(str(error))
    assert not faults, "\n".join(faults)


@claims("G1.lost-link")
def test_a_lost_link_is_told_and_heals(browser, admin, world, killing):
    browser.flow("lostLink", on=killing("linked", "lost"), **admin)
    wait_for("its cluster is seen again", lambda: "stale" not in world.api.get("/clusters/demo/namespaces"), 60)


@claims("G1.lost-cluster", "Y1.console-waits")
def test_a_lost_cluster_is_told_and_heals(browser, admin, drawn_look, shown, api):
    def agent(verb):
        return lambda: api.machine("demo-master-1", "systemctl", verb, "slipway-agent")
    try:
        browser.flow("lostCluster", namespace=SPACE, shown="settings", made="later", dropped="never", again="after-all", workload="web",
                     on={"open": agent("stop"), "lost": agent("start")}, **drawn_look, **admin)
    finally:
        agent("start")()
        wait_for("its cluster is seen again", lambda: "stale" not in api.get("/clusters/demo/namespaces"), 60)
