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

/** The same by the keyboard alone: open, to the entry, choose; the menu is gone then. */
async function actByKeyboard(flow, name, action) {
  const { page } = flow;
  await page.getByRole("button", { name: `${flow.t("common.action.more")} · ${name}` }).focus();
  await page.keyboard.press("Enter");
  const item = page.getByRole("menuitem", { name: flow.t(`business.action.${action}`), exact: true });
  await visible(item);
  await page.keyboard.press("Tab");
  for (let i = 0; i < 20 && !(await item.evaluate((node) => node === document.activeElement)); i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await visible(dialog);
  await gone(page.locator(".ant-dropdown:visible"));
  return dialog;
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
  dialog = await actByKeyboard(flow, name, "start");
  await done(dialog, "start");
  await has("2 / 2");
  await autoscaled(flow, namespace, name);
}

/** An autoscaler is turned on by the workload's dialog, and nobody scales by hand then; it is changed there, and taken off. */
async function autoscaled(flow, namespace, name) {
  const { page } = flow;
  const { t, act: choose, dialog, press, field, button } = hands(flow, "business");
  const path = `/clusters/demo/namespaces/${namespace}/objects/horizontalpodautoscalers/${name}`;
  const menu = page.getByRole("button", { name: `${t("common.action.more")} · ${name}` });
  const scale = page.getByRole("menuitem", { name: t("action.scale"), exact: true });
  const shut = async () => {
    await page.keyboard.press("Escape");
    await gone(page.locator(".ant-dropdown:visible"));
  };
  const save = async (key) => {
    await press(key, dialog.filter({ has: page.getByText(t("wizard.accepted")) }));
    await gone(dialog);
  };
  await choose(name, "edit.autoscaler");
  await field("autoscaler.min", dialog).fill("2");
  await field("autoscaler.max", dialog).fill("1");
  await press("autoscaler.start", dialog);
  await visible(dialog.getByText(t("autoscaler.maxRule")));
  await field("autoscaler.max", dialog).fill("4");
  await field("autoscaler.memory", dialog).fill("85");
  await flow.look("edit-autoscaler");
  await press("autoscaler.start", dialog);
  await save("common.action.create");
  const { minReplicas, maxReplicas, targetCPUUtilizationPercentage, scaleTargetRef } = (await asked(flow, path)).spec;
  const made = [minReplicas, maxReplicas, targetCPUUtilizationPercentage, scaleTargetRef.kind, scaleTargetRef.name];
  must(made.join() === `2,4,80,Deployment,${name}`, `it is another: ${made}`);

  await menu.click();
  await visible(scale.and(page.locator("[aria-disabled=true]")));
  must(
    (await scale.locator("[aria-description]").getAttribute("aria-description")) === t("rule.autoscaled", { name }),
    "what an autoscaler scales does not say why it is not scaled by hand",
  );
  await shut();

  await choose(name, "edit.autoscaler");
  await visible(button("common.action.save", dialog));
  await field("autoscaler.max", dialog).fill("5");
  await press("common.action.save", dialog);
  await save("common.action.save");
  must((await asked(flow, path)).spec.maxReplicas === 5, "its limit is not what was saved");

  await choose(name, "edit.autoscaler");
  await press("common.action.delete", dialog);
  await dialog
    .filter({ has: page.getByText(t("remove.ask"), { exact: true }) })
    .locator(".ant-modal-footer .ant-btn-primary")
    .click();
  await gone(dialog);
  must((await flow.context.request.get(`${flow.base}/api/v1${path}`)).status() === 404, "it is still there");
  await menu.click();
  await visible(scale.and(page.locator(":not([aria-disabled=true])")));
  await shut();
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
  // What had come by then is drawn at most 80 ms later: the page's timers run in their order.
  await page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 200)));
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
  await page.getByRole("checkbox", { name: flow.t("pods.log.times"), exact: true }).check();
  await visible(log.getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} tick \d+ /));
  const download = page.waitForEvent("download");
  await page.getByLabel(flow.t("pods.log.download"), { exact: true }).click();
  const lines = readFileSync(await (await download).path(), "utf8").split("\n");
  for (let tick = 0; tick <= ticks.at(-1); tick += 1) {
    must(new RegExp(`^\\d{4}-\\S+ tick ${tick} <img `).test(lines[tick]), `line ${tick} of the download is another: ${lines[tick]}`);
  }
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
  await besideTerminal(flow, namespace, pod);
}

/** A second terminal beside the first: of the shell that was chosen, as large as its window; it is listed, and ended there. */
async function besideTerminal(flow, namespace, pod) {
  const { page } = flow;
  const { t, choose, press } = hands(flow, "pods");
  await choose(page.getByLabel(t("terminal.shell"), { exact: true }), "sh");
  await press("terminal.open");
  await visible(page.locator("[data-phase=attached]:visible"));
  await visible(page.getByRole("tab", { name: "2 · main · sh", exact: true }).and(page.locator("[aria-selected=true]")));
  const rows = page.locator(".xterm-rows:visible");
  let times = 0;
  const size = async () => {
    const said = new RegExp(`size${(times += 1)}=(\\d+) (\\d+)=`);
    await page.locator(".xterm:visible").click();
    await page.keyboard.type(`echo size${times}=$(stty size)=\n`);
    await visible(rows.getByText(said));
    const [, lines, columns] = said.exec(await rows.innerText()).map(Number);
    return { lines, columns };
  };
  const before = await size();
  await page.setViewportSize({ width: 1100, height: 700 });
  let now = before;
  await until(
    () => `a smaller window is a smaller terminal: ${JSON.stringify([before, now])}`,
    async () => {
      now = await size();
      return now.lines < before.lines && now.columns < before.columns && now.lines === (await rows.locator("> div").count());
    },
  );
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("tab", { name: "1 · main", exact: true }).click();
  await visible(page.getByText(t("terminal.exited", { code: 3 })).filter({ visible: true }));
  await flow.look("terminal-tabs");
  await flow.open(`/business/demo/${namespace}/terminals`);
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: pod, exact: true }) });
  await visible(row.getByText("sh", { exact: true }));
  must((await row.count()) === 1, "a terminal whose exit was shown is listed");
  await press("terminal.end", row);
  await press("terminal.end", page.getByRole("dialog"));
  await visible(page.getByText(t("terminals.ended"), { exact: true }));
  await gone(row);
}
