// SPDX-License-Identifier: Apache-2.0
// What the first workload of wizard.js leaves out: each of it is filled in, made without pods, and read back from the cluster.
import { form } from "../form.js";
import { asked, gone, has, must, until, visible } from "../steps.js";

const IMAGE = "busybox:1.35";
const NOWHERE = "slipway.io/nowhere";
const FIRST_NODE_PORT = 30_000;

/** The form, and what it has for rules of nodes and pods. */
function parts(flow) {
  const { page } = flow;
  const h = form(flow);
  const { t, press, choose, field, fill, tag } = h;
  const fold = (key) => page.locator(".ant-collapse-item").filter({ has: page.getByRole("button", { name: t(`scheduling.${key}`), exact: true }) });
  return {
    ...h,
    async begin(kind, name) {
      await fill("wizard.name", name);
      if (kind !== "daemonsets") await fill("workload.replicas", 0);
      await fill("wizard.image", IMAGE, h.container);
    },
    async volume(name, type, source) {
      await press("wizard.addVolume");
      await fill("wizard.volume", name);
      await choose(h.last("wizard.volumeType"), t(`wizard.volumeOf.${type}`));
      await h.last(type === "hostPath" ? "wizard.hostPath" : `wizard.volumeOf.${type}`).fill(source);
    },
    async mount(volume, path, subPath, readOnly) {
      await h.row("wizard.addMount", h.container, ["wizard.mountPath", path]);
      await choose(h.last("wizard.volume", h.container), volume);
      if (subPath) await h.last("wizard.subPath", h.container).fill(subPath);
      if (readOnly) await choose(h.last("wizard.access", h.container), t("wizard.readOnly"));
    },
    /** A term of an affinity with one rule. */
    async term(affinity, list, { weight, topology, operator, key, values = [] }) {
      const within = fold(affinity);
      const terms = within.locator(".ant-form-item").filter({ has: page.getByText(t(`scheduling.${list}`), { exact: true }) });
      await press("scheduling.addTerm", terms);
      if (weight) await fill("scheduling.weight", weight, terms);
      if (topology) await fill("scheduling.topologyKey", topology, terms);
      await fill(affinity === "nodeAffinity" ? "scheduling.nodeLabel" : "scheduling.podLabel", key, terms);
      if (operator !== "In") await choose(field("scheduling.operator", terms).last(), operator);
      for (const value of values) await tag("form.value", terms, value);
    },
    unfoldRules: async (key) => {
      await page.getByRole("button", { name: t(`scheduling.${key}`), exact: true }).click();
      return fold(key);
    },
    async another(kind, name) {
      await press("wizard.addAnother");
      await visible(page.getByText(name, { exact: true }));
      await page
        .locator(".ant-segmented")
        .getByText(t(`kind.${kind}`), { exact: true })
        .click();
      await h.heading(t("list.create", { kind: t(`kind.${kind}`) }));
    },
  };
}

