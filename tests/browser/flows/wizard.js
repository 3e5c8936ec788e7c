// SPDX-License-Identifier: Apache-2.0
// The workload wizard: each field is filled in as people do, and what became of it is read back from the cluster.
import { form } from "../form.js";
import { asked, has, visible } from "../steps.js";

const IMAGE = "busybox:1.35";

/** What of the filled in Deployment is read back. */
const MADE = {
  metadata: { labels: { team: "forms" } },
  spec: {
    replicas: 1,
    minReadySeconds: 1,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "50%", maxUnavailable: 0 } },
    template: {
      spec: {
        nodeSelector: { "kubernetes.io/os": "linux" },
        hostAliases: [{ ip: "10.9.8.7", hostnames: ["shop.internal"] }],
        terminationGracePeriodSeconds: 0,
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 10, preference: { matchExpressions: [{ key: "kubernetes.io/arch", operator: "In", values: ["amd64"] }] } },
            ],
          },
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 10,
                podAffinityTerm: {
                  topologyKey: "kubernetes.io/hostname",
                  labelSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["forms-web"] }] },
                },
              },
            ],
          },
        },
        volumes: [
          { name: "conf", configMap: { name: "settings" } },
          { name: "keys", secret: { secretName: "keys" } },
          { name: "scratch", emptyDir: {} },
        ],
        initContainers: [{ name: "first", image: IMAGE, command: ["true"] }],
        containers: [
          {
            name: "main",
            image: IMAGE,
            imagePullPolicy: "IfNotPresent",
            command: ["httpd"],
            args: ["-f", "-p", "8080", "-h", "/etc/conf"],
            ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
            resources: { requests: { cpu: "20m", memory: "16Mi" }, limits: { cpu: "500m", memory: "64Mi" } },
            env: [
              { name: "PLAIN", value: "as it is" },
              { name: "COLOUR", valueFrom: { configMapKeyRef: { name: "settings", key: "colour" } } },
              { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "keys", key: "password" } } },
            ],
            volumeMounts: [
              { name: "conf", mountPath: "/etc/conf", readOnly: true },
              { name: "keys", mountPath: "/etc/keys", readOnly: true },
              { name: "scratch", mountPath: "/scratch" },
            ],
            readinessProbe: { httpGet: { path: "/colour", port: "http" }, periodSeconds: 1 },
            securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, runAsUser: 1000, runAsGroup: 1000 },
            lifecycle: { postStart: { exec: { command: ["touch", "/scratch/begun"] } }, preStop: { exec: { command: ["true"] } } },
          },
          { name: "side", image: IMAGE, command: ["sleep", "100000"] },
        ],
      },
    },
  },
};

/** A Service, and an Ingress to it, made with the workload. */
async function access(flow) {
  const { page } = flow;
  const { fill, field } = form(flow);
  await field("access.make").click();
  await fill("access.port", 80, page);
  await fill("wizard.containerPort", 8080, page);
  await field("access.makeIngress").click();
  await fill("ingress.host", "forms.example", page);
}

/** How it is rolled out, where its pods run, what they resolve, its labels. */
async function advanced(flow) {
  const { page } = flow;
  const { t, choose, field, fill, press, row, tag, items } = form(flow);
  await choose(field("workload.strategy"), t("strategy.custom"));
  await fill("strategy.maxSurge", "50%", page);
  await fill("strategy.maxUnavailable", 0, page);
  await fill("strategy.minReadySeconds", 1, page);
  await row("scheduling.addRule", items("scheduling.nodeSelector"), ["scheduling.nodeLabel", "kubernetes.io/os"], ["form.value", "linux"]);
  for (const [affinity, label, key, value] of [
    ["nodeAffinity", "nodeLabel", "kubernetes.io/arch", "amd64"],
    ["podAntiAffinity", "podLabel", "app", "forms-web"],
  ]) {
    const unfold = page.getByRole("button", { name: t(`scheduling.${affinity}`), exact: true });
    await unfold.click();
    const terms = items("scheduling.preferred").filter({ visible: true }).last();
    await press("scheduling.addTerm", terms);
    await fill("scheduling.weight", 10, terms);
    await fill(`scheduling.${label}`, key, terms);
    await tag("form.value", terms, value);
    await unfold.click();
    await terms.waitFor({ state: "hidden" });
  }
  await row("network.addHostAlias", items("network.hostAliases"), ["pod.ip", "10.9.8.7"]);
  await tag("network.hostnames", items("network.hostAliases"), "shop.internal");
  await row("wizard.addLabel", items("list.labels"), ["form.key", "team"], ["form.value", "forms"]);
  await fill("wizard.grace", 0, page);
  await flow.look("wizard-advanced");
}

