# SPDX-License-Identifier: Apache-2.0
"""What people make by the console's forms and as YAML, in Chromium."""
import json

import pytest

claims = pytest.mark.claims
SPACE = "console-forms"
CLASS, GROWS = "console-forms", "console-grows"
RUNS = "terminationGracePeriodSeconds: 0, containers: [{name: main, image: 'busybox:1.35', imagePullPolicy: IfNotPresent, command: [sleep, '100000']"
OBJECTS = f"""
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings}}
data: {{colour: green, size: large}}
---
apiVersion: v1
kind: Secret
metadata: {{name: keys}}
stringData: {{password: hush}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: user, labels: {{app: user}}}}
spec:
  selector: {{matchLabels: {{app: user}}}}
  template: {{metadata: {{labels: {{app: user}}}}, spec: {{{RUNS}, envFrom: [{{configMapRef: {{name: settings}}}}]}}], dnsConfig: {{options: [{{name: ndots, value: '2'}}]}}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: other}}
spec:
  selector: {{matchLabels: {{app: other}}}}
  template: {{metadata: {{labels: {{app: other}}}}, spec: {{{RUNS}}}]}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: sides, labels: {{app: sides}}}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: sides}}}}
  template: {{metadata: {{labels: {{app: sides}}}}, spec: {{{RUNS}}}]}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: beside}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: beside}}}}
  template: {{metadata: {{labels: {{app: beside}}}}, spec: {{{RUNS}}}]}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: plain}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: plain}}}}
  template: {{metadata: {{labels: {{app: plain}}}}, spec: {{{RUNS}}}]}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: nowhere}}
spec:
  selector: {{matchLabels: {{app: nowhere}}}}
  updateStrategy: {{type: OnDelete}}
  template: {{metadata: {{labels: {{app: nowhere}}}}, spec: {{nodeSelector: {{slipway.io/nowhere: 'yes'}}, {RUNS}}}]}}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: of-one-node}}
spec: {{storageClassName: {CLASS}, accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: holder}}
spec:
  selector: {{matchLabels: {{app: holder}}}}
  template:
    metadata: {{labels: {{app: holder}}}}
    spec: {{{RUNS}}}], volumes: [{{name: data, persistentVolumeClaim: {{claimName: of-one-node}}}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: before}}
spec: {{selector: {{app: user}}, ports: [{{port: 80}}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: lane}}
spec: {{rules: [{{host: lane.example, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: before, port: {{number: 80}}}}}}}}]}}}}]}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {{name: {CLASS}, annotations: {{slipway.io/access-modes: 'ReadWriteOnce,ReadWriteMany'}}}}
provisioner: csi.example.org
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {{name: {GROWS}}}
provisioner: csi.example.org
allowVolumeExpansion: true
---
apiVersion: v1
kind: PersistentVolume
metadata: {{name: {GROWS}}}
spec: {{storageClassName: {GROWS}, capacity: {{storage: 1Gi}}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Retain, hostPath: {{path: /tmp}}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: grows}}
spec: {{storageClassName: {GROWS}, accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
"""


@pytest.fixture(scope="module")
def forms(api):
    try:
        with api.space(SPACE, OBJECTS):
            yield
    finally:
        api.kubectl("delete", "--ignore-not-found", "--wait=false", f"storageclass/{CLASS}", f"storageclass/{GROWS}", f"persistentvolume/{GROWS}")


@claims("W1.console", "W2.console", "W3.console", "W4.console", "W5.console", "W6.console", "W7.console", "W8.console", "W9.console",
        "W10.console", "W12.console", "W13.console", "W16.console-details", "W23.console")
def test_workloads_are_made_by_the_wizard(browser, admin, drawn_look, forms):
    browser.flow("wizard", namespace=SPACE, **drawn_look, **admin)


@claims("W1.console-text", "W2.console-secret", "W4.console-all", "W5.console-more", "W6.console-more", "W7.console-privileged", "W9.console-types",
        "W10.console-each", "W11.console", "W12.console-more", "W13.console-host", "S3.console-wizard")
def test_the_wizard_has_the_other_fields(browser, admin, drawn_look, forms):
    browser.flow("wizardParts", namespace=SPACE, claim="of-one-node", storageClass=CLASS, node="demo-worker-1", **drawn_look, **admin)


@claims("W9.console-later", "W17.console-dialogs", "W20.console-delete")
def test_each_side_of_a_workload_has_its_dialog(browser, admin, drawn_look, forms):
    browser.flow("workloadSides", namespace=SPACE, name="sides", other="beside", daemons="nowhere", node="demo-worker-1", **drawn_look, **admin)