/** Paths of the host and parts of a volume; probes of each other kind; a given port of the nodes; rules for where it runs; the host's network. */
async function web(flow, { node, nodePort }) {
  const { page } = flow;
  const { t, begin, volume, mount, container, unfold, items, radio, fill, press, last, next, field, choose, row, tag, term, unfoldRules } = parts(flow);
  await begin("deployments", "parts-web");
  await volume("host", "hostPath", "var/log");
  await visible(page.getByText(t("wizard.pathRule")));
  await last("wizard.hostPath").fill("/var/log");
  await gone(page.getByText(t("wizard.pathRule")));
  await volume("conf", "configMap", "settings");
  await unfold("wizard.mounts");
  await mount("host", "/host/log", undefined, true);
  await mount("conf", "/etc/colour", "colour");
  await unfold("wizard.mounts");
  await unfold("wizard.variables");
  await press("wizard.addVariableSet", container);
  await fill("wizard.from.configMap", "settings", container);
  await fill("wizard.prefix", "S_", container);
  await unfold("wizard.variables");
  await unfold("wizard.security");
  await choose(field("wizard.privileged", container), t("business.yes"));
  await unfold("wizard.security");
  await unfold("details.probes");
  const probe = (name) => items(`wizard.${name}`).locator("xpath=.."); // with what its kind asks for
  const figures = async (name, values) => {
    for (const [key, figure] of Object.entries(values)) await fill(`probe.${key}`, figure, probe(name));
  };
  await radio("probe.tcp", probe("livenessProbe"));
  await fill("probe.port", 8080, probe("livenessProbe"));
  await figures("livenessProbe", { initialDelaySeconds: 5, periodSeconds: 7, timeoutSeconds: 3, failureThreshold: 4 });
  await radio("probe.exec", probe("readinessProbe"));
  for (const word of ["test", "-e", "/etc/colour"]) {
    await press("wizard.addCommand", probe("readinessProbe"));
    await probe("readinessProbe").getByRole("textbox").filter({ visible: true }).last().fill(word);
  }
  await figures("readinessProbe", { successThreshold: 2 });
  await radio("probe.https", probe("startupProbe"));
  await fill("probe.path", "/ready", probe("startupProbe"));
  await fill("probe.port", 8443, probe("startupProbe"));
  await figures("startupProbe", { periodSeconds: 1, failureThreshold: 60 });
  await flow.look("wizard-probes");
  await next("tab.services");
  await field("access.make").click();
  await choose(field("service.type"), "NodePort");
  await fill("access.port", 80, page);
  await fill("wizard.containerPort", 8080, page);
  await fill("access.nodePort", nodePort, page);
  await next("wizard.step.advanced");
  await choose(field("workload.strategy"), t("strategy.stopFirst"));
  await fill("strategy.batch", 3, page);
  await field("autoscaler.start").click();
  for (const [key, figure] of Object.entries({ min: 2, max: 5, cpu: 70, memory: 85 })) await fill(`autoscaler.${key}`, figure, page);
  await choose(field("scheduling.host"), node);
  await unfoldRules("nodeAffinity");
  await term("nodeAffinity", "required", { key: "kubernetes.io/os", operator: "In", values: ["linux", "other"] });
  await term("nodeAffinity", "preferred", { key: "example.org/fast", operator: "Exists", weight: 40 });
  await unfoldRules("podAffinity");
  await term("podAffinity", "required", { key: "app", operator: "In", values: ["user"], topology: "kubernetes.io/hostname" });
  await unfoldRules("podAntiAffinity");
  await term("podAntiAffinity", "required", { key: "app", operator: "NotIn", values: ["user"], topology: "example.org/zone" });
  await row("scheduling.addToleration", await unfoldRules("tolerations"), ["scheduling.taint", "example.org/only"], ["form.value", "mine"]);
  await choose(field("scheduling.effect"), "NoExecute");
  await field("network.hostNetwork").click();
  await gone(page.getByText(t("network.hostAliases"), { exact: true }));
  await tag("wizard.pullSecrets", page, "registry");
  await flow.look("wizard-scheduling");
}

/** A claim for each pod, a load balancer before it, and an update that leaves the first pods as they are. */
async function database(flow, { storageClass }) {
  const { page } = flow;
  const { t, begin, press, fill, choose, last, unfold, mount, next, field } = parts(flow);
  await begin("statefulsets", "parts-db");
  await press("wizard.addClaimTemplate");
  await fill("wizard.volume", "data");
  await choose(last("claim.class"), storageClass);
  await last("claim.size").fill("2Gi");
  await choose(last("claim.modes"), t("mode.ReadWriteMany"));
  await unfold("wizard.mounts");
  await mount("data", "/data", "tables");
  await next("tab.services");
  await field("access.make").click();
  await choose(field("service.type"), "LoadBalancer");
  await fill("access.port", 5432, page);
  await field("wizard.protocol").click();
  const offered = page.locator(".ant-select-dropdown:visible .ant-select-item-option");
  await visible(offered);
  must((await offered.count()) === 1, "a load balancer carries more than TCP");
  await page.keyboard.press("Escape");
  await next("wizard.step.advanced");
  must(await field("strategy.maxUnavailable").isDisabled(), "a field can be filled in that this Kubernetes lacks");
  await fill("strategy.partition", 1, page);
}

