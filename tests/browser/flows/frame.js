// SPDX-License-Identifier: Apache-2.0
// Signing in, the frame, and what all pages have.
import { gone, hands, must, visible } from "../steps.js";

/** By the form: somebody unknown first (a known name might be locked out), then the user; the page that was asked for comes after it. */
export async function signInByForm(flow, { user, password }) {
  const { page } = flow;
  await flow.open("/management/operations");
  await page.waitForURL(/\/console\/sign-in\?next=/);
  await page.getByLabel(flow.t("common.session.user")).fill(`nobody-${flow.language}`);
  await page.getByLabel(flow.t("common.session.password"), { exact: true }).fill("not this one");
  await page.keyboard.press("Enter");
  await visible(page.getByRole("alert").filter({ hasText: flow.t("common.session.refused") }));
  await flow.look("sign-in-refused");
  await page.getByLabel(flow.t("common.session.user")).fill(user);
  await page.getByLabel(flow.t("common.session.password"), { exact: true }).fill(password);
  await page.getByRole("button", { name: /登\s*录|Sign in/ }).click();
  await page.waitForURL(/\/console\/management\/operations$/);
  await visible(page.getByRole("status", { name: flow.t("common.link.linked") }));
  await page.getByRole("button", { name: user }).click();
  await page.getByText(flow.t("common.session.signOut")).click();
  await page.waitForURL(/\/console\/sign-in/);
  must(
    (await flow.context.cookies()).every(({ name, value }) => name !== "slipway_session" || value === ""),
    "the cookie is still there",
  );
  await flow.open("/");
  await page.waitForURL(/\/console\/sign-in/);
  await visible(page.getByLabel(flow.t("common.session.user")));
  await page.goBack(); // which is refused once more
  await page.waitForURL(/\/console\/sign-in/);
}

/** Language and look are chosen once and kept; every word of the frame follows. */
export async function languageAndLook(flow, credentials) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open("/management/clusters");
  await visible(page.getByRole("heading", { name: flow.t("common.menu.clusters") }));
  await page.getByRole("button", { name: flow.t("common.look.language") }).click();
  await page.getByText("English", { exact: true }).click();
  flow.language = "en";
  await visible(page.getByRole("heading", { name: "Clusters" }));
  must((await page.locator("html").getAttribute("lang")) === "en", "the page does not say its language");
  await page.getByRole("button", { name: "Appearance" }).click();
  await page.getByText("Dark", { exact: true }).click();
  await flow.look("clusters-dark");
  await page.reload();
  await visible(page.getByRole("heading", { name: "Clusters" }));
  const colour = await page
    .locator(".ant-layout-header")
    .first()
    .evaluate((node) => getComputedStyle(node).backgroundColor);
  must(/^rgb\((\d|[1-4]\d), /.test(colour), `the page is light again after a reload: ${colour}`);
}

/** By the keyboard alone: open, type, go. */
export async function palette(flow, credentials) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open("/management/clusters");
  await visible(page.getByRole("cell", { name: "demo" }));
  await page.keyboard.press("Control+k");
  await page.keyboard.type(flow.t("common.menu.pods"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/console\/business\/demo\/[^/]+\/pods$/);
}

