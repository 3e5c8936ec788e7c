// SPDX-License-Identifier: Apache-2.0
// Pods: what the run before wrote, the logs of several at once, one that goes by force alone, and terminals that are refused.
import { asked, gone, hands, must, until, visible } from "../steps.js";

/** `again` was restarted once, `talk` writes all the time, `stuck` does not end when it is asked to. */
export async function pods(flow, { namespace, again, talk, stuck, ...credentials }) {
  const { page } = flow;
  const { t, press, button, listed, dialog, act } = hands(flow, "pods");
  const list = `/business/demo/${namespace}/pods`;
  const object = `/clusters/demo/namespaces/${namespace}/objects/pods`;
  await flow.signIn(credentials);
  await until(`${again} runs for the second time`, async () => {
    const [status] = (await asked(flow, `${object}/${again}`)).status?.containerStatuses ?? [];
    return status?.restartCount === 1 && status.state.running;
  });
  await flow.open(`${list}/${again}/logs`);
  const log = page.getByLabel(t("log.of", { name: `${again}/main` }), { exact: true });
  await visible(log.getByText("the second run", { exact: true }));
  const before = page.getByRole("checkbox", { name: t("log.previous"), exact: true });
  await before.click();
  await visible(log.getByText("the first run", { exact: true }));
  await visible(page.locator("[data-phase=ended]"));
  must((await log.getByText("the second run").count()) === 0, "the run before shows what the present one wrote");
  must(page.url().endsWith("?previous=true"), `the address forgets which run is shown: ${page.url()}`);
  await flow.look("log-previous");
  await before.click();
  await visible(log.getByText("the second run", { exact: true }));

  await flow.open(list);
  for (const name of [again, talk]) await listed(name).getByRole("checkbox").check();
  await press("log.mergedShort");
  await page.waitForURL((url) => url.pathname.endsWith("/logs") && url.searchParams.getAll("pod").sort().join() === [again, talk].sort().join());
  const merged = page.getByLabel(t("log.merged"), { exact: true });
  await visible(page.getByText(t("log.asRead"), { exact: true }));
  await visible(merged.getByText(`${talk}/main`)); // each line says whose it is
  await page.getByLabel(t("log.search"), { exact: true }).fill("the second run");
  await visible(page.getByText(t("log.found", { count: 1 }), { exact: true }));
  await button("log.nextFind").click();
  await visible(merged.getByText("the second run"));
  await visible(merged.getByText(`${again}/main`));
  await flow.look("log-merged");

  await flow.open(list);
  await visible(listed(stuck).getByText("1 / 1", { exact: true })); // what does not run yet goes at once
  const remove = async () => {
    await act(stuck, "common.action.delete");
    await visible(dialog.getByText(t("delete.one", { name: stuck }), { exact: true }));
  };
  await remove();
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await gone(dialog);
  await visible(
    listed(stuck)
      .getByText(t("common.state.terminating"))
      .or(listed(stuck).getByText("Terminating", { exact: true })),
  );
  await remove();
  await dialog.getByRole("checkbox", { name: t("delete.force"), exact: true }).check();
  await visible(dialog.getByText(t("delete.forceWhat"), { exact: true }));
  await flow.look("pod-force");
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await gone(dialog);
  await gone(listed(stuck));
  must((await flow.context.request.get(`${flow.base}/api/v1${object}/${stuck}`)).status() === 404, `${stuck} is still there`);
}

/** A terminal that the page kept and that is gone, and one in a container that is not there: their sockets are refused, and say why. */
export async function refusedTerminal(flow, { namespace, pod, node, ...credentials }) {
  const { page } = flow;
  const { t } = hands(flow, "pods");
  const others = [];
  page.on("request", (request) => /\/(log|terminals)(\?|$)/.test(request.url()) && others.push(request.url()));
  await flow.signIn(credentials);
  const { user } = await asked(flow, "/me");
  await flow.open(`/business/demo/${namespace}/pods/${pod}/terminal`);
  await visible(page.getByRole("button", { name: t("terminal.open") }));
  const refused = async (kept, words) => {
    const terminal = { key: "kept", user: user.id, cluster: "demo", namespace, pod, shell: "auto", seen: 0, ...kept };
    await page.evaluate((text) => window.sessionStorage.setItem("slipway.terminals", text), JSON.stringify([terminal]));
    await page.reload();
    const told = page.getByRole("alert").filter({ hasText: t("terminal.notOpened") });
    await visible(told.getByText(words), 60_000); // a node that is away for a while is waited for
    await visible(page.locator("[data-phase=failed]"));
    await flow.look("terminal-refused");
    await page.getByRole("button", { name: t("terminal.close"), exact: true }).click();
    await gone(told); // and what the page keeps is empty again
  };
  await refused({ container: "main", place: { node, terminal: "of-last-week" } }, "there is no such terminal");
  await refused({ container: "nowhere" }, `pod ${pod} has no container nowhere`);
  must(others.length === 0, `something else was asked why: ${others.join(" ")}`);
}
