// SPDX-License-Identifier: Apache-2.0
// Business view: workloads and their pods, as they change.
import { must, named, visible } from "../steps.js";

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

/** The list follows what kubectl does, without a hand on the page. */
export async function liveList(flow, { namespace, name, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/configmaps`);
  await visible(page.getByRole("status", { name: flow.t("common.link.linked") }));
  flow.tell("open");
  await visible(page.getByRole("link", { name, exact: true }), 10_000);
  flow.tell("seen");
  await page.getByRole("link", { name, exact: true }).waitFor({ state: "detached", timeout: 10_000 });
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