/** Who has no management view sees none, and is led to the own namespace; of another project's namespace nothing is shown. */
export async function ordinaryUser(flow, { foreign, object, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  await flow.open("/management/clusters");
  await page.waitForURL(/\/console\/business\//);
  must((await page.getByText(flow.t("common.views.management"), { exact: true }).count()) === 0, "the management view is offered");
  await page.waitForURL(new RegExp(`/console/business/demo/(${credentials.namespace}|-)/applications`));
  await visible(page.getByRole("heading", { name: flow.t("common.menu.applications"), exact: true }));
  await flow.look("business-home");
  await flow.open(`/business/demo/${foreign}/configmaps`);
  await visible(page.getByText(flow.t("common.table.total", { count: 0 }), { exact: true }));
  for (const tab of ["", "/yaml"]) {
    await flow.open(`/business/demo/${foreign}/configmaps/${object}${tab}`);
    await visible(page.getByRole("alert").or(page.getByText(flow.t("business.details.gone", { name: object }), { exact: true })));
    must((await page.getByRole("region").or(page.locator(".cm-content, pre")).count()) === 0, "an object of another project is shown");
  }
  await flow.look("foreign-namespace");
  await page.getByLabel(flow.t("common.place.namespace"), { exact: true }).click();
  await visible(page.locator(".ant-select-dropdown:visible").getByTitle(credentials.namespace, { exact: true }));
  must((await page.locator(".ant-select-dropdown:visible").getByTitle(foreign, { exact: true }).count()) === 0, "another project's namespace can be chosen");
  await page.locator(".ant-select-dropdown:visible").getByTitle(credentials.namespace, { exact: true }).click();
  await page.waitForURL(new RegExp(`/console/business/demo/${credentials.namespace}/configmaps$`));
  await visible(page.getByRole("link", { name: object, exact: true }));
}

/** The controller goes away and comes back: the page says so, stays readable, and heals without a reload. */
export async function lostLink(flow, credentials) {
  const { page } = flow;
  flow.bears5xx = true;
  await flow.signIn(credentials);
  await flow.open("/management/clusters");
  const light = (state) => page.getByRole("status", { name: flow.t(`common.link.${state}`) });
  await visible(light("linked"));
  await visible(page.getByRole("cell", { name: "demo" }));
  await page.evaluate(() => (window.loadedOnce = true));
  flow.tell("linked");
  await visible(light("lost"));
  await visible(page.getByRole("cell", { name: "demo" }));
  await flow.look("link-lost");
  flow.tell("lost");
  await light("linked").first().waitFor({ state: "visible", timeout: 60_000 });
  must((await page.getByText(flow.t("common.link.lostSince", { time: "" }).slice(0, 12)).count()) === 0, "the note of the lost link stays");
  must(await page.evaluate(() => window.loadedOnce), "the page was loaded anew");
}

/** A cluster goes and comes back: its pages say so, stay readable, and heal without a reload; what cannot wait for it is off, and what can is done then, unless it was given up; it may be asked again. */
export async function lostCluster(flow, { namespace, shown, made, dropped, again, workload, ...credentials }) {
  const { page } = flow;
  const { t, press, field, button, listed, dialog, heading } = hands(flow, "business");
  const at = (rest) => `/business/demo/${namespace}/${rest}`;
  const note = page.getByRole("alert").filter({ hasText: t("common.link.stale", { time: "|" }).split("|")[0] });
  const request = (name) => page.getByRole("row").filter({ hasText: `ConfigMap ${name} in ${namespace}` });
  const answer = () => page.getByRole("tooltip").locator(".ant-btn-primary").click();
  const is = (name, state, timeout) => visible(request(name).getByText(t(`common.state.${state}`), { exact: true }), timeout);
  const menu = () => page.getByRole("button", { name: `${t("common.action.more")} · ${workload}` }).click();
  const stop = page.getByRole("menuitem", { name: t("action.stop"), exact: true });
  flow.bears5xx = true;
  await flow.signIn(credentials);
  await flow.open(at("configmaps"));
  await visible(listed(shown));
  must((await note.count()) === 0, "a cluster that is there is called out of reach");
  flow.tell("open");
  await visible(note);
  await visible(listed(shown));
  await flow.look("cluster-lost");
  await press("list.create", page, { kind: t("kind.configmaps") });
  await heading(t("list.create", { kind: t("kind.configmaps") }));
  await field("common.table.name").fill(made);
  await field("form.key").fill("colour");
  await field("form.value").fill("green");
  await button("common.action.create").last().click();
  await visible(dialog.getByText(t("wizard.unasked"), { exact: true }));
  await press("common.action.create", dialog);
  await visible(dialog.getByText(t("outcome.waiting")));
  await dialog.locator(".ant-modal-footer button").click();
  await gone(dialog);
  for (const name of [dropped, again, shown]) {
    const data = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } };
    const asking = await flow.context.request.post(`${flow.base}/api/v1/clusters/demo/namespaces/${namespace}/objects/configmaps`, { data });
    must(asking.status() === 202, `asking for ${name}: ${asking.status()} ${await asking.text()}`);
  }
  await flow.open(at("intents?waiting=true"));
  for (const name of [made, dropped, again, shown]) await is(name, "waiting");
  for (const name of [dropped, again]) {
    await press("intent.cancel", request(name));
    await answer();
    await gone(request(name));
  }
  await is(made, "waiting");
  await flow.look("requests-waiting");
  await flow.open(at("intents"));
  await is(dropped, "cancelled");
  await flow.open(at("deployments"));
  await visible(listed(workload));
  await visible(note);
  await menu();
  await visible(stop.and(page.locator("[aria-disabled=true]")));
  must((await stop.locator("[aria-description]").getAttribute("aria-description")) === t("common.link.clusterLost"), "what cannot wait does not say why");
  await page.keyboard.press("Escape");
  await page.evaluate(() => (window.loadedOnce = true));
  flow.tell("lost");
  await gone(note, 60_000);
  await menu();
  await visible(stop.and(page.locator(":not([aria-disabled=true])")));
  must(await page.evaluate(() => window.loadedOnce), "the page was loaded anew");
  await flow.open(at("intents"));
  await is(made, "done", 60_000);
  await is(shown, "failed", 60_000);
  await press("common.action.retry", request(again));
  await answer();
  await is(again, "done");
  await press("common.action.retry", request(shown));
  await answer();
  await visible(dialog.getByText(new RegExp(`"${shown}" already exists`)));
  await dialog.locator(".ant-btn-primary").click();
  await gone(dialog);
  await flow.open(at("configmaps"));
  for (const name of [made, again]) await visible(listed(name));
  must((await listed(dropped).count()) === 0, "what was given up was done");
}
