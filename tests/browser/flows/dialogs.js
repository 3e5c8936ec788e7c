// SPDX-License-Identifier: Apache-2.0
// The sides of workloads that there are, each changed by its own dialog.
import { form } from "../form.js";
import { asked, gone, has, must, until, visible } from "../steps.js";

/** A workload without Services gets one by its dialog, then another type and an Ingress to it, then a second one beside it. */
async function accessDialogs(flow, { namespace }, name) {
  const { page } = flow;
  const { t, act, field, choose, fill, dialog, press, listed } = form(flow);
  const object = (plural, of) => asked(flow, `/clusters/demo/namespaces/${namespace}/objects/${plural}/${of}`);
  /** The dialog goes by what the lists have, which are behind the cluster. */
  const known = (plural, of) => {
    const there = async () => (await asked(flow, `/clusters/demo/${plural}?namespace=${namespace}&limit=500`)).items.some((one) => one.name === of);
    return until(`${of} is listed`, there);
  };
  const save = async (key, objects) => {
    await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
    const accepted = dialog.filter({ has: page.getByText(t("wizard.accepted")) });
    await visible(accepted.getByText(objects.join(", "), { exact: true }));
    await press(key, accepted);
    await gone(dialog);
  };
  await visible(listed(name));
  const { matchLabels } = (await object("deployments", name)).spec.selector;
  await act(name, "edit.access");
  await fill("access.port", 80, dialog);
  await fill("wizard.containerPort", 8080, dialog);
  await save("common.action.create", [`Service ${name}`]);
  const port = { port: 80, targetPort: 8080, protocol: "TCP" };
  has((await object("services", name)).spec, { type: "ClusterIP", selector: matchLabels, ports: [port] }, "the Service");

  await known("services", name);
  await act(name, "edit.access");
  await visible(field("access.service", dialog));
  must(await field("access.service", dialog).isDisabled(), "a Service that there is gets another name");
  must((await field("access.port", dialog).inputValue()) === "80", "the dialog does not have the port of the Service");
  await choose(field("service.type", dialog), "NodePort");
  await fill("wizard.containerPort", 8081, dialog);
  await field("access.makeIngress", dialog).click();
  await fill("ingress.host", "sides.example", dialog);
  await save("common.action.save", [`Service ${name}`, `Ingress ${name}`]);
  has((await object("services", name)).spec, { type: "NodePort", selector: matchLabels, ports: [{ ...port, targetPort: 8081 }] }, "the Service");
  const backend = { service: { name, port: { number: 80 } } };
  has((await object("ingresses", name)).spec, { rules: [{ host: "sides.example", http: { paths: [{ path: "/", backend }] } }] }, "the Ingress");

  await known("ingresses", name);
  await act(name, "edit.access");
  await visible(dialog.getByText(t("access.hasIngress"), { exact: true }));
  must((await field("ingress.host", dialog).inputValue()) === "sides.example", "the dialog does not have the Ingress");
  must(await field("access.makeIngress", dialog).isDisabled(), "an Ingress that there is can be left out");
  await flow.look("edit-access-ingress");
  await dialog.locator(".ant-segmented").getByText(t("edit.another"), { exact: true }).click();
  await gone(dialog.getByText(t("access.hasIngress"), { exact: true }));
  const second = `${name}-2`;
  must((await field("access.service", dialog).inputValue()) === second, "a second Service has no name of its own");
  await fill("access.port", 9090, dialog);
  await save("common.action.create", [`Service ${second}`]);
  has((await object("services", second)).spec, { type: "ClusterIP", selector: matchLabels, ports: [{ port: 9090, targetPort: 9090 }] }, "the second one");
  has((await object("services", name)).spec, { type: "NodePort", ports: [{ ...port, targetPort: 8081 }] }, "the first one");
}

/** The sides of workloads that there are, each by its own dialog: what it sets stands in the object, and the rest is as it was. */
async function dialogs(flow, { namespace, node }, { name, daemons }) {
  const { page } = flow;
  const { t, act, field, choose, fill, row, tag, items, dialog, press, listed } = form(flow);
  const object = (plural = "deployments", of = name) => asked(flow, `/clusters/demo/namespaces/${namespace}/objects/${plural}/${of}`);
  await visible(listed(name));
  const edit = async (side, change, of = name) => {
    await act(of, `edit.${side}`);
    await visible(dialog.locator(".ant-form-item"));
    await change();
    await flow.look(`edit-${side}`);
    await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
    const accepted = dialog.filter({ has: page.getByText(t("wizard.accepted")) });
    await press("common.action.save", accepted);
    await gone(dialog);
  };
  const before = await object();
  await edit("strategy", async () => {
    await choose(field("workload.strategy", dialog), t("strategy.startFirst"));
    await fill("strategy.batch", 2, dialog);
    await fill("strategy.minReadySeconds", 9, dialog);
  });
  await edit("scheduling", () => choose(field("scheduling.host", dialog), node));
  await edit("network", async () => {
    await row("network.addHostAlias", items("network.hostAliases"), ["pod.ip", "10.9.8.7"]);
    await tag("network.hostnames", items("network.hostAliases"), "sides.internal");
  });
  await edit("labels", () => row("wizard.addLabel", items("list.labels"), ["form.key", "team"], ["form.value", "sides"]));
  const { metadata, spec } = await object();
  const template = before.spec.template.spec;
  has(metadata.labels, { ...before.metadata.labels, team: "sides" }, "labels");
  has(
    spec,
    {
      replicas: before.spec.replicas,
      minReadySeconds: 9,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } },
      template: {
        spec: { ...template, nodeSelector: { "kubernetes.io/hostname": node }, hostAliases: [{ ip: "10.9.8.7", hostnames: ["sides.internal"] }] },
      },
    },
    "the Deployment",
  );
  await flow.open(`/business/demo/${namespace}/daemonsets`);
  const rolling = async () => {
    await choose(field("workload.strategy", dialog), t("strategy.rolling"));
    await fill("strategy.maxUnavailable", "2", dialog);
  };
  await edit("strategy", rolling, daemons);
  has((await object("daemonsets", daemons)).spec.updateStrategy, { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 2 } }, "the DaemonSet");
}

/** Two are deleted at once; what stood before them stays. */
async function remove(flow, namespace, names) {
  const { t, listed, press, button, dialog } = form(flow);
  await flow.open(`/business/demo/${namespace}/deployments`);
  for (const name of names) await listed(name).getByRole("checkbox").check();
  await press("action.delete");
  await button("action.delete", dialog).click();
  for (const name of names)
    await visible(
      dialog
        .getByRole("listitem")
        .filter({ hasText: `${namespace}/${name} ` })
        .getByText(t("outcome.done")),
    );
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  for (const name of names) await gone(listed(name));
  await asked(flow, `/clusters/demo/namespaces/${namespace}/objects/services/${names[0]}`);
}

/** The sides of the Deployment `name` and of the DaemonSet `daemons`, neither of which has pods; in the end the Deployments go. */
export async function workloadSides(flow, { namespace, name, other, daemons, node, ...credentials }) {
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/deployments`);
  await accessDialogs(flow, { namespace }, name);
  await dialogs(flow, { namespace, node }, { name, daemons });
  await remove(flow, namespace, [name, other]);
}