/** What was made is what was filled in, and it runs: the list says so, and the details have its pods and its Service. */
async function runs(flow, namespace) {
  const { page } = flow;
  const { t, listed, heading, tab } = form(flow);
  await flow.open(`/business/demo/${namespace}/deployments`);
  await visible(listed("forms-web").getByText("1 / 1", { exact: true }), 120_000);
  await listed("forms-web").getByRole("link", { name: "forms-web", exact: true }).click();
  await heading("forms-web");
  await visible(page.getByText("MinimumReplicasAvailable", { exact: true }));
  await flow.look("wizard-made");
  await tab("common.menu.pods");
  await visible(page.getByRole("row").filter({ hasText: "forms-web-" }).getByText("2 / 2", { exact: true }));
  await tab("business.tab.services");
  await visible(page.getByRole("link", { name: "forms-web", exact: true }));
  await tab("common.menu.events");
  await visible(page.getByRole("row").getByText("ScalingReplicaSet", { exact: true }));
  await flow.open(`/business/demo/${namespace}/statefulsets`);
  await visible(listed("forms-db").getByText("1 / 1", { exact: true }), 120_000);
  const of = (plural, name = "forms-web") => asked(flow, `/clusters/demo/namespaces/${namespace}/objects/${plural}/${name}`);
  has(await of("deployments"), MADE, "Deployment");
  has(await of("services"), { spec: { type: "ClusterIP", ports: [{ port: 80, targetPort: 8080, protocol: "TCP" }] } }, "Service");
  has(await of("ingresses"), { spec: { rules: [{ host: "forms.example" }] } }, "Ingress");
}

