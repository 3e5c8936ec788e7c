// SPDX-License-Identifier: Apache-2.0
// The console of those who are no administrators: what they do not have is not there, or is off and says why.
import { form } from "../form.js";
import { gone, hands, must, until, visible } from "../steps.js";

const ADMINISTRATORS_ALONE = ["clusters", "storageClasses", "operations", "audit", "recordings", "settings"];

/** Asserts that what is there to be pressed is off, and says why. */
async function off(what, why) {
  await visible(what);
  must(await what.first().isDisabled(), `it can be pressed, although: ${why}`);
  await what.first().hover({ force: true });
  await visible(what.page().getByRole("tooltip").filter({ hasText: why, visible: true }));
}

/** A department's administrator has the department's namespaces, projects and users, and no clusters. */
export async function departmentAdministrator(flow, { namespace, foreign, department, project, other, name, ...credentials }) {
  const { page } = flow;
  const { t, press, button, heading, dialog, confirm, listed, choose } = hands(flow, "management");
  const only = t("onlyAdministrators");
  await flow.signIn(credentials);
  await flow.open("/");
  await page.waitForURL(/\/console\/business\//);
  await page.getByText(t("common.views.management"), { exact: true }).click();
  await page.waitForURL(/\/console\/management\/namespaces$/);
  await visible(listed(namespace));
  must((await listed(foreign).count()) === 0, "another department's namespace is listed");
  const menu = page.getByRole("navigation", { name: t("common.views.management") });
  for (const place of ["namespaces", "departments", "projects", "users"]) await visible(menu.getByText(t(`common.menu.${place}`), { exact: true }));
  for (const place of ADMINISTRATORS_ALONE) must((await menu.getByText(t(`common.menu.${place}`), { exact: true }).count()) === 0, `the menu has ${place}`);
  await page.keyboard.press("Control+k");
  const palette = page.getByLabel(t("common.palette.placeholder"));
  await visible(palette.and(page.locator(":focus"))); // it is empty by then, and stays so until somebody types
  await palette.fill(t("common.menu.clusters"));
  await visible(page.getByText(t("common.palette.nothing"), { exact: true }));
  await page.keyboard.press("Escape");
  await gone(palette);
  await off(button("namespace.byYaml"), only);
  await flow.look("namespaces-of-a-department");

  await press("namespace.create");
  await page.getByLabel(t("common.table.name"), { exact: true }).fill(name);
  await visible(page.getByTitle("demo", { exact: true }));
  const projects = page.getByLabel(`${t("common.place.department")} / ${t("common.place.project")}`, { exact: true });
  await button("namespace.create").last().click();
  await visible(page.getByText(t("namespace.needProject"), { exact: true }));
  await projects.click();
  const offered = page.locator(".ant-select-dropdown:visible");
  await visible(offered.getByText(department, { exact: true }));
  must((await offered.getByText(other, { exact: true }).count()) === 0, "a project of another department is offered");
  await page.keyboard.press("Escape");
  await choose(projects, project);
  await button("namespace.create").last().click();
  await page.waitForURL(new RegExp(`/management/namespaces/demo/${name}$`));
  await heading(name);
  await off(button("namespace.move"), only);
  await press("common.action.delete");
  await dialog.getByRole("textbox").fill(name);
  await confirm();
  await page.waitForURL(/\/management\/namespaces$/);

  await flow.open("/management/departments");
  await off(button("department.create"), only);
  await page.getByRole("link", { name: department, exact: true }).click();
  await heading(department);
  for (const what of ["budget.edit", "rename"]) await off(button(what), only);
  await flow.open("/management/users");
  await visible(page.getByRole("cell", { name: "tenancy-ann", exact: true }));
  must((await page.getByText("tenancy-max", { exact: true }).count()) === 0, "a user of another department is listed");
  await off(button("user.create"), only);
  for (const place of ADMINISTRATORS_ALONE) {
    await flow.open(`/management/${place}`);
    await visible(page.getByText(t("common.problem.notYours"), { exact: true }));
  }
  await flow.look("management-denied");
}

/** Who only reads looks at everything of the own namespaces but Secrets, and finds off what would change it. */
export async function readOnlyUser(flow, { namespace, pod, container, workload, ...credentials }) {
  const { page } = flow;
  const { t, button, listed } = hands(flow, "business");
  const at = (rest) => `/business/demo/${namespace}/${rest}`;
  const why = t("common.rights.readOnly");
  await flow.signIn(credentials);
  await flow.open("/management/namespaces");
  await page.waitForURL(/\/console\/business\//);
  must((await page.getByText(t("common.views.management"), { exact: true }).count()) === 0, "the management view is offered");
  await flow.open(at("deployments"));
  await off(button("list.create", page, { kind: t("kind.deployments") }), why);
  must(await listed(workload).getByRole("checkbox").isDisabled(), "a row can be chosen for what cannot be done to it");
  await page.getByRole("button", { name: `${t("common.action.more")} · ${workload}` }).click();
  for (const action of ["common.action.edit", "edit.strategy", "action.scale", "action.stop", "action.redeploy", "action.delete"]) {
    const item = page.getByRole("menuitem", { name: t(action), exact: true });
    await visible(item);
    must((await item.getAttribute("aria-disabled")) === "true", `${action} can be chosen`);
    must((await item.locator("[aria-description]").getAttribute("aria-description")) === why, `${action} does not say why not`);
  }
  await flow.look("deployments-read-only");
  await page.keyboard.press("Escape");
  await flow.open(at(`deployments/${workload}`));
  await off(button("common.action.edit"), why);
  for (const [tab, action] of [
    ["canary", "canary.start"],
    ["autoscaler", "autoscaler.start"],
    ["yaml", "yaml.edit"],
  ]) {
    await flow.open(at(`deployments/${workload}/${tab}`));
    await off(button(action), why);
  }
  await flow.open(at("new/services")); // the list does not lead there
  await off(button("common.action.create").last(), why);
  await flow.open(at("new/deployments"));
  await off(button("wizard.next", page, { step: t("tab.services") }), why);
  await visible(page.getByRole("navigation").getByText(t("common.menu.configmaps"), { exact: true }));
  must((await page.getByRole("navigation").getByText(t("common.menu.secrets"), { exact: true }).count()) === 0, "the menu leads to what is denied");
  await flow.open(at("secrets"));
  await visible(page.getByRole("alert").getByText(t("common.problem.denied"), { exact: true }));
  await flow.open(at("yaml"));
  await page.getByRole("button", { name: t("yaml.import.example"), exact: true }).click();
  await off(button("yaml.import.apply"), why);
  await flow.open(at(`pods/${pod}/terminal`));
  await visible(page.getByText(t("pods.terminal.mayNot"), { exact: true }));
  must(await button("pods.terminal.open").isDisabled(), "a terminal can be opened");
  await off(button("common.action.delete"), why);
  await flow.open(at(`pods/${pod}/logs`));
  await visible(page.getByLabel(t("pods.log.of", { name: `${pod}/${container}` })).getByText(`in ${pod}`, { exact: true }));
  await flow.look("log-read-only");
}

/** What pods of a project's namespace may not have is refused before anything is made: by its rule, at its field. */
export async function forbiddenParts(flow, { namespace, ...credentials }) {
  const { page } = flow;
  const { t, press, fill, choose, last, next, field, container, button, dialog } = form(flow);
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/new/deployments`);
  await fill("wizard.name", "roots");
  await fill("workload.replicas", 0);
  await fill("wizard.image", "busybox:1.35", container);
  await press("wizard.addVolume");
  await fill("wizard.volume", "host");
  await choose(last("wizard.volumeType"), t("wizard.volumeOf.hostPath"));
  await last("wizard.hostPath").fill("/etc");
  await next("tab.services");
  await next("wizard.step.advanced");
  await field("network.hostNetwork").click();
  const refused = async (rule) => {
    await button("common.action.create").last().click();
    await visible(dialog.getByText(new RegExp(`rule ${rule}`)));
    must(await button("common.action.create", dialog).isDisabled(), `what ${rule} forbids is made`);
    await flow.look(`wizard-refused-${rule}`);
    await press("common.action.back", dialog);
    await gone(dialog);
  };
  await refused("host-network");
  await visible(page.locator(".ant-form-item-has-error").filter({ has: page.getByText(t("network.hostNetwork"), { exact: true }) }));
  await field("network.hostNetwork").click();
  await refused("host-path");
  await visible(page.locator(".ant-form-item-has-error").filter({ has: page.getByLabel(t("wizard.hostPath"), { exact: true }) }));
}

/** A terminal of `pod` is watched by an administrator, who types nothing into it; its user is told while it is. */
export async function watchedTerminal(flow, { namespace, pod, administrator, ...credentials }) {
  const { page } = flow;
  const { t, press } = hands(flow, "pods");
  const told = page.getByText(t("terminal.watchers", { names: administrator.user }), { exact: true });
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/pods/${pod}/terminal`);
  await press("terminal.open");
  await visible(page.locator("[data-phase=attached]"));
  const screen = page.locator(".xterm-rows");
  const type = async (text) => {
    await page.locator(".xterm").first().click();
    await page.keyboard.type(`${text}\n`);
  };
  await type("echo before-$((40+2))");
  await visible(screen.filter({ hasText: "before-42" }));
  must((await told.count()) === 0, "it is watched by somebody who does not");

  const other = await flow.beside();
  await other.signIn(administrator);
  await other.open(`/business/demo/${namespace}/terminals`);
  const row = other.page.getByRole("row").filter({ hasText: pod }).filter({ hasText: credentials.user });
  await row.getByRole("button", { name: t("terminals.watch"), exact: true }).click();
  const drawer = other.page.getByRole("dialog").filter({ hasText: t("terminals.watchTitle", { user: credentials.user, pod }) });
  await visible(drawer.getByText(t("terminal.watching"), { exact: true }));
  await visible(told);
  await flow.look("terminal-watched");
  await type("echo meanwhile-$((40+2))");
  const seen = drawer.locator(".xterm-rows");
  await visible(seen.filter({ hasText: "meanwhile-42" }));
  await drawer.locator(".xterm").click();
  await other.page.keyboard.type("echo typed-by-who-watches\n");
  await type("echo after-$((40+2))");
  await visible(seen.filter({ hasText: "after-42" }));
  must(!(await screen.innerText()).includes("typed-by"), "who watches has typed");
  await other.look("terminal-watching");
  await drawer.locator(".ant-drawer-close").click();
  await gone(told);
  await type("exit 3");
  await visible(page.getByText(t("terminal.exited", { code: 3 })));
  await until("it is listed no more", async () => (await row.count()) === 0);
}
