# SPDX-License-Identifier: Apache-2.0
"""Texts that would run if they were taken for more than texts, on every page of the console that shows what users wrote."""
import json
import random
import urllib.parse

import pytest
import yaml

from conftest import TREE

claims = pytest.mark.claims
SPACE = "console-hostile"
PART = f"/business/demo/{SPACE}"
LOOK = 'for text; do printf "%s\\n" "$text"; done; exec sleep 100000'
NAMED = (0, 6, 8)  # texts that departments and projects are called: they may have no "/"


@pytest.fixture(scope="module")
def texts():
    with open(f"{TREE}/tests/corpus/hostile.yaml") as text:
        return yaml.safe_load(text)


def objects(texts):
    """Each text wherever Kubernetes takes one: data, annotations, variables, arguments, an image, events, descriptions, a cause."""
    keys = {f"t{i:02}": text for i, text in enumerate(texts)}
    notes = {f"hostile/{key}": text for key, text in keys.items()}
    program = {"name": "main", "image": "busybox:1.35", "imagePullPolicy": "IfNotPresent", "command": ["sh", "-c", LOOK, "sh"], "args": texts,
               "env": [{"name": key, "value": text} for key, text in keys.items()], "volumeMounts": [{"name": "texts", "mountPath": "/hostile"}]}
    pod = {"terminationGracePeriodSeconds": 0, "containers": [program], "volumes": [{"name": "texts", "configMap": {"name": "hostile"}}]}
    def of(kind, version, name="hostile", annotations=None, **body):
        return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "annotations": annotations or {}}, **body}
    def deployment(name, spec, annotations, replicas=1):
        return of("Deployment", "apps/v1", name, annotations, spec={"replicas": replicas, "selector": {"matchLabels": {"app": name}},
                  "template": {"metadata": {"labels": {"app": name}, "annotations": annotations}, "spec": spec}})
    yield of("ConfigMap", "v1", data={**keys, "__proto__": "kept", "constructor": "kept"})
    yield of("Secret", "v1", stringData={"text": "\n".join(texts), "constructor": "hush", "__proto__": "hush"})
    yield deployment("hostile", pod, {**notes, "kubernetes.io/change-cause": texts[1]})
    yield deployment("image", {"containers": [{"name": "main", "image": texts[0]}]}, {}, replicas=0)
    for key, text in keys.items():
        yield of("Application", "app.k8s.io/v1beta1", f"hostile-{key}", spec={"descriptor": {"description": text}, "componentKinds": [],
                 "selector": {"matchLabels": {"app.kubernetes.io/name": f"hostile-{key}"}}})
        yield of("Event", "v1", f"hostile-{key}", type="Warning", reason=text, message=text, source={"component": "tests"},
                 involvedObject={"apiVersion": "apps/v1", "kind": "Deployment", "name": "hostile", "namespace": SPACE})


@pytest.fixture(scope="module")
def hostile(api, texts):
    """The namespace with all of it, and departments and projects of such names; gives the pod."""
    made = []
    try:
        with api.space(SPACE, "\n---\n".join(map(json.dumps, objects(texts)))):
            for at in NAMED:
                department = api.call("POST", "/departments", expect=201, json={"name": texts[at]}).json()["id"]
                made.append(f"/departments/{department}")
                project = api.call("POST", "/projects", expect=201, json={"name": texts[at], "department": department}).json()["id"]
                made.insert(0, f"/projects/{project}")
            yield api.pod(SPACE, "hostile")["name"]
    finally:
        for path in made:
            api.call("DELETE", path, expect=204)


@claims("G1.hostile-texts")
def test_no_text_runs(browser, admin, drawn_look, hostile, texts):
    first, named = urllib.parse.quote(texts[0], safe=""), [texts[at] for at in NAMED]
    browser.flow("hostileTexts", pages=[
        [f"{PART}/configmaps/hostile", [*texts, "__proto__", "constructor"]],
        [f"{PART}/configmaps/hostile/edit", texts],
        [f"{PART}/configmaps/hostile/yaml", []],
        [f"{PART}/secrets/hostile", texts, 'tr:has(code:text-is("text")) button:has(.anticon-eye)', "native code"],
        [f"{PART}/applications?limit=50", texts],
        [f"{PART}/applications/hostile-t00", texts[:1]],
        [f"{PART}/deployments", texts[:1]],
        [f"{PART}/deployments/hostile", texts, ".ant-table-row-expand-icon"],
        [f"{PART}/deployments/hostile/revisions", texts[1:2]],
        [f"{PART}/deployments/hostile/events?limit=50", texts],
        [f"{PART}/deployments/hostile/edit", texts],
        [f"{PART}/pods/{hostile}", texts],
        [f"{PART}/pods/{hostile}/logs", texts],
        [f"{PART}/events?limit=50", texts],
        [f"{PART}/intents", []],
        [f"{PART}/configmaps?search={first}", texts[:1]],
        [f"{PART}/configmaps/{first}", texts[:1]],
        [f"/business/demo/{first}/pods", []],
        ["/management/departments", named],
        ["/management/projects", named],
        ["/management/audit", []],
    ], **drawn_look, **admin)


@claims("W16.console-page")
def test_a_long_list_is_turned_page_by_page(browser, admin, drawn_look, hostile, texts):
    """The applications of the texts: one a text."""
    browser.flow("pagedList", namespace=SPACE, names=[f"hostile-t{i:02}" for i in range(len(texts))], **drawn_look, **admin)


@claims("G1.hostile-titles")
def test_no_title_of_a_terminal_runs(browser, admin, drawn_look, hostile, texts):
    browser.flow("hostileTerminal", namespace=SPACE, pod=hostile, title=texts[0], **drawn_look, **admin)


@claims("G1.hostile-next")
def test_signing_in_leads_nowhere_else(browser, admin, seed):
    ways = ["javascript:hacked(1)", "//elsewhere.example/", "/\\elsewhere.example/", "https://elsewhere.example/"]
    browser.flow("hostileNext", ways=random.Random(seed).sample(ways, 2), **admin)
