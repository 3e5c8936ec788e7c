# SPDX-License-Identifier: Apache-2.0
"""Ways past the product, to its peers and limits: kubectl straight to the API server, a program on the node."""
import os

from slipway import controller_binary, kubectl_binary

POD = """
apiVersion: v1
kind: Pod
metadata: {name: %(name)s, namespace: demo}
spec:
  terminationGracePeriodSeconds: 0
  nodeName: %(node)s
  tolerations: [{operator: Exists}]
  containers:
    - name: main
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      resources: {requests: {cpu: "%(cpu)s"}}
      command: [sh, -c, '%(script)s']
"""
NODE = "demo-worker-1"
PATIENCE = 300
LINE = "x" * 99
LINES = 50_000  # 5 MB of text, 7 MB on disk: below kubelet's rotation, so that kubectl sees all of it


def run_pod(api, name, script, node=NODE, cpu="0"):
    """A ready pod on that node, whatever its taints; without a request for CPU it gets what others leave."""
    applied = api.call("POST", "/clusters/demo/manifests?namespace=demo", expect=200, headers={"Content-Type": "application/yaml"},
                       data=(POD % {"name": name, "node": node, "script": script, "cpu": cpu}).encode()).json()
    assert applied["state"] == "done", applied
    api.pod("demo", name, seconds=PATIENCE)


def remove_pod(api, name):
    api.kubectl("-n", "demo", "delete", "pod", name, "--grace-period=0", "--force", "--wait=false", check=False)


def router(state):
    """The network namespace that the machines of an installation are reached from."""
    with open(f"{state}/installation") as text:
        return f"slw-{text.read().strip()}-router"


def straight(api, *words):
    """kubectl with the cluster's own administrator, straight to the API server, past the controller."""
    config = os.path.join(api.state, "bench.kubeconfig")
    if not os.path.exists(config):
        text = api.machine("demo-master-1", "cat", "/etc/kubernetes/admin.conf")
        with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(text)
    return ["ip", "netns", "exec", router(api.state), kubectl_binary(api.state), "--kubeconfig", config, *words]


def on_node(api, node, *words):
    return [controller_binary(), "machine", "shell", node, "--state", api.state, "--", *words]
