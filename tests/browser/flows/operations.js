// SPDX-License-Identifier: Apache-2.0
// Operations that fail: they say where and why, are tried again from there, and a cluster that was never made is deleted.
import { asked, deleteCluster, gone, hands, must, until, visible } from "../steps.js";

/** A cluster with the node network `cidr`, which its cloud cannot give it: the failed step is tried again, and the cluster is deleted. */
export async function failedCreation(flow, { name, cidr, ...credentials }) {
  const { page } = flow;
  const { t, press, button, field, dialog, confirm } = hands(flow, "management");
  const failed = page.locator("[data-operation][data-state=failed]");
  await flow.signIn(credentials);
  await flow.open("/management/clusters/new");
  await field("newCluster.name").fill(name);
  await field("cluster.workers").fill("0");
  await page.getByText(t("newCluster.ownNetwork"), { exact: true }).click();
  await field("newCluster.cidr").fill(cidr);
  await button("common.action.create").last().click();
  await page.waitForURL(new RegExp(`/clusters/${name}/timeline$`));
  await visible(failed.getByText(t("step.network"), { exact: true }));
  await visible(failed.getByText(/leave the network's CIDR empty/));
  await visible(page.getByText(t("common.state.failed"), { exact: true }));
  await flow.look("operation-failed");

  await flow.open("/management/operations");
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
  await press("operation.retry", row);
  await visible(dialog.getByText(t("operation.retryWhat", { step: "network" }), { exact: true }));
  await confirm();
  await flow.open(`/management/clusters/${name}/timeline`);
  await visible(failed.getByText(t("operation.attempts", { count: 2 }), { exact: true }));

  await deleteCluster(flow, name);
  await flow.open("/management/clusters");
  await visible(page.getByRole("link", { name: "demo", exact: true }));
  must((await page.getByRole("link", { name, exact: true }).count()) === 0, "the cluster is still listed");
}

/** Nodes refuse a release that a stranger signed; once that is mended, which `signed` as its directory says, the failed operation goes on to its end. */
export async function failedUpgrade(flow, { cluster, release, why, signed, ...credentials }) {
  const { page } = flow;
  const { t, press, button, field, dialog, choose, confirm } = hands(flow, "management");
  const newest = page.locator("[data-operation]").first();
  const is = (state) => visible(newest.and(page.locator(`[data-state=${state}]`)), 60_000);
  await flow.signIn(credentials);
  await flow.open(`/management/clusters/${cluster}`);
  await press("agent.upgrade");
  await choose(field("agent.release", dialog), release);
  await confirm();
  await page.waitForURL(new RegExp(`/clusters/${cluster}/timeline$`));
  await visible(newest.getByRole("link", { name: t("operation.kind.upgrade"), exact: true }));
  await is("failed");
  await newest.getByRole("link", { name: t("operation.kind.upgrade"), exact: true }).click();
  await page.waitForURL(/\/operations\/[^/]+$/);
  await visible(newest.getByText(t("step.canary"), { exact: true }));
  await visible(newest.getByText(new RegExp(why)));
  flow.tell("failed");
  await until("the release is signed", async () => (await asked(flow, "/agent-releases?limit=500")).items.some(({ directory }) => directory === signed));
  await press("operation.retry");
  await visible(dialog.getByText(t("operation.retryWhat", { step: "canary" }), { exact: true }));
  await confirm();
  await is("done");
  await gone(button("operation.retry"));
}

/** A node waits at a failed step, whose words `why` its page shows; mended, the step is run again at once by its button. */
export async function failedStep(flow, { cluster, node, step, why, ...credentials }) {
  const { page } = flow;
  const { t, press, button, tab, dialog, confirm } = hands(flow, "management");
  const head = page.locator(".ant-collapse-header").filter({ has: page.getByText(step, { exact: true }) });
  const state = (name) => head.getByRole("img", { name: t(`common.state.${name}`), exact: true });
  await flow.signIn(credentials);
  await flow.open(`/management/clusters/${cluster}/nodes/${node}`);
  await tab("node.tab.steps");
  await visible(state("failed"), 60_000);
  await visible(page.getByText(new RegExp(why)).first());
  await flow.look("node-step-failed");
  flow.tell("failed");
  await press("node.retry");
  await visible(dialog.getByText(t("node.retryTitle", { step }), { exact: true }));
  await visible(dialog.getByText(new RegExp(why)));
  await confirm();
  await visible(page.getByText(t("node.retried"), { exact: true }));
  await visible(state("done"), 60_000);
  await gone(button("node.retry"));
}
