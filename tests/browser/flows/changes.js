// SPDX-License-Identifier: Apache-2.0
// What becomes of a workload later: edited, rolled back, released to a few, and Jobs that run by the clock or at once.
import { isDeepStrictEqual } from "node:util";
import { asked, gone, hands, must, until, visible } from "../steps.js";

const IMAGE = "busybox:1.35";

/** The page of one workload: its actions, and what the cluster has of it. */
function workload(flow, namespace, plural, name) {
  const { page } = flow;
  const h = hands(flow, "business");
  const { t, dialog, button } = h;
  return {
    ...h,
    at: (tab = "") => `/business/demo/${namespace}/${plural}/${name}${tab}`,
    object: () => asked(flow, `/clusters/demo/namespaces/${namespace}/objects/${plural}/${name}`),
    /** By the page's menu; the dialog says what became of it. */
    async action(key, outcome = t("outcome.done")) {
      await page.getByRole("button", { name: `${t("common.table.actions")} · ${name}` }).click();
      await page.getByRole("menuitem", { name: t(`action.${key}`), exact: true }).click();
      await button(`action.${key}`, dialog).click();
      await visible(dialog.getByText(outcome));
      await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
      await gone(dialog);
    },
    /** The wizard's other steps, for a container that ends at once; what is asked for is sent. */
    async endsAtOnce() {
      await h.press("wizard.next", page, { step: t("wizard.step.containers") });
      const container = page.getByRole("tabpanel");
      await h.field("wizard.image", container).fill(IMAGE);
      await container.getByRole("button", { name: t("wizard.commands"), exact: true }).click();
      await h.press("wizard.addCommand", container);
      await h.field("wizard.command", container).fill("true");
      await h.press("wizard.next", page, { step: t("wizard.step.advanced") });
      await h.submit();
    },
  };
}

/** A field is changed by the form, which keeps what it does not know; a rollback says what it changes, and does that. */
export async function editAndRollBack(flow, { namespace, name, ...credentials }) {
  const { page } = flow;
  const { t, at, object, press, button, field, submit, heading, dialog, tab } = workload(flow, namespace, "deployments", name);
  const template = async () => (await object()).spec.template.spec;
  await flow.signIn(credentials);
  await flow.open(at());
  const before = await template();
  must(before.dnsConfig, "there is nothing that the form does not know");
  await press("common.action.edit");
  const container = page.getByRole("tabpanel");
  await container.getByRole("button", { name: t("wizard.variables"), exact: true }).click();
  await press("wizard.addVariable", container);
  await field("wizard.variable", container).fill("TURN");
  await field("form.value", container).fill("two");
  await submit("common.action.save");
  await page.waitForURL(new RegExp(`/deployments/${name}$`));
  await heading(name);
  const now = await template();
  must(now.containers[0].env?.[0].value === "two", "the variable is not there");
  must(
    isDeepStrictEqual(now, { ...before, containers: [{ ...before.containers[0], env: now.containers[0].env }] }),
    `more was changed: ${JSON.stringify(now)}`,
  );
  await tab("tab.revisions");
  await visible(
    page
      .getByRole("row")
      .filter({ hasText: t("revision.present") })
      .filter({ hasText: "2" }),
  );
  const first = page.getByRole("row").filter({ has: page.getByText(t("revision.count", { count: 1 }), { exact: true }) });
  await first.locator(".ant-table-row-expand-icon").click();
  await visible(page.getByText(t("revision.explained")));
  await flow.look("revisions");
  await press("action.rollback", first);
  await button("action.rollback", dialog).click();
  await visible(dialog.getByText(t("outcome.done")));
  await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
  await until("it is as it was", async () => isDeepStrictEqual(await template(), before));
}

