// SPDX-License-Identifier: Apache-2.0
// One node: its pages, what is changed there, a shell with its recording, and emptying it.
import { asked, gone, hands, must, named, visible } from "../steps.js";

/** One node: its tabs, a label and a taint there and back, no new pods and again some. */
export async function nodePages(flow, { cluster, node, ...credentials }) {
  const { page } = flow;
  const { t, dialog, press, confirm, tab, heading, choose } = hands(flow, "management");
  /** Takes the row of a key out of the dialog that is open. */
  const without = async (key) => {
    const keys = await dialog.getByLabel(t("common.pairs.key")).evaluateAll((inputs) => inputs.map((input) => input.value));
    await dialog
      .getByRole("button", { name: t("common.action.delete"), exact: true })
      .nth(keys.indexOf(key))
      .click();
    await confirm();
  };
  await flow.signIn(credentials);
  await flow.open(`/management/clusters/${cluster}/nodes/${node}`);
  await heading(node);
  await visible(page.getByText("kubelet.service"));
  await flow.look("node");
  await tab("node.tab.console");
  await visible(page.getByRole("region", { name: t("node.tab.console") }));
  await flow.look("node-console");
  await tab("node.tab.steps");
  await visible(page.getByText("containerd", { exact: true }));
  await flow.look("node-steps");
  await tab("node.tab.labels");
  const label = "console-flow";
  await page
    .getByRole("button", { name: named(t("common.action.edit")) })
    .first()
    .click();
  await press("common.pairs.add", dialog);
  await dialog.getByLabel(t("common.pairs.key")).last().fill("not a key");
  await dialog.getByLabel(t("common.pairs.value")).last().fill("yes");
  await visible(dialog.getByText(t("common.pairs.keyRule")));
  await dialog.getByLabel(t("common.pairs.key")).last().fill(label);
  await confirm();
  await visible(page.getByText(`${label}=yes`));
  await flow.look("node-labels");
  await page
    .getByRole("button", { name: named(t("common.action.edit")) })
    .first()
    .click();
  await without(label);
  await gone(page.getByText(`${label}=yes`));
  const taints = page.getByRole("button", { name: named(t("common.action.edit")) }).nth(1);
  const taint = page.getByText(`${label}=yes:PreferNoSchedule`, { exact: true });
  await taints.click();
  await press("common.pairs.add", dialog);
  await dialog.getByLabel(t("common.pairs.key")).last().fill(label);
  await dialog.getByLabel(t("common.pairs.value")).last().fill("yes");
  await choose(dialog.getByLabel(t("node.effect"), { exact: true }).last(), `PreferNoSchedule · ${t("node.effects.PreferNoSchedule")}`);
  await confirm();
  await visible(taint);
  const { spec } = await asked(flow, `/clusters/${cluster}/objects/nodes/${node}`);
  must(
    spec.taints?.some(({ key, value, effect }) => key === label && value === "yes" && effect === "PreferNoSchedule"),
    `the node has not the taint: ${JSON.stringify(spec.taints)}`,
  );
  await taints.click();
  await without(label);
  await gone(taint);
  await press("node.cordon");
  await confirm();
  await visible(page.getByText(t("node.cordoned"), { exact: true }));
  await press("node.uncordon");
  await confirm();
  await gone(page.getByText(t("node.cordoned"), { exact: true }));
}