/** A Deployment with all that the form has, its Service, and a StatefulSet beside it: in one go, after a dry run. */
export async function wizard(flow, { namespace, ...credentials }) {
  const { page } = flow;
  const { t, field, press, choose, row, fill, last, unfold, radio, line, next, make, container, heading, items } = form(flow);
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/deployments`);
  await press("list.create", page, { kind: t("kind.deployments") });
  await heading(t("list.create", { kind: t("kind.deployments") }));
  await fill("wizard.name", "Not_So");
  await visible(page.getByText(t("form.labelRule")));
  await fill("wizard.name", "forms-web");
  await fill("workload.replicas", 1);
  for (const [name, type, source] of [
    ["conf", "configMap", "settings"],
    ["keys", "secret", "keys"],
    ["scratch", "emptyDir"],
  ]) {
    await press("wizard.addVolume");
    await fill("wizard.volume", name);
    if (source) {
      await choose(last("wizard.volumeType"), t(`wizard.volumeOf.${type}`));
      await last(`wizard.volumeOf.${type}`).fill(source);
    }
  }
  await fill("wizard.containerName", "main", container);
  await fill("wizard.image", IMAGE, container);
  await choose(field("wizard.pullPolicy", container), t("wizard.pull.IfNotPresent"));
  for (const [of, cpu, memory] of [
    ["requests", "20m", "16Mi"],
    ["limits", "500m", "64Mi"],
  ]) {
    await container.getByLabel(`${t(`wizard.${of}`)} ${t("wizard.cpu")}`).fill(cpu);
    await container.getByLabel(`${t(`wizard.${of}`)} ${t("wizard.memory")}`).fill(memory);
  }
  await unfold("wizard.ports");
  await row("wizard.addPort", container, ["wizard.portName", "http"], ["wizard.containerPort", 8080]);
  await unfold("wizard.ports");
  await unfold("wizard.variables");
  await row("wizard.addVariable", container, ["wizard.variable", "PLAIN"], ["form.value", "as it is"]);
  for (const [name, from, source, key] of [
    ["COLOUR", "configMap", "settings", "colour"],
    ["PASSWORD", "secret", "keys", "password"],
  ]) {
    await row("wizard.addVariable", container, ["wizard.variable", name]);
    await choose(last("wizard.variableFrom", container), t(`wizard.from.${from}`));
    await fill(`wizard.from.${from}`, source, container);
    await fill("form.key", key, container);
  }
  await unfold("wizard.variables");
  await unfold("wizard.mounts");
  for (const [volume, path, readOnly] of [
    ["conf", "/etc/conf", true],
    ["keys", "/etc/keys", true],
    ["scratch", "/scratch"],
  ]) {
    await row("wizard.addMount", container, ["wizard.mountPath", path]);
    await choose(last("wizard.volume", container), volume);
    if (readOnly) await choose(last("wizard.access", container), t("wizard.readOnly"));
  }
  await unfold("wizard.mounts");
  await unfold("details.probes");
  const probe = items("wizard.readinessProbe").locator("xpath=.."); // with what its kind asks for
  await radio("probe.http", probe);
  await fill("probe.path", "/colour", probe);
  await fill("probe.port", "http", probe);
  await fill("probe.periodSeconds", 1, probe);
  await unfold("details.probes");
  await unfold("wizard.security");
  await choose(field("wizard.runAsNonRoot", container), t("business.yes"));
  await choose(field("wizard.readOnlyRootFilesystem", container), t("business.yes"));
  for (const who of ["runAsUser", "runAsGroup"]) await container.getByLabel(who, { exact: true }).fill("1000");
  await unfold("wizard.security");
  await unfold("wizard.commands");
  await line("wizard.command", "wizard.addCommand", "httpd");
  for (const word of ["-f", "-p", "8080", "-h", "/etc/conf"]) await line("wizard.args", "wizard.addArgument", word);
  for (const word of ["touch", "/scratch/begun"]) await line("wizard.postStart", "wizard.addCommand", word);
  await line("wizard.preStop", "wizard.addCommand", "true");
  for (const [name, kind, ...command] of [
    ["first", "wizard.init", "true"],
    ["side", "wizard.main", "sleep", "100000"],
  ]) {
    await press("wizard.addContainer");
    await fill("wizard.containerName", name, container);
    await radio(kind, container);
    await fill("wizard.image", IMAGE, container);
    await unfold("wizard.commands");
    for (const word of command) await line("wizard.command", "wizard.addCommand", word);
  }
  await flow.look("wizard-containers");
  await next("tab.services");
  await access(flow);
  await next("wizard.step.advanced");
  await advanced(flow);
  await press("wizard.addAnother");
  await visible(page.getByText("Deployment/forms-web", { exact: true }));
  await page.locator(".ant-segmented").getByText(t("kind.statefulsets"), { exact: true }).click();
  await heading(t("list.create", { kind: t("kind.statefulsets") }));
  await fill("wizard.name", "forms-db");
  await fill("wizard.image", IMAGE, container);
  await unfold("wizard.commands");
  for (const word of ["sleep", "100000"]) await line("wizard.command", "wizard.addCommand", word);
  await make(["Deployment forms-web", "Service forms-web", "Ingress forms-web", "StatefulSet forms-db"]);
  await page.waitForURL(/\/statefulsets$/);
  await runs(flow, namespace);
}
