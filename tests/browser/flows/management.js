// SPDX-License-Identifier: Apache-2.0
// The management view: clusters, nodes, namespaces, users and projects, audit, settings. Each flow cleans up what it makes.
import { asked, deleteCluster, gone, hands, has, must, named, visible } from "../steps.js";

/** The tabs of a cluster; a kubeconfig is made when it is asked for; a deletion must be typed. */
export async function clusterPages(flow, { cluster, ...credentials }) {
  const { page } = flow;
  const { t, dialog, button, press, tab, heading } = hands(flow, "management");
  await flow.signIn(credentials);
  await flow.open("/management/clusters");
  await page.getByRole("link", { name: cluster, exact: true }).click();
  await heading(cluster);
  await visible(page.getByText(t("cluster.made")));
  await flow.look("cluster-overview");
  await tab("cluster.tab.nodes");
  await page.waitForURL(/\/nodes$/);
  await visible(page.getByRole("link", { name: `${cluster}-master-1` }));
  await visible(page.getByRole("progressbar", { name: t("node.memory") }));
  await flow.look("cluster-nodes");
  await tab("cluster.tab.timeline");
  await visible(page.locator("[data-operation][data-state=done]"));
  const nodes = page.locator(".ant-table-row-expand-icon"); // of the creation, unless newer operations stand before it
  if ((await nodes.count()) > 0) {
    await nodes.first().click();
    await visible(page.getByText("containerd", { exact: true }));
  }
  await flow.look("cluster-timeline");
  await page.reload();
  await visible(page.locator("[data-operation]"));
  await tab("cluster.tab.kubeconfig");
  await press("kubeconfig.make");
  await visible(page.getByText(/kind: Config/));
  await flow.look("cluster-kubeconfig");
  await tab("cluster.tab.delete");
  await press("deleteCluster.do");
  const last = button("deleteCluster.do", dialog);
  must(await last.isDisabled(), "the cluster may be deleted without its name");
  await dialog.getByRole("textbox").fill(`${cluster}x`);
  must(await last.isDisabled(), "the cluster may be deleted by a wrong name");
  await flow.look("cluster-delete");
  await press("common.action.cancel", dialog);
}

/** Limits as one types, a key pair made in the form, what it takes; with `create` it is made, watched and deleted. */
export async function newCluster(flow, { keyPair, create, ...credentials }) {
  const { page } = flow;
  const { t, dialog, button, press, confirm } = hands(flow, "management");
  await flow.signIn(credentials);
  await flow.open("/management/clusters/new");
  await page.getByLabel(t("newCluster.name"), { exact: true }).fill("Not_So");
  await visible(page.getByText(t("newCluster.nameRule")));
  const workers = page.getByLabel(t("cluster.workers"), { exact: true });
  await workers.fill("31");
  await visible(page.getByText(t("newCluster.workersRule_other", { masters: 1, count: 30 })));
  await page.locator(".ant-radio-button-wrapper", { hasText: "3" }).click();
  await gone(page.getByText(t("newCluster.workersRule_other", { masters: 1, count: 30 })));
  await visible(page.locator("[data-needs='34']").filter({ hasText: "35" }));
  await workers.fill("101");
  await visible(page.getByText(t("newCluster.workersRule_other", { masters: 3, count: 100 })));
  await page.getByText(t("newCluster.ownNetwork"), { exact: true }).click();
  await page.getByLabel(t("newCluster.cidr"), { exact: true }).fill("10.244.0.0/20");
  await visible(page.getByText(t("newCluster.cidrFault.overlap")));
  await flow.look("new-cluster");
  await page.getByText(t("newCluster.autoNetwork"), { exact: true }).click();
  await press("keyPair.create");
  await dialog.getByLabel(t("keyPair.name"), { exact: true }).fill(keyPair);
  await page.keyboard.press("Enter");
  await visible(dialog.getByText("BEGIN OPENSSH PRIVATE KEY"));
  await flow.look("new-key-pair");
  await press("common.once.kept", dialog);
  await gone(dialog);
  await visible(page.getByText(keyPair, { exact: true }));
  if (create) {
    await page.locator(".ant-radio-button-wrapper", { hasText: "1" }).click();
    await workers.fill("0");
    const { masterFlavor, workerFlavor } = await asked(flow, "/clusters/demo");
    for (const [word, flavor] of [
      ["masterFlavor", masterFlavor],
      ["workerFlavor", workerFlavor],
    ]) {
      await page.getByLabel(t(`cluster.${word}`), { exact: true }).fill(flavor);
      await page.keyboard.press("Escape");
    }
    await page.getByLabel(t("newCluster.name"), { exact: true }).fill(create);
    await button("common.action.create").last().click();
    await page.waitForURL(new RegExp(`/clusters/${create}/timeline$`));
    has(await asked(flow, `/clusters/${create}`), { masters: 1, workers: 0, masterFlavor, workerFlavor, keyPair }, "the cluster");
    await visible(page.locator("[data-operation][data-state=running]"));
    await page.locator("[data-operation][data-state=done]").waitFor({ timeout: 180_000 });
    await deleteCluster(flow, create);
    await flow.open(`/management/clusters/${create}`);
    await visible(page.getByText(t("cluster.gone", { name: create })));
  }
  await flow.open("/management/settings/key-pairs");
  await page
    .getByRole("row")
    .filter({ hasText: keyPair })
    .getByRole("button", { name: named(t("common.action.delete")) })
    .click();
  await confirm();
  await gone(page.getByRole("cell", { name: keyPair, exact: true }));
}

