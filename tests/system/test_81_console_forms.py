# SPDX-License-Identifier: Apache-2.0
"""What people make by the console's forms and as YAML, in Chromium."""
import pytest

claims = pytest.mark.claims
SPACE = "console-forms"
OBJECTS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: green, size: large}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: hush}
"""


@pytest.fixture(scope="module")
def forms(api):
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    try:
        done = api.apply("demo", OBJECTS, SPACE).json()
        assert all(one["ok"] for one in done["objects"]), done
        yield
    finally:
        api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)


@claims("W1.console", "W2.console", "W3.console", "W4.console", "W5.console", "W6.console", "W7.console", "W8.console", "W9.console",
        "W10.console", "W12.console", "W13.console", "W23.console")
def test_workloads_are_made_by_the_wizard(browser, admin, drawn_language, forms):
    browser.flow("wizard", language=drawn_language, namespace=SPACE, **admin)


@claims("Y1.console")
def test_yaml_is_imported(browser, admin, drawn_language, forms):
    browser.flow("importYaml", language=drawn_language, namespace=SPACE, **admin)


@claims("Y3.console")
def test_yaml_is_edited_while_somebody_else_does(browser, admin, drawn_language, forms, api):
    api.kubectl("-n", SPACE, "create", "configmap", "edited", "--from-literal=colour=green", "--from-literal=note=as it was",
                "--from-literal=place=here", "--from-literal=size=large")
    browser.flow("editYaml", language=drawn_language, namespace=SPACE, name="edited", on={
        "editing": lambda: api.kubectl("-n", SPACE, "patch", "configmap", "edited", "--type=merge", "-p",
                                       '{"data": {"colour": "yellow", "size": "small"}}')}, **admin)