/** The text beside the form follows it, and the form follows the text; what cannot be read leaves the form as it is. */
async function beside(flow) {
  const { page } = flow;
  const { t, field, fill, press, container } = parts(flow);
  const text = page.getByRole("textbox", { name: t("wizard.preview"), exact: true });
  const image = field("wizard.image", container);
  const write = async (what) => {
    await text.getByText("image: busybox:").click();
    await page.keyboard.press("End");
    await page.keyboard.type(what);
  };
  await visible(text.getByText(/image: busybox:1\.35$/));
  await write("-mus");
  await until("the form has what was written beside it", async () => (await image.inputValue()) === `${IMAGE}-mus`);
  await write(": none");
  await visible(page.getByText(t("business.yaml.kept")));
  must(await image.isDisabled(), "the form can be filled in while the text beside it cannot be read");
  must((await image.inputValue()) === `${IMAGE}-mus`, "the form has what cannot be read");
  await flow.look("wizard-text-unread");
  await press("business.yaml.back");
  await gone(page.getByText(t("business.yaml.kept")));
  await visible(text.getByText(/image: busybox:1\.35-mus$/));
  await write("l");
  await until("the form has the rest, too", async () => (await image.inputValue()) === `${IMAGE}-musl`);
  await fill("wizard.description", "one on each node", page);
  await visible(text.getByText(/: one on each node$/));
}

/** One pod on each node that fits, and none does; replaced by hand alone. */
async function each(flow) {
  const { page } = flow;
  const { t, begin, next, choose, field, row, items } = parts(flow);
  await begin("daemonsets", "parts-each");
  await beside(flow);
  await next("tab.services");
  await next("wizard.step.advanced");
  await choose(field("workload.strategy"), t("strategy.onDelete"));
  await gone(page.getByLabel(t("strategy.minReadySeconds"), { exact: true }));
  await row("scheduling.addRule", items("scheduling.nodeSelector"), ["scheduling.nodeLabel", NOWHERE], ["form.value", "yes"]);
}

/** A claim of one node: it takes one pod at most. */
async function claimed(flow, { claim }) {
  const { page } = flow;
  const { t, begin, volume, unfold, mount, next, choose, field, fill, button, press, dialog } = parts(flow);
  await begin("deployments", "parts-claim");
  await fill("workload.replicas", 2);
  await volume("kept", "claim", claim);
  await unfold("wizard.mounts");
  await mount("kept", "/kept", "mine");
  await next("tab.services");
  await next("wizard.step.advanced");
  await choose(field("workload.strategy"), t("strategy.recreate"));
  await button("common.action.create").last().click();
  await visible(dialog.getByText(new RegExp(`${claim}.*ReadWriteOnce`)));
  must(await button("common.action.create", dialog).isDisabled(), "several pods are made with a claim of one node");
  await press("common.action.back", dialog);
  await gone(dialog);
  await visible(page.locator(".ant-form-item-has-error").filter({ has: page.getByText(t("workload.replicas"), { exact: true }) }));
  await fill("workload.replicas", 0);
}