/** A namespace with a quota; somebody else changes it meanwhile; it goes by its name. */
export async function namespaceLife(flow, { cluster, name, ...credentials }) {
  const { page } = flow;
  const { t, dialog, button, press, confirm, heading } = hands(flow, "management");
  await flow.signIn(credentials);
  await flow.open("/management/namespaces");
  await visible(page.getByRole("link", { name: "default", exact: true }));
  await flow.look("namespaces");
  await press("namespace.create");
  await visible(page.getByTitle(cluster, { exact: true }));
  await page.getByLabel(t("common.table.name"), { exact: true }).fill(name);
  await page.getByLabel(t("quota.resource.cpu"), { exact: true }).fill("2.5");
  await page.getByLabel(t("quota.resource.memory"), { exact: true }).fill("1024");
  await page.getByLabel(t("quota.resource.pods"), { exact: true }).fill("10");
  await flow.look("new-namespace");
  await button("namespace.create").last().click();
  await page.waitForURL(new RegExp(`/namespaces/${cluster}/${name}$`));
  await heading(name);
  await visible(page.getByText("0 / 2.5"));
  await flow.look("namespace");
  await press("quota.edit");
  await dialog.getByLabel(t("quota.resource.jobs"), { exact: true }).fill("7");
  const address = `${flow.base}/api/v1/clusters/${cluster}/namespaces/${name}`;
  const { quota } = await (await flow.context.request.get(address)).json();
  const other = await flow.context.request.put(address, { data: { quota: { ...quota.hard, pods: 20 }, resourceVersion: quota.resourceVersion } });
  must(other.ok(), `the other change: ${other.status()}`);
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await visible(dialog.getByText(t("quota.changed")));
  await flow.look("quota-conflict");
  await press("quota.saveMine", dialog);
  await gone(dialog);
  await visible(page.getByText("0 / 7"));
  await visible(page.getByText("0 / 10"));
  await press("common.action.delete");
  await dialog.getByRole("textbox").fill(name);
  await confirm();
  await page.waitForURL(/\/management\/namespaces$/);
}