/** The menu of its row leads to the containers alone; another image and a variable are saved there, nothing else is, and new pods have them. */
export async function containersAlone(flow, { namespace, name, images, ...credentials }) {
  const { page } = flow;
  const { t, object, press, field, submit, heading, act, listed } = workload(flow, namespace, "deployments", name);
  const pods = async () => (await asked(flow, `/clusters/demo/pods?namespace=${namespace}&labels=${encodeURIComponent(`app=${name}`)}`)).items;
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/deployments`);
  const { spec: before } = await object();
  const [present] = before.template.spec.containers;
  const image = images.find((one) => one !== present.image);
  await act(name, "edit.containers");
  await page.waitForURL((url) => url.pathname.endsWith(`/deployments/${name}/edit`) && url.search === "?part=containers");
  await heading(`${t("wizard.step.containers")} · Deployment ${name}`);
  for (const other of [page.locator(".ant-steps"), field("workload.replicas"), field("workload.strategy"), page.getByText(t("tab.services"), { exact: true })])
    must((await other.filter({ visible: true }).count()) === 0, `it has more than containers: ${other}`);
  const container = page.getByRole("tabpanel");
  await field("wizard.image", container).fill(image);
  await container.getByRole("button", { name: t("wizard.variables"), exact: true }).click();
  await press("wizard.addVariable", container);
  await field("wizard.variable", container).last().fill("SIDE");
  await field("form.value", container).last().fill("containers");
  await flow.look("edit-containers");
  await submit("common.action.save");
  await page.waitForURL(new RegExp(`/deployments/${name}$`));
  await heading(name);
  const { spec: now } = await object();
  const env = [...(present.env ?? []), { name: "SIDE", value: "containers" }];
  const wanted = { ...before, template: { ...before.template, spec: { ...before.template.spec, containers: [{ ...present, image, env }] } } };
  must(isDeepStrictEqual(now, wanted), `it is another: ${JSON.stringify(now)}`);
  const isNew = async ({ name: pod, ready, deletedAt }) => {
    if (!ready || deletedAt) return false;
    const answer = await flow.context.request.get(`${flow.base}/api/v1/clusters/demo/namespaces/${namespace}/objects/pods/${pod}`);
    return answer.ok() && (await answer.json()).spec.containers[0].image === image;
  };
  let seen = [];
  await until(
    () => `its ${now.replicas} pods are new ones alone: ${JSON.stringify(seen)}`,
    async () => {
      seen = await Promise.all((await pods()).map(async (pod) => ({ name: pod.name, status: pod.status, isNew: await isNew(pod) })));
      return seen.length === now.replicas && seen.every((one) => one.isNew);
    },
  );
  await flow.open(`/business/demo/${namespace}/deployments`);
  await visible(listed(name).getByText(image, { exact: true }));
  await visible(listed(name).getByText(`${now.replicas} / ${now.replicas}`, { exact: true }));
}

/** A few pods of a new version stand beside the present ones behind the same Service, until all have it. */
export async function canary(flow, { namespace, name, service, image, ...credentials }) {
  const { page } = flow;
  const { t, at, object, press, button, field, dialog } = workload(flow, namespace, "deployments", name);
  await flow.signIn(credentials);
  await flow.open(at("/canary"));
  const begin = async () => {
    await press("canary.start");
    await field("canary.replicas", dialog).fill("1");
    await dialog.getByLabel(t("canary.image", { name: "main" }), { exact: true }).fill(image);
    await button("canary.start", dialog).click();
    await gone(dialog);
    await visible(page.getByText(t("canary.behind", { services: service }), { exact: true }));
    await visible(page.getByText(image, { exact: true }));
    must((await object()).spec.template.spec.containers[0].image !== image, "the present version was changed");
  };
  const before = (await object()).spec.template;
  await begin();
  const other = (await asked(flow, `/clusters/demo/namespaces/${namespace}/canaries/${name}`)).canary.name;
  const status = async () =>
    (await flow.context.request.get(`${flow.base}/api/v1/clusters/demo/namespaces/${namespace}/objects/deployments/${other}`)).status();
  must((await status()) === 200, `there is no ${other}`);
  await press("canary.withdraw");
  await page.getByRole("tooltip").locator(".ant-btn-primary").click();
  await visible(button("canary.start"), 60_000);
  await until("the withdrawn version is gone", async () => (await status()) === 404);
  must(isDeepStrictEqual((await object()).spec.template, before), "the present version was changed");
  await begin();
  await flow.look("canary");
  await press("canary.promote");
  await page.getByRole("tooltip").locator(".ant-btn-primary").click();
  await until("all have the new version", async () => (await object()).spec.template.spec.containers[0].image === image);
  await visible(button("canary.start"), 90_000);
}

/** A CronJob by the wizard: a schedule that is none is refused, it runs at once, is suspended, resumed and deleted; its Job is looked at. */
export async function cronJob(flow, { namespace, ...credentials }) {
  const { page } = flow;
  const { t, press, field, choose, heading, endsAtOnce, action, object, tab, at } = workload(flow, namespace, "cronjobs", "nightly");
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/cronjobs`);
  await press("list.create", page, { kind: t("kind.cronjobs") });
  await field("wizard.name").fill("nightly");
  await field("cron.schedule").fill("every night");
  await visible(page.getByText(t("cron.invalid")));
  await field("cron.schedule").fill("0 3 * * *");
  await choose(field("cron.concurrency"), t("cron.Replace"));
  for (const [key, figure] of [
    ["wizard.completions", "2"],
    ["wizard.parallelism", "2"],
    ["wizard.backoffLimit", "3"],
    ["wizard.deadlineSeconds", "120"],
  ]) {
    await field(key).fill(figure);
  }
  await page.getByRole("radio", { name: t("wizard.restartOnFailure") }).check();
  await flow.look("cron-job-form");
  await endsAtOnce();
  await heading("nightly");
  const { schedule, concurrencyPolicy, jobTemplate } = (await object()).spec;
  const { completions, parallelism, backoffLimit, activeDeadlineSeconds } = jobTemplate.spec;
  const made = [schedule, concurrencyPolicy, completions, parallelism, backoffLimit, activeDeadlineSeconds, jobTemplate.spec.template.spec.restartPolicy];
  must(made.join() === "0 3 * * *,Replace,2,2,3,120,OnFailure", `it is another: ${made}`);
  await action("run", /nightly-/);
  await tab("common.menu.jobs");
  const job = page.getByRole("row").filter({ has: page.getByRole("link", { name: /^nightly-/ }) });
  await visible(job.getByText("2 / 2", { exact: true }), 90_000);
  await visible(job.getByText(t("common.state.complete"), { exact: true }));
  await action("suspend");
  await visible(page.getByText(t("common.state.suspended"), { exact: true }));
  await action("resume");
  await gone(page.getByText(t("common.state.suspended"), { exact: true }));
  await job.getByRole("link").first().click();
  await visible(page.getByRole("link", { name: "nightly", exact: true }).last());
  await tab("common.menu.pods");
  await visible(
    page
      .getByRole("row")
      .filter({ hasText: /^nightly-/ })
      .getByText(/Completed|Succeeded/),
  );
  await flow.open(at());
  await action("delete");
  await page.waitForURL(/\/cronjobs$/);
  await gone(page.getByRole("link", { name: "nightly", exact: true }));
  await once(flow, namespace);
}