/** A shell asks for the password and a reason, refuses a wrong one, and what it showed is played. */
export async function nodeShell(flow, { cluster, node, ...credentials }) {
  const { page } = flow;
  const t = (key, blanks) => flow.t(`management.${key}`, blanks);
  const reason = `flow ${Date.now()}`;
  await flow.signIn(credentials);
  await flow.open(`/management/clusters/${cluster}/nodes/${node}/shell`);
  const open = page.getByRole("button", { name: named(t("shell.open")) });
  await open.click();
  const dialog = page.locator(".ant-modal:visible");
  await visible(dialog.getByText(t("shell.kept")));
  const send = dialog.locator(".ant-modal-footer .ant-btn-primary");
  await dialog.getByLabel(t("recording.reason")).fill("no");
  await dialog.getByLabel(t("shell.password")).fill("not the password");
  await send.click();
  await visible(dialog.getByText(t("shell.reasonRule")));
  await dialog.getByLabel(t("recording.reason")).fill(reason);
  await send.click();
  await visible(dialog.getByRole("alert").filter({ hasText: t("shell.notOpened") }));
  await flow.look("node-shell-refused");
  await dialog.getByLabel(t("shell.password")).fill(credentials.password);
  await send.click();
  await visible(page.locator("[data-phase=attached]"));
  await gone(dialog);
  const screen = page.locator(".xterm-rows");
  await page.waitForFunction(() => document.activeElement?.classList.contains("xterm-helper-textarea"));
  await page.keyboard.type("echo on-$(hostname)-$((6 * 7))\n");
  await visible(screen.filter({ hasText: `on-${node}-42` }));
  await flow.look("node-shell-open");
  await page.keyboard.type("exit 3\n");
  await visible(page.locator("[data-phase=exited]"));
  await page.getByRole("link", { name: t("shell.toRecording") }).click();
  const drawer = page.locator(".ant-drawer-section, .ant-drawer-content").first();
  await visible(drawer);
  await visible(drawer.locator(".xterm-rows").filter({ hasText: `on-${node}-42` }));
  await visible(drawer.getByRole("button", { name: t("recording.play") })); // it has come to its end
  await flow.look("recording-played");
  const handle = drawer.getByRole("slider");
  await handle.focus();
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.querySelector("[data-position]")?.getAttribute("data-position") === "0.0");
  await gone(drawer.locator(".xterm-rows").filter({ hasText: `on-${node}-42` }));
  await page.keyboard.press("End");
  await visible(drawer.locator(".xterm-rows").filter({ hasText: `on-${node}-42` }));
  await page.locator(".ant-drawer-close").click();
  await page.waitForURL((address) => !address.search.includes("play=")); // the address forgets what is no longer played
  await visible(page.getByRole("cell", { name: reason }));
}

/** What would go is shown first; then round after round until it is empty; it is given back. */
export async function drainNode(flow, { cluster, node, pod, ...credentials }) {
  const { page } = flow;
  const t = (key, blanks) => flow.t(`management.${key}`, blanks);
  await flow.signIn(credentials);
  await flow.open(`/management/clusters/${cluster}/nodes/${node}`);
  await page.getByRole("button", { name: named(t("node.drain")) }).click();
  const dialog = page.locator(".ant-modal:visible");
  const row = dialog.locator("tr").filter({ hasText: pod });
  await visible(row.getByText(t("drain.needs.deleteLocalData"))); // it has an emptyDir
  must(await dialog.getByRole("button", { name: named(t("drain.begin")) }).isDisabled(), "data is deleted without a leave");
  await flow.look("node-drain-plan");
  await dialog.getByRole("checkbox", { name: t("drain.force") }).check(); // what other flows have left there
  await dialog.getByRole("checkbox", { name: t("drain.deleteLocalData") }).check();
  await visible(row.locator("[data-state=evicts]"));
  await dialog.getByRole("button", { name: named(t("drain.begin")) }).click();
  await visible(dialog.getByText(t("drain.empty", { name: node })), 90_000);
  await visible(row.locator("[data-state=gone]"));
  await flow.look("node-drain-empty");
  await dialog
    .locator(".ant-modal-footer")
    .getByRole("button", { name: named(t("drain.close")) })
    .click();
  await visible(page.getByText(t("node.cordoned"), { exact: true }));
  await page.getByRole("button", { name: named(t("node.uncordon")) }).click();
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await gone(page.getByText(t("node.cordoned"), { exact: true }));
}