/** A department, a project, budgets that are refused and given, a user with a generated password, a member. */
export async function tenancy(flow, { prefix, ...credentials }) {
  const { page } = flow;
  const { t, dialog, press, confirm, tab, heading, choose } = hands(flow, "management");
  const [department, project, user] = ["dept", "project", "user"].map((kind) => `${prefix}-${kind}`);
  await flow.signIn(credentials);
  await flow.open("/management/departments");
  await press("department.create");
  await dialog.getByLabel(t("common.table.name"), { exact: true }).fill(department);
  await page.keyboard.press("Enter");
  await heading(department);
  await press("budget.edit");
  await dialog.getByLabel(t("quota.resource.cpu"), { exact: true }).fill("10");
  await confirm();
  await flow.look("department");
  await press("project.create");
  await dialog.getByLabel(t("common.table.name"), { exact: true }).fill(project);
  await page.keyboard.press("Enter");
  await heading(project);
  await tab("project.tab.budget");
  await press("budget.edit");
  await dialog.getByLabel(t("quota.resource.cpu"), { exact: true }).fill("12");
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await visible(dialog.getByRole("alert").filter({ hasText: t("common.problem.exhausted") }));
  await flow.look("budget-refused");
  await dialog.getByLabel(t("quota.resource.cpu"), { exact: true }).fill("4");
  await confirm();
  await visible(page.getByText("0 / 4"));
  await flow.look("project-budget");
  await flow.open("/management/users");
  await press("user.create");
  await dialog.getByLabel(t("common.session.user"), { exact: true }).fill(user);
  await flow.look("new-user");
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await visible(page.getByText(t("common.once.title")));
  const password = await page.getByRole("region", { name: t("user.password") }).innerText();
  await press("common.once.kept");
  await gone(dialog);
  await heading(user);
  await flow.look("user");
  await firstPassword(flow, user, password.trim());
  await flow.open("/management/projects");
  await page.getByRole("link", { name: project, exact: true }).click();
  await press("member.add");
  await choose(dialog.getByLabel(t("common.session.user"), { exact: true }), user);
  await confirm();
  await visible(page.getByRole("link", { name: user, exact: true }));
  await flow.look("project-members");
  await page.getByRole("link", { name: user, exact: true }).click();
  await heading(user);
  await press("common.action.delete");
  await dialog.getByRole("textbox").fill(user);
  await confirm();
  await page.waitForURL(/\/management\/users$/);
  for (const [list, name] of [
    ["projects", project],
    ["departments", department],
  ]) {
    await flow.open(`/management/${list}`);
    await page.getByRole("link", { name, exact: true }).click();
    await heading(name);
    await press("common.action.delete");
    await confirm();
    await page.waitForURL(new RegExp(`/management/${list}$`));
  }
}

/** Whoever has a generated password comes to no page until it is another one; the form says what is wrong with that. */
async function firstPassword(flow, user, generated) {
  const other = await flow.beside();
  const { page } = other;
  const { t, press, field } = hands(other, "common");
  const chosen = `chosen ${generated}`;
  await other.open("/sign-in");
  await field("session.user").fill(user);
  await field("session.password").fill(generated);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/console\/password$/);
  await other.open("/account");
  await page.waitForURL(/\/console\/password$/);
  await visible(page.getByText(t("session.mustChange"), { exact: true }));
  const change = async (first, second) => {
    await field("session.current").fill(generated);
    await field("session.new").fill(first);
    await field("session.again").fill(second);
    await press("session.changePassword");
  };
  await change("short", "short");
  await visible(page.getByText(t("session.tooShort", { count: 8 }), { exact: true }));
  await change(chosen, `${chosen}!`);
  await visible(page.getByText(t("session.differs"), { exact: true }));
  await other.look("first-password");
  await change(chosen, chosen);
  await visible(page.getByText(t("place.noCluster"), { exact: true })); // of no project yet
  await other.signIn({ user, password: chosen });
  await page.close();
}

/** A user is given another password: the sessions end, the old one is refused, and the new one has to be changed where that is wanted. */
export async function resetPassword(flow, { name, old, typed, ...credentials }) {
  const { page } = flow;
  const { t, dialog, press, field, heading } = hands(flow, "management");
  const other = await flow.beside();
  const theirs = hands(other, "common");
  const enter = async (password) => {
    await theirs.field("session.user").fill(name);
    await theirs.field("session.password").fill(password);
    await other.page.keyboard.press("Enter");
  };
  const inside = () => visible(other.page.getByText(theirs.t("place.noCluster"), { exact: true })); // of no project yet
  await other.signIn({ user: name, password: old });
  await other.open("/");
  await inside();
  await flow.signIn(credentials);
  await flow.open(`/management/users?search=${name}`);
  await page.getByRole("link", { name, exact: true }).click();
  await heading(name);
  await visible(page.getByText(t("user.passwordOwn"), { exact: true }));
  await press("user.reset");
  await visible(dialog.getByText(t("user.resetWhat"), { exact: true }));
  await flow.look("reset-password");
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await visible(page.getByText(t("common.once.title")));
  const generated = (await page.getByRole("region", { name: t("user.password") }).innerText()).trim();
  await press("common.once.kept");
  await gone(dialog);
  await visible(page.getByText(t("user.mustChangeStill"), { exact: true }));

  await other.page.reload();
  await other.page.waitForURL(/\/console\/sign-in/);
  await enter(old);
  await visible(other.page.getByRole("alert").filter({ hasText: theirs.t("session.refused") }));
  await enter(generated);
  await other.page.waitForURL(/\/console\/password$/);
  await theirs.field("session.current").fill(generated);
  for (const key of ["session.new", "session.again"]) await theirs.field(key).fill(`own ${generated}`);
  await theirs.press("session.changePassword");
  await inside();
  await page.reload();
  await visible(page.getByText(t("user.passwordOwn"), { exact: true }));

  await press("user.reset");
  await dialog.getByRole("radio", { name: t("user.typed"), exact: true }).check();
  await field("common.session.new", dialog).fill(typed);
  await dialog.getByRole("checkbox", { name: t("user.mustChange"), exact: true }).uncheck();
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await gone(dialog);
  await other.page.reload();
  await other.page.waitForURL(/\/console\/sign-in/);
  await enter(typed);
  await inside();
}