/** What was made is what was filled in. */
async function readBack(flow, { namespace, claim, storageClass, node, nodePort }) {
  const of = (plural, name) => asked(flow, `/clusters/demo/namespaces/${namespace}/objects/${plural}/${name}`);
  const expression = (key, operator, ...values) => ({ key, operator, ...(values.length > 0 && { values }) });
  const deployment = await of("deployments", "parts-web");
  has(
    deployment,
    {
      spec: {
        replicas: 0,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 3 } },
        template: {
          spec: {
            hostNetwork: true,
            nodeSelector: { "kubernetes.io/hostname": node },
            tolerations: [{ key: "example.org/only", operator: "Equal", value: "mine", effect: "NoExecute" }],
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                  nodeSelectorTerms: [{ matchExpressions: [expression("kubernetes.io/os", "In", "linux", "other")] }],
                },
                preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 40, preference: { matchExpressions: [expression("example.org/fast", "Exists")] } }],
              },
              podAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: "kubernetes.io/hostname", labelSelector: { matchExpressions: [expression("app", "In", "user")] } },
                ],
              },
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: "example.org/zone", labelSelector: { matchExpressions: [expression("app", "NotIn", "user")] } },
                ],
              },
            },
            volumes: [
              { name: "host", hostPath: { path: "/var/log" } },
              { name: "conf", configMap: { name: "settings" } },
            ],
            imagePullSecrets: [{ name: "registry" }],
            containers: [
              {
                envFrom: [{ prefix: "S_", configMapRef: { name: "settings" } }],
                securityContext: { privileged: true },
                volumeMounts: [
                  { name: "host", mountPath: "/host/log", readOnly: true },
                  { name: "conf", mountPath: "/etc/colour", subPath: "colour" },
                ],
                livenessProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 5, periodSeconds: 7, timeoutSeconds: 3, failureThreshold: 4 },
                readinessProbe: { exec: { command: ["test", "-e", "/etc/colour"] }, successThreshold: 2 },
                startupProbe: { httpGet: { path: "/ready", port: 8443, scheme: "HTTPS" }, periodSeconds: 1, failureThreshold: 60 },
              },
            ],
          },
        },
      },
    },
    "Deployment parts-web",
  );
  must(deployment.spec.template.spec.containers[0].volumeMounts[0].subPath === undefined, "the whole path is mounted by a sub path");
  has(await of("services", "parts-web"), { spec: { type: "NodePort", ports: [{ port: 80, targetPort: 8080, nodePort, protocol: "TCP" }] } }, "NodePort");
  const scaler = await of("horizontalpodautoscalers", "parts-web");
  has(
    scaler.spec,
    { minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 70, scaleTargetRef: { kind: "Deployment", name: "parts-web" } },
    "autoscaler",
  );
  has(
    JSON.parse(scaler.metadata.annotations["autoscaling.alpha.kubernetes.io/metrics"]),
    [{ type: "Resource", resource: { name: "memory", targetAverageUtilization: 85 } }],
    "its metrics",
  );
  const set = await of("statefulsets", "parts-db");
  has(
    set.spec,
    {
      replicas: 0,
      serviceName: "parts-db",
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { storageClassName: storageClass, accessModes: ["ReadWriteMany"], resources: { requests: { storage: "2Gi" } } },
        },
      ],
      template: { spec: { containers: [{ volumeMounts: [{ name: "data", mountPath: "/data", subPath: "tables" }] }] } },
    },
    "StatefulSet",
  );
  has(await of("services", "parts-db"), { spec: { type: "LoadBalancer", ports: [{ port: 5432, targetPort: 5432, protocol: "TCP" }] } }, "LoadBalancer");
  const daemons = await of("daemonsets", "parts-each");
  has(
    daemons.spec,
    { updateStrategy: { type: "OnDelete" }, template: { spec: { nodeSelector: { [NOWHERE]: "yes" }, containers: [{ image: `${IMAGE}-musl` }] } } },
    "DaemonSet",
  );
  const kept = await of("deployments", "parts-claim");
  has(
    kept.spec,
    {
      replicas: 0,
      strategy: { type: "Recreate" },
      template: {
        spec: {
          volumes: [{ name: "kept", persistentVolumeClaim: { claimName: claim } }],
          containers: [{ volumeMounts: [{ name: "kept", mountPath: "/kept", subPath: "mine" }] }],
        },
      },
    },
    "Deployment parts-claim",
  );
  must(kept.spec.strategy.rollingUpdate === undefined, "a strategy has what is of another");
}

/** Four workloads in one go; what became of them is read back, and the load balancer's address is waited for. */
export async function wizardParts(flow, { namespace, ...args }) {
  const { page } = flow;
  const { t, another, make, listed } = parts(flow);
  await flow.signIn(args);
  const { items } = await asked(flow, "/clusters/demo/services?limit=500");
  const taken = items.flatMap(({ ports = [] }) => ports.map(({ nodePort }) => nodePort));
  let nodePort = FIRST_NODE_PORT;
  while (taken.includes(nodePort)) nodePort += 1;
  const all = { ...args, namespace, nodePort };
  await flow.open(`/business/demo/${namespace}/new/deployments`);
  await web(flow, all);
  await another("statefulsets", "Deployment/parts-web");
  await database(flow, all);
  await another("daemonsets", "StatefulSet/parts-db");
  await each(flow);
  await another("deployments", "DaemonSet/parts-each");
  await claimed(flow, all);
  await make([
    "Deployment parts-web",
    "Service parts-web",
    "HorizontalPodAutoscaler parts-web",
    "StatefulSet parts-db",
    "Service parts-db",
    "DaemonSet parts-each",
    "Deployment parts-claim",
  ]);
  await page.waitForURL(/\/deployments$/);
  await readBack(flow, all);
  await flow.open(`/business/demo/${namespace}/services?search=parts-`);
  await visible(listed("parts-db").getByText(t("service.pending"), { exact: true }));
  await visible(listed("parts-web").getByText(new RegExp(`80:${nodePort}`)));
}
