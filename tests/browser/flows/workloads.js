// SPDX-License-Identifier: Apache-2.0
// Business view: workloads and their pods, as they change.
import { readFileSync } from "node:fs";
import { asked, gone, hands, must, named, until, visible } from "../steps.js";

async function act(flow, name, action) {
  const { page } = flow;
  await page.getByRole("button", { name: `${flow.t("common.action.more")} · ${name}` }).click();
  await page.getByRole("menuitem", { name: flow.t(`business.action.${action}`), exact: true }).click();
  return page.getByRole("dialog");
}

/** Scaled, stopped and started from the list, which follows by itself; what a stopped one does not allow says why. */
export async function steerWorkload(flow, { namespace, name, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/deployments`);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
  const has = (text) => visible(row.getByText(text, { exact: true }), 60_000);
  const done = async (dialog, action) => {
    await dialog.getByRole("button", { name: named(flow.t(`business.action.${action}`)) }).click();
    await visible(dialog.getByText(flow.t("business.outcome.done")));
    await dialog
      .getByRole("button", { name: named(flow.t("common.action.close")) })
      .last()
      .click();
    await dialog.waitFor({ state: "hidden" });
  };
  await has("1 / 1");
  let dialog = await act(flow, name, "scale");
  await dialog.getByLabel(flow.t("business.workload.replicas")).fill("2");
  await done(dialog, "scale");
  await has("2 / 2");
  dialog = await act(flow, name, "stop");
  await done(dialog, "stop");
  await has(flow.t("common.state.stopped"));
  await page.getByRole("button", { name: `${flow.t("common.action.more")} · ${name}` }).click();
  const scale = page.getByRole("menuitem", { name: flow.t("business.action.scale"), exact: true });
  must((await scale.getAttribute("aria-disabled")) === "true", "a stopped workload can be scaled");
  await scale.hover({ force: true });
  await visible(page.getByText(flow.t("business.rule.stopped")));
  await page.keyboard.press("Escape");
  dialog = await act(flow, name, "start");
  await done(dialog, "start");
  await has("2 / 2");
}

/** A StatefulSet and a DaemonSet, from their lists: scaled, stopped, started, given new pods; what is not to be done at present is off and says why. */
export async function steerSets(flow, { namespace, set, daemon, ...credentials }) {
  const { page } = flow;
  const { t, listed, act: choose, dialog, button, field } = hands(flow, "business");
  const done = async (name, action, fill) => {
    await choose(name, `action.${action}`);
    await fill?.();
    await button(`action.${action}`, dialog).click();
    await visible(dialog.getByText(t("outcome.done")));
    await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
    await gone(dialog);
  };
  const is = (name, text) => visible(listed(name).getByText(text, { exact: true }), 90_000);
  const off = async (name, refused) => {
    await page.getByRole("button", { name: `${t("common.action.more")} · ${name}` }).click();
    for (const [action, rule] of Object.entries(refused)) {
      const item = page.getByRole("menuitem", { name: t(action), exact: true });
      await visible(item);
      must((await item.getAttribute("aria-disabled")) === "true", `${name}: ${action} can be chosen`);
      must((await item.locator("[aria-description]").getAttribute("aria-description")) === t(`rule.${rule}`), `${name}: ${action} does not say why not`);
    }
    await page.keyboard.press("Escape");
    await gone(page.locator(".ant-dropdown:visible"));
  };
  const uids = async (name) =>
    (await asked(flow, `/clusters/demo/pods?namespace=${namespace}&labels=${encodeURIComponent(`app=${name}`)}`)).items
      .filter((pod) => pod.ready && !pod.deletedAt)
      .map(({ uid }) => uid);
  const renewed = async (name, count) => {
    let before = [];
    await until(`${name} has ${count} pods`, async () => (before = await uids(name)).length === count);
    await done(name, "redeploy");
    const renew = async () => {
      const now = await uids(name);
      return now.length === count && now.every((uid) => !before.includes(uid));
    };
    await until(`${name} has new pods alone`, renew, 90);
  };
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/statefulsets`);
  await is(set, "1 / 1");
  await off(set, { "action.start": "notStopped" });
  await done(set, "scale", () => field("workload.replicas", dialog).fill("2"));
  await is(set, "2 / 2");
  await done(set, "stop");
  await is(set, t("common.state.stopped"));
  await off(set, { "action.scale": "stopped", "action.stop": "stopped", "action.redeploy": "stopped" });
  await done(set, "start");
  await is(set, "2 / 2");
  await renewed(set, 2);

  await flow.open(`/business/demo/${namespace}/daemonsets`);
  await is(daemon, "1 / 1");
  await done(daemon, "stop");
  await is(daemon, t("common.state.stopped"));
  await off(daemon, { "action.stop": "stopped", "action.redeploy": "stopped", "action.rollback": "stopped", "edit.scheduling": "stoppedBySelector" });
  await flow.look("daemonset-stopped");
  await done(daemon, "start");
  await is(daemon, "1 / 1");
  await renewed(daemon, 1);
}

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