@claims("Y1.console", "Y2.console")
def test_yaml_is_imported(browser, admin, drawn_look, forms):
    browser.flow("importYaml", namespace=SPACE, **drawn_look, **admin)


@claims("Y3.console")
def test_yaml_is_edited_while_somebody_else_does(browser, admin, drawn_look, forms, api):
    api.kubectl("-n", SPACE, "create", "configmap", "edited", "--from-literal=colour=green", "--from-literal=note=as it was",
                "--from-literal=place=here", "--from-literal=size=large")
    browser.flow("editYaml", namespace=SPACE, name="edited", on={
        "editing": lambda: api.kubectl("-n", SPACE, "patch", "configmap", "edited", "--type=merge", "-p",
                                       '{"data": {"colour": "yellow", "size": "small"}}')}, **drawn_look, **admin)


@claims("A1.console", "A2.console", "A2.console-planned", "A3.console", "A4.console", "A5.console", "A6.console")
def test_applications_are_kept(browser, admin, drawn_look, forms):
    browser.flow("applications", namespace=SPACE, one="user", two="other", service="before", ingress="lane", **drawn_look, **admin)


# What each flow does stands with it.
OBJECTS_OF = [
    pytest.param("configForms", {"used": "settings"}, marks=claims("K1.console")),
    pytest.param("configFiles", {}, marks=claims("K1.console-files")),
    pytest.param("networkForms", {}, marks=claims("R1.console", "R1.console-tls")),
    pytest.param("claimForms", {"storageClass": CLASS, "holder": "holder", "held": "of-one-node", "growing": "grows"},
                 marks=claims("S2.console", "S2.console-grow", "S2.console-in-use", "S3.console")),
]


@pytest.mark.parametrize("flow, args", OBJECTS_OF, ids=[row.values[0] for row in OBJECTS_OF])
def test_what_workloads_stand_on(browser, admin, drawn_look, forms, flow, args):
    browser.flow(flow, namespace=SPACE, **args, **drawn_look, **admin)


@claims("W16.console", "W16.console-columns", "W20.console-bulk", "W22.console-delete")
def test_lists_are_asked_and_pods_deleted(browser, admin, drawn_look, forms):
    browser.flow("lists", namespace=SPACE, name="user", other="holder", label="app=user", **drawn_look, **admin)


# What becomes of workloads later: what each flow does stands with it.
CHANGES = [
    pytest.param("editAndRollBack", {"name": "user"}, marks=claims("W17.console", "W19.console")),
    pytest.param("canary", {"name": "user", "service": "before", "image": "docker.io/library/busybox:1.35"}, marks=claims("W10b.console", "W10b.console-withdraw")),
    pytest.param("containersAlone", {"name": "user", "images": ["busybox:1.35", "docker.io/library/busybox:1.35"]}, marks=claims("W17.console-containers")),
    pytest.param("cronJob", {}, marks=claims("W14.console", "W15.console", "W21.console", "W21.console-job")),
]


@pytest.mark.parametrize("flow, args", CHANGES, ids=[row.values[0] for row in CHANGES])
def test_workloads_are_changed(browser, admin, drawn_look, forms, flow, args):
    browser.flow(flow, namespace=SPACE, **args, **drawn_look, **admin)


@claims("Y3.console-kinds")
def test_objects_of_each_kind_are_edited_as_yaml(browser, admin, drawn_look, forms, api):
    """After all that stands on them: hosts and sizes are others then."""
    size = json.loads(api.kubectl("-n", SPACE, "get", "persistentvolumeclaim", "grows", "-o", "json"))["spec"]["resources"]["requests"]["storage"]
    kinds = [["deployments", "plain", "revisionHistoryLimit", "10", "3"],
             ["daemonsets", "nowhere", "revisionHistoryLimit", "10", "4"],
             ["services", "before", "sessionAffinity", "None", "ClientIP"],
             ["ingresses", "lane", "rules.0.host", "lane.example", "lane.internal"],
             ["persistentvolumeclaims", "grows", "resources.requests.storage", size, "5Gi"]]
    browser.flow("editKinds", namespace=SPACE, kinds=kinds, theirs={"label": "touched", "value": "by-others"}, on={
        "reviewed": lambda: api.kubectl("-n", SPACE, "label", "deployment", "plain", "touched=by-others")}, **drawn_look, **admin)
