// SPDX-License-Identifier: Apache-2.0
// Applications: made, given workloads, stopped and started several at once, edited and deleted with and without what they hold.
import { asked, gone, hands, must, until, visible } from "../steps.js";

/** `one` and `two` are Deployments that run; the Service `service` leads to the first, and the Ingress `ingress` to that. */
export async function applications(flow, { namespace, one, two, service, ingress, ...credentials }) {
  const { page } = flow;
  const { t, press, field, button, heading, tab, dialog, listed, act, confirm, submit } = hands(flow, "business");
  const at = `/business/demo/${namespace}/applications`;
  const outcome = (name) => dialog.getByRole("listitem").filter({ hasText: `${namespace}/${name} ` });
  const state = (name, is) => visible(listed(name).getByText(t(`common.state.${is}`), { exact: true }), 60_000);
  const make = async (name, description) => {
    await flow.open(at);
    await press("application.create");
    await field("application.name", dialog).fill(name);
    await field("application.description", dialog).fill(description);
    await confirm();
    await heading(name);
    await visible(page.getByText(t("application.noWorkloads")));
  };
  const associate = async (workload) => {
    await press("application.associate");
    await field("application.workloads", dialog).click();
    await page.locator(".ant-select-dropdown:visible").getByTitle(workload, { exact: true }).click();
    await page.keyboard.press("Escape");
    await press("common.action.confirm", dialog);
    await visible(outcome(workload).getByText(t("outcome.done")));
    await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
    await visible(page.getByRole("link", { name: `Deployment/${workload}`, exact: true }));
  };
  /** Several at once, from the list: what becomes of each is told. */
  const together = async (action, names, fates) => {
    for (const name of names) await listed(name).getByRole("checkbox").check();
    await press(`action.${action}`);
    await visible(outcome(names[0]));
    await button(`action.${action}`, dialog).click();
    for (const [name, fate] of Object.entries(fates)) await visible(outcome(name).getByText(fate), 60_000);
    await flow.look(`applications-${action}`);
    await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
    await gone(dialog);
  };
  /** The pods of both that are ready and stay: [which workload's, uid]. */
  const running = async () => {
    const { items } = await asked(flow, `/clusters/demo/pods?namespace=${namespace}&limit=500`);
    return items.filter(({ labels, ready, deletedAt }) => [one, two].includes(labels?.app) && ready && !deletedAt).map(({ labels, uid }) => [labels.app, uid]);
  };
  await flow.signIn(credentials);
  await make("empty", "holds nothing");
  await make("shop", "sells things");
  await associate(one);
  await make("stall", "sells other things");
  await associate(two);
  await flow.open(at);
  await state("empty", "none");
  await state("shop", "running");
  await state("stall", "running");
  await page.getByRole("button", { name: `${t("common.action.more")} · empty` }).click();
  must(
    (await page.getByRole("menuitem", { name: t("action.stop"), exact: true }).getAttribute("aria-disabled")) === "true",
    "an application without workloads can be stopped",
  );
  await page.keyboard.press("Escape");
  const done = t("outcome.done");
  await together("stop", ["shop", "stall", "empty"], { shop: done, stall: done, [one]: done, [two]: done, empty: /\S/ });
  must((await outcome("empty").count()) === 0, "the dialog is still there");
  await state("shop", "stopped");
  await state("stall", "stopped");
  await page.getByRole("button", { name: `${t("common.action.more")} · shop` }).click();
  for (const action of ["stop", "redeploy"]) {
    const item = page.getByRole("menuitem", { name: t(`action.${action}`), exact: true });
    must((await item.getAttribute("aria-disabled")) === "true", `a stopped application can be chosen to ${action}`);
  }
  await page.keyboard.press("Escape");
  await together("start", ["shop", "stall"], { shop: done, stall: done, [one]: done, [two]: done });
  await state("shop", "running");
  await state("stall", "running");
  let old = [];
  await until(
    "each has its pod",
    async () =>
      (old = await running())
        .map(([owner]) => owner)
        .sort()
        .join() === [one, two].sort().join(),
  );
  await together("redeploy", ["shop", "stall"], { shop: done, stall: done, [one]: done, [two]: done });
  await until("each has another pod, and no old one", async () => {
    const now = await running();
    return [one, two].every((name) => now.some(([owner]) => owner === name)) && now.every(([, uid]) => old.every(([, one]) => one !== uid));
  });

  await act("shop", "common.action.edit");
  await field("application.description", dialog).fill("sells everything");
  await confirm();
  await visible(listed("shop").getByText("sells everything"));
  await listed("shop").getByRole("link", { name: "shop", exact: true }).click();
  await visible(page.getByText("sells everything"));
  await press("application.dissociate");
  await page.getByRole("tooltip").locator(".ant-btn-primary").click();
  await gone(page.getByRole("link", { name: `Deployment/${one}`, exact: true }));
  await associate(one);
  await tab("common.menu.network");
  const before = page.getByRole("row").filter({ has: page.getByRole("link", { name: service, exact: true }) });
  await visible(before.getByRole("link", { name: `Deployment/${one}`, exact: true }));
  const leads = page.getByRole("row").filter({ has: page.getByRole("link", { name: ingress, exact: true }) });
  await visible(leads.getByText(new RegExp(`→ ${service}:80$`)));
  await flow.look("application-network");

  // two more by the wizard in one go, from the application's page; they are to have no pods
  await make("pair", "two of a kind");
  await press("application.addWorkload");
  const waits = (name) => page.getByText(`Deployment/${name}`, { exact: true });
  const fill = async (name) => {
    await field("wizard.name").fill(name);
    await field("workload.replicas").fill("0");
    await field("wizard.image", page.getByRole("tabpanel")).fill("busybox:1.35");
  };
  const plan = async (name) => {
    await press("business.wizard.next", page, { step: t("tab.services") });
    await press("business.wizard.next", page, { step: t("wizard.step.advanced") });
    await press("wizard.addAnother");
    await visible(waits(name));
  };
  for (const name of ["pair-x", "pair-y"]) {
    await fill(name);
    await plan(name);
  }
  // those that wait: one is dropped, one is taken up again and called otherwise, for which the one that was begun waits
  await page.getByRole("button", { name: `${t("common.action.delete")} pair-y`, exact: true }).click();
  await gone(waits("pair-y"));
  await fill("pair-b");
  await page.getByRole("button", { name: `${t("common.action.edit")} pair-x`, exact: true }).click();
  await gone(waits("pair-x"));
  await visible(waits("pair-b"));
  await until("the form has it again", async () => (await field("wizard.name").inputValue()) === "pair-x");
  must((await field("wizard.image", page.getByRole("tabpanel")).inputValue()) === "busybox:1.35", "the form does not have what was filled in");
  await field("wizard.name").fill("pair-a");
  await flow.look("wizard-planned");
  await submit();
  await heading("pair");
  for (const name of ["pair-a", "pair-b"]) await visible(page.getByRole("link", { name: `Deployment/${name}`, exact: true }));
  must((await page.getByRole("link", { name: /pair-[xy]/ }).count()) === 0, "a workload was made that was dropped");

  const remove = async (name, fate) => {
    await flow.open(at);
    await act(name, "action.delete");
    must(await button("action.delete", dialog).isDisabled(), "it is deleted before one said what becomes of its workloads");
    await dialog.getByRole("radio", { name: t(fate) }).check();
    await visible(outcome(name));
    await button("action.delete", dialog).click();
    await visible(outcome(name).getByText(done));
    await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
    await gone(listed(name));
  };
  await remove("shop", "application.keep");
  await remove("stall", "application.deleteToo");
  await remove("pair", "application.deleteToo");
  await remove("empty", "application.keep");
  const deployments = async () => (await asked(flow, `/clusters/demo/deployments?namespace=${namespace}&limit=500`)).items.map(({ name }) => name);
  await until("the workloads of the deleted application are gone", async () => !(await deployments()).includes(two));
  must((await deployments()).includes(one), "workloads that should be kept are gone");
}
