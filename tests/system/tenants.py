# SPDX-License-Identifier: Apache-2.0
"""Two departments with a project, a namespace and people each, made as an administrator makes them, and gone afterwards."""
import secrets

import kubectl
from slipway import wait_for

PEOPLE = {"dan": ("department_administrator", "sales"), "ann": ("project_member", "sales"),
          "ray": ("read_only", "sales"), "max": ("project_member", "lab")}
SPACES = {"sales": "tenancy-shop", "lab": "tenancy-rockets"}
CRATE = """
apiVersion: v1
kind: Pod
metadata: {name: crate}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - {name: crate, image: 'busybox:1.35', imagePullPolicy: IfNotPresent, command: [sh, -c, 'echo in $HOSTNAME; sleep 100000']}
"""


class Tenants:
    """`token[who]`, `project[department]`; SPACES has the namespaces."""

    def __init__(self, api, directory):
        self.api, self.directory = api, directory
        self.department, self.project, self.token, self.password, self.kubectls = {}, {}, {"admin": api.token}, {}, {}

    def post(self, path, who="admin", expect=201, **body):
        return self.api.call("POST", path, expect=expect, token=self.token[who], json=body).json()

    def on_board(self, careless=False):
        """`careless`: each gives a wrong password once. An address has 20 such failures, whoever makes them."""
        for name, project in (("sales", "shop"), ("lab", "rockets")):
            self.department[name] = self.post("/departments", name=f"tenancy {name}")["id"]
            self.project[name] = self.post("/projects", name=project, department=self.department[name])["id"]
        for who, (role, department) in PEOPLE.items():
            made = self.post("/users", name=f"tenancy-{who}", role=role, department=self.department[department])
            self.password[who] = self.first_login(who, made["password"], careless)
        for who, role in (("ann", "project_member"), ("ray", "read_only")):
            self.api.call("PUT", f"/projects/{self.project['sales']}/members/tenancy-{who}", expect=200, json={"role": role})
        self.api.call("PUT", f"/projects/{self.project['lab']}/members/tenancy-max", expect=200, json={"role": "project_member"})
        self.post("/clusters/demo/namespaces", who="dan", name=SPACES["sales"], project=self.project["sales"])
        self.post("/clusters/demo/namespaces", name=SPACES["lab"], project=self.project["lab"])
        for department, space in SPACES.items():
            wait_for(f"{space} with its RBAC objects", lambda: len(self.bindings(space)) == 2, 30)

    def first_login(self, who, generated, careless):
        """The generated password is good for one thing: another one."""
        chosen = secrets.token_urlsafe(12)
        with self.api.visitor() as page:
            def ask(method, path, **more):
                return page.request(method, f"{self.api.base}/api/v1{path}", timeout=60, **more)
            me = ask("POST", "/login", json={"user": f"tenancy-{who}", "password": generated})
            assert me.status_code == 200 and me.json()["user"]["mustChangePassword"], me.text
            refused = ask("POST", "/tokens", json={"name": "early"})
            assert refused.status_code == 403 and refused.json()["type"].endswith("password_change_required"), refused.text
            if careless:
                assert ask("PUT", "/me/password", json={"current": "not it at all", "new": chosen}).status_code == 403
            assert ask("PUT", "/me/password", json={"current": generated, "new": chosen}).status_code == 204
            made = ask("POST", "/tokens", json={"name": "tests"})
            assert made.status_code == 201, made.text
        self.token[who] = made.json()["token"]
        return chosen

    def bindings(self, space):
        found = self.api.kubectl("-n", space, "get", "rolebindings", "-o", "name").split()
        return [name for name in found if "/slipway:project-" in name]

    def kubectl(self, who):
        """Stock kubectl with the kubeconfig that this user downloads."""
        if who not in self.kubectls:
            config = self.directory / f"{who}.kubeconfig"
            config.write_text(self.api.call("GET", "/clusters/demo/kubeconfig", expect=200, token=self.token[who]).text)
            tool = kubectl.Kubectl(self.api, kubectl.kubectls(self.api.state)[0], self.directory / f"{who}.cache")
            tool.words[tool.words.index("--kubeconfig") + 1] = str(config)
            self.kubectls[who] = tool
        return self.kubectls[who]

    def crates(self):
        """A pod in each namespace, applied by a member of its project."""
        for who, space in (("ann", SPACES["sales"]), ("max", SPACES["lab"])):
            self.api.call("POST", f"/clusters/demo/manifests?namespace={space}", expect=200, token=self.token[who],
                          headers={"Content-Type": "application/yaml"}, data=CRATE.encode())
        for space in SPACES.values():
            self.api.pod(space, "crate")

    def leave(self):
        spaces = [n["name"] for n in self.api.items("/namespaces?cluster=demo&limit=500") if n["name"].startswith("tenancy-")]
        for space in spaces:
            self.api.call("DELETE", f"/clusters/demo/namespaces/{space}")  # one may be on its way out already
        wait_for("the namespaces are gone", lambda: not [n for n in self.api.items("/clusters/demo/namespaces?limit=500") if n["name"] in spaces], 90)
        for user in self.api.items("/users?limit=500"):
            if user["name"].startswith("tenancy-"):
                self.api.call("DELETE", f"/users/{user['name']}", expect=204)
        for kind in ("projects", "departments"):
            for one in self.api.items(f"/{kind}?limit=500"):
                if one.get("department", one)["name"].startswith("tenancy "):
                    self.api.call("DELETE", f"/{kind}/{one['id']}", expect=204)
