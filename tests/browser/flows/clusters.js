// SPDX-License-Identifier: Apache-2.0
// Management view: a cluster is made by the form, watched, and deleted.

function must(truth, why) {
  if (!truth) throw new Error(why);
}

const visible = (locator, timeout) => locator.first().waitFor({ state: "visible", timeout });

/** Fills the form, sees a limit as it is typed, and comes to the timeline of what was asked for; ends when it is healthy. */
export async function createCluster(flow, { name, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open("/management/clusters");
  await page.getByRole("button", { name: flow.t("management.cluster.create") }).first().click();
  await page.waitForURL(/\/management\/clusters\/new$/);
  await page.getByLabel(flow.t("common.table.name"), { exact: true }).fill(name);
  const workers = page.getByLabel(flow.t("management.cluster.workers"), { exact: true });
  await workers.fill("31");
  await workers.blur();
  await visible(page.getByText(flow.t("management.newCluster.workersRule", { masters: 1, count: 30 })));
  await workers.fill("0");
  await flow.look("new-cluster");
  await page.locator("button[type=submit]").click();
  await page.waitForURL(new RegExp(`/management/clusters/${name}/timeline$`));
  await visible(page.getByText(flow.t("management.step.machines"), { exact: true }));
  await visible(page.getByRole("heading", { name }).locator("..").getByText(flow.t("common.state.healthy")), 90_000);
  await flow.look("timeline");
}

/** Typed by name, with what goes with it; the list has it no more. */
export async function deleteCluster(flow, { name, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open(`/management/clusters/${name}/delete`);
  await page.locator("main").getByRole("button", { name: flow.t("management.deleteCluster.do") }).click();
  const question = page.getByRole("dialog");
  const sure = question.getByRole("button", { name: flow.t("management.deleteCluster.do") });
  must(await sure.isDisabled(), "it can be deleted without its name");
  await question.getByRole("textbox").fill(name);
  await sure.click();
  await page.waitForURL(/\/management\/operations\//);
  await visible(page.locator("main").getByText(flow.t("common.state.done")), 90_000);
  await flow.open("/management/clusters");
  await visible(page.getByRole("cell", { name: "demo" }));
  must((await page.getByRole("cell", { name, exact: true }).count()) === 0, `${name} is still in the list`);
}
