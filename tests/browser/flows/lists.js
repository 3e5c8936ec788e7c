// SPDX-License-Identifier: Apache-2.0
// Lists: they follow the cluster, are searched, filtered, sorted, paged and exported, and much is done to several rows at once.
import { readFileSync } from "node:fs";
import { asked, gone, hands, must, until, visible } from "../steps.js";

/** The list follows what kubectl does, without a hand on the page. */
export async function liveList(flow, { namespace, name, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/configmaps`);
  await visible(page.getByRole("status", { name: flow.t("common.link.linked") }));
  flow.tell("open");
  await visible(page.getByRole("link", { name, exact: true }));
  flow.tell("seen");
  await page.getByRole("link", { name, exact: true }).waitFor({ state: "detached" });
}

/** A list is searched, filtered, sorted and exported; what is asked of it stands in its address. A pod is deleted, and another takes its place. */
export async function lists(flow, { namespace, name, other, label, ...credentials }) {
  const { page } = flow;
  const { t, press, listed, dialog, button } = hands(flow, "business");
  const asks = (question) => page.waitForURL((url) => url.search === question);
  const names = async () => (await page.locator("tbody a[href*='/deployments/']").allInnerTexts()).filter((one) => one === name || one === other);
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/deployments`);
  await visible(listed(name));
  await visible(listed(other));
  await page.getByLabel(t("common.table.search")).fill(name);
  await asks(`?search=${name}`);
  await gone(listed(other));
  await page.reload();
  await visible(listed(name));
  must((await listed(other).count()) === 0, "a reload forgets what was searched");
  await page.getByLabel(t("common.table.search")).fill("nothing-is-called-so");
  await visible(page.getByText(t("common.table.nothingFound")));
  await press("common.table.clear");
  await asks("");
  await visible(listed(other)); // or its absence below would tell nothing
  await page.getByLabel(t("list.byLabels")).fill(label);
  await gone(listed(other));
  await visible(listed(name));
  await page.getByLabel(t("list.byLabels")).fill("");
  await visible(listed(other));
  const header = page.locator("th").filter({ has: page.getByText(t("common.table.name"), { exact: true }) });
  const [lower, upper] = [name, other].sort();
  await header.click();
  await asks("?sort=name");
  await visible(page.locator("th[aria-sort=ascending]")); // or the next click asks for the same once more
  await until("it is sorted", async () => (await names()).join() === `${lower},${upper}`);
  await header.click();
  await asks("?sort=name&order=desc");
  await until("it is sorted the other way", async () => (await names()).join() === `${upper},${lower}`);
  const download = page.waitForEvent("download");
  await page.getByLabel(t("common.table.export")).click();
  const file = readFileSync(await (await download).path(), "utf8");
  must(
    [name, other].every((one) => new RegExp(`^${one},`, "m").test(file)),
    `the export has not all rows: ${file}`,
  );

  await columns(flow, name);
  await together(flow, namespace, name, other);
  const running = async () =>
    (await asked(flow, `/clusters/demo/pods?namespace=${namespace}&labels=${encodeURIComponent(label)}`)).items.filter((pod) => pod.ready && !pod.deletedAt);
  await until("its pod is back", async () => (await running()).length > 0);
  const [{ name: first }] = await running();
  await flow.open(`/business/demo/${namespace}/pods`);
  await listed(first).getByRole("checkbox").check();
  await press("common.action.delete");
  await flow.look("pod-delete");
  await button("common.action.delete", dialog).click();
  await gone(dialog);
  await gone(listed(first), 60_000);
  await until("another pod runs", async () => (await running()).some((pod) => pod.name !== first));
}

/** Columns are chosen, and kept over a reload. */
async function columns(flow, name) {
  const { page } = flow;
  const { t, listed } = hands(flow, "business");
  const header = page.locator("th").filter({ has: page.getByText(t("workload.strategy"), { exact: true }) });
  const tick = async () => {
    await page.getByLabel(t("common.table.columns"), { exact: true }).click();
    const box = page.getByRole("checkbox", { name: t("workload.strategy"), exact: true });
    await box.click();
    await page.getByRole("heading").first().click();
    await gone(box);
  };
  must((await header.count()) === 0, "a column is there that nobody asked for");
  await tick();
  await visible(listed(name).getByText("RollingUpdate", { exact: true }));
  await page.reload();
  await visible(listed(name).getByText("RollingUpdate", { exact: true }));
  await tick();
  await gone(header);
}

/** What is chosen is chosen in one place: in another nothing is. */
async function chosenElsewhere(flow, name) {
  const { page } = flow;
  const { t, listed, button, choose, field } = hands(flow, "business");
  await listed(name).getByRole("checkbox").check();
  await visible(button("action.redeploy"));
  await choose(field("common.place.namespace"), t("common.place.allNamespaces"));
  await page.waitForURL(/\/-\/deployments/);
  await gone(button("action.redeploy"));
  await page.goBack();
  await visible(listed(name));
  must((await button("action.redeploy").count()) === 0, "what was chosen before is chosen again");
}

/** Two are stopped at once, of which one is stopped already, and started: what becomes of each is told, before it and after. */
async function together(flow, namespace, name, other) {
  const { t, press, listed, dialog, button, act: choose } = hands(flow, "business");
  const outcome = (one) => dialog.getByRole("listitem").filter({ hasText: `${namespace}/${one} ` });
  const state = (one, is) => visible(listed(one).getByText(t(`common.state.${is}`), { exact: true }), 60_000);
  const close = async () => {
    await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
    await gone(dialog);
  };
  await chosenElsewhere(flow, name);
  const begin = async (action) => {
    for (const one of [name, other]) await listed(one).getByRole("checkbox").check();
    await press(`action.${action}`);
  };
  await choose(other, "action.stop");
  await button("action.stop", dialog).click();
  await visible(outcome(other).getByText(t("outcome.done")));
  await close();
  await state(other, "stopped");
  await begin("stop");
  await visible(dialog.getByText(t("act.someRefused", { count: 1 }), { exact: true }));
  await button("action.stop", dialog).click();
  await visible(outcome(name).getByText(t("outcome.done")));
  must((await outcome(other).count()) === 1, "what becomes of the other one is not told");
  must((await outcome(other).getByText(t("outcome.done")).count()) === 0, "one is stopped twice");
  await close();
  await state(name, "stopped");
  await begin("start");
  await button("action.start", dialog).click();
  for (const one of [name, other]) await visible(outcome(one).getByText(t("outcome.done")));
  await close();
}

/** A list of more than one page, in the order of its names: forth, back, and to the first one after a reload. */
export async function pagedList(flow, { namespace, names, ...credentials }) {
  const { page } = flow;
  const { t } = hands(flow, "common");
  const turn = (key) => page.getByRole("button", { name: t(key), exact: true }).click();
  const shows = async (some) => {
    const links = page.locator("tbody td:nth-child(2) a[href*='/applications/']");
    let now = [];
    await until(
      () => `the page has ${some}: ${now}`,
      async () => (now = await links.allInnerTexts()).join() === some.join(),
    );
  };
  const [first, second] = [names.slice(0, 20), names.slice(20)];
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/applications?sort=name`);
  await shows(first);
  await visible(page.getByText(t("table.total", { count: names.length }), { exact: true }));
  await turn("action.next");
  await shows(second);
  await turn("action.previous");
  await shows(first);
  await turn("action.next");
  await shows(second);
  must(await page.getByRole("button", { name: t("action.next"), exact: true }).isDisabled(), "there is a page after the last one");
  await page.reload();
  await shows(second);
  await turn("action.firstPage");
  await shows(first);
}