/** Followed, searched, paused; what a program writes is text and nothing else. */
export async function logs(flow, { namespace, pod, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/pods/${pod}/logs`);
  const log = page.getByLabel(flow.t("pods.log.of", { name: `${pod}/main` }));
  await visible(log.getByText(/tick \d+ <img src=x onerror=/), 30_000);
  const last = async () => Number((await log.innerText()).match(/tick (\d+) (?!.*tick)/s)[1]);
  const before = await last();
  await page.waitForFunction(
    ([label, from]) => document.querySelector(`[aria-label="${label}"]`).innerText.includes(`tick ${from + 2} `),
    [flow.t("pods.log.of", { name: `${pod}/main` }), before],
  );
  await page.getByLabel(flow.t("pods.log.search")).fill(`tick ${before} `);
  await visible(page.getByText(/^1(行匹配| line)/));
  await page.getByRole("button", { name: flow.t("pods.log.pause") }).click();
  await visible(page.locator("[data-phase=paused]"));
  const paused = await last();
  await page.evaluate(() => new Promise((done) => setTimeout(done, 1500)));
  must((await last()) === paused, "it goes on while it is paused");
  await page.getByRole("button", { name: flow.t("pods.log.resume") }).click();
  await page.getByLabel(flow.t("pods.log.search")).fill("");
  await visible(log.getByText(`tick ${paused + 2} `));
  const ticks = [...(await log.innerText()).matchAll(/tick (\d+) /g)].map(([, number]) => Number(number));
  must(
    ticks.every((tick, at) => at === 0 || tick === ticks[at - 1] + 1),
    `lines are missing or doubled: ${ticks}`,
  );
  must(!(await page.evaluate(() => window.hacked)), "a log line ran as a program");
  await flow.look("log");
}

/** Typed into, over a killed controller and a reload, to its end. */
export async function terminal(flow, { namespace, pod, ...credentials }) {
  const { page } = flow;
  flow.bears5xx = true;
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/pods/${pod}/terminal`);
  await page.getByRole("button", { name: flow.t("pods.terminal.open") }).click();
  const is = (phase, timeout) => visible(page.locator(`[data-phase=${phase}]`), timeout);
  const shows = (text) => visible(page.locator(".xterm-rows").getByText(text), 30_000);
  const type = async (text) => {
    await page.locator(".xterm").first().click();
    await page.keyboard.type(`${text}\n`);
  };
  await is("attached");
  await type("echo $((6*7))-中文-ok");
  await shows("42-中文-ok");
  await type("kept=over");
  flow.tell("attached");
  await is("waiting", 30_000);
  flow.tell("lost");
  await is("attached", 60_000);
  await type("echo the-kill-$kept");
  await shows("the-kill-over");
  await page.reload();
  await is("attached", 30_000);
  await type("echo the-reload-$kept");
  await shows("the-reload-over");
  await flow.look("terminal");
  await type("printf '\\033]0;<img src=x onerror=window.hacked=1>\\007'; exit 3");
  await visible(page.getByText(flow.t("pods.terminal.exited", { code: 3 })));
  must(!(await page.evaluate(() => window.hacked)), "a terminal's title ran as a program");
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

  const running = async () =>
    (await asked(flow, `/clusters/demo/pods?namespace=${namespace}&labels=${encodeURIComponent(label)}`)).items.filter((pod) => pod.ready && !pod.deletedAt);
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