/** A Job from its list: it runs to its end, its YAML is only read, and it goes with its pods. */
async function once(flow, namespace) {
  const { page } = flow;
  const { t, press, field, heading, endsAtOnce, action, tab } = workload(flow, namespace, "jobs", "once");
  const pods = async () => (await asked(flow, `/clusters/demo/pods?namespace=${namespace}&labels=job-name%3Donce`)).items;
  await flow.open(`/business/demo/${namespace}/jobs`);
  await press("list.create", page, { kind: t("kind.jobs") });
  await field("wizard.name").fill("once");
  await field("wizard.completions").fill("1");
  await page.getByRole("radio", { name: t("wizard.restartNever") }).check();
  must((await field("cron.schedule").count()) === 0, "a Job has a schedule");
  await endsAtOnce();
  await heading("once");
  await visible(page.getByText(t("common.state.complete"), { exact: true }), 90_000);
  await until("its pod is listed", async () => (await pods()).length === 1);
  await page.getByRole("tab", { name: "YAML", exact: true }).click();
  await visible(page.getByLabel(t("yaml.editorOf", { name: "jobs/once" }), { exact: true }).getByText("kind: Job"));
  must((await page.getByRole("button", { name: t("yaml.edit"), exact: true }).count()) === 0, "the YAML of a Job can be edited");
  await tab("tab.overview");
  await action("delete");
  await page.waitForURL(/\/jobs$/);
  await gone(page.getByRole("link", { name: "once", exact: true }));
  await until("its pod is gone with it", async () => (await pods()).length === 0);
}