/** Filters stand in the address and survive a reload; the chain is verified; the export is a file. */
export async function auditSearch(flow, credentials) {
  const { page } = flow;
  const { t, press } = hands(flow, "management");
  await flow.signIn(credentials);
  await flow.open("/management/audit?action=login&outcome=ok");
  await visible(page.getByRole("cell", { name: "login", exact: true }));
  await page.reload();
  await visible(page.getByRole("cell", { name: "login", exact: true }));
  const actions = await page.locator("tbody code").allInnerTexts();
  must(
    actions.every((action) => action === "login"),
    `other actions, too: ${actions}`,
  );
  await page.locator(".ant-table-row-expand-icon").first().click();
  await flow.look("audit");
  const download = page.waitForEvent("download");
  await press("audit.export");
  must(/^audit-.*\.ndjson$/.test((await download).suggestedFilename()), "the export is called otherwise");
  await press("audit.verify");
  await visible(page.locator(".ant-modal-confirm-title").filter({ hasText: t("audit.whole") }));
}

/** Pages that are looked at: operations, recordings, settings, storage classes, the own account. */
export async function managementPages(flow, { cluster, name, ...credentials }) {
  const { page } = flow;
  const { t, dialog, press, confirm, heading } = hands(flow, "management");
  await flow.signIn(credentials);
  const pages = {
    operations: "common.menu.operations",
    recordings: "common.menu.recordings",
    "settings/releases": "common.menu.settings",
    "settings/authority": "common.menu.settings",
  };
  for (const [path, word] of Object.entries(pages)) {
    await flow.open(`/management/${path}`);
    await heading(t(word));
    await page.waitForLoadState("networkidle").catch(() => {});
    await flow.look(path.replace("/", "-"));
  }
  await flow.open(`/management/storageClasses?in=${cluster}`);
  await press("storage.create");
  await dialog.getByLabel(t("common.table.name"), { exact: true }).fill(name);
  await dialog.getByLabel(t("storage.provisioner"), { exact: true }).fill("csi.example.org");
  await flow.look("new-storage-class");
  await confirm();
  const row = page.getByRole("row").filter({ hasText: name });
  await visible(row);
  await flow.look("storage-classes");
  await row.getByRole("button", { name: named(t("common.action.delete")) }).click();
  await visible(dialog.getByText(t("storage.unused")));
  await confirm();
  await gone(page.getByRole("cell", { name, exact: true }));
  await flow.open("/account");
  await heading(t("common.session.account"));
  await flow.look("account");
  await flow.open("/account/sessions?limit=500");
  await visible(page.getByText(t("session.current"), { exact: true }));
  await flow.look("account-sessions");
  await flow.open("/account/tokens");
  await press("token.create");
  await dialog.getByLabel(t("common.table.name"), { exact: true }).fill(name);
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await visible(page.getByText(/^slp_[0-9a-f]{64}$/));
  await press("common.once.kept");
  await gone(dialog);
  await flow.look("account-tokens");
  await page
    .getByRole("row")
    .filter({ hasText: name })
    .getByRole("button", { name: named(t("common.action.delete")) })
    .click();
  await confirm();
  await gone(page.getByRole("cell", { name, exact: true }));
}
