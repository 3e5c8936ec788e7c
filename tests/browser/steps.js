// SPDX-License-Identifier: Apache-2.0
// What all flows say.

/** Asserts with words. */
export function must(truth, why) {
  if (!truth) throw new Error(why);
}

/** Asserts that `is` has all that `wanted` has: fields of objects, items of lists one by one. */
export function has(is, wanted, where) {
  if (typeof wanted !== "object") return must(is === wanted, `${where} is ${JSON.stringify(is)} and not ${JSON.stringify(wanted)}`);
  for (const [key, value] of Object.entries(wanted)) has(is?.[key], value, `${where}.${key}`);
}

/** Waits until the first that fits is seen. */
export const visible = (locator, timeout) => locator.first().waitFor({ state: "visible", timeout });

/** Buttons of two Chinese characters have a space between them; before the word the icon may have its own. */
export function named(word) {
  const text = [...word].map((letter) => letter.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?:^|\\s)${/^[\u4e00-\u9fff]{2}$/.test(word) ? text.join("\\s?") : text.join("")}\\s*$`);
}

export const gone = (locator, timeout) => locator.first().waitFor({ state: "hidden", timeout });

/** The page by its words: buttons, fields and the dialog that is open. Words are of the namespace `own`, unless a namespace stands first. */
export function hands(flow, own) {
  const { page } = flow;
  const t = (key, blanks) => flow.t(/^(common|management|business|pods|yaml)\./.test(key) ? key : `${own}.${key}`, blanks);
  const dialog = page.locator(".ant-modal:visible");
  const button = (key, within = page, blanks = {}) => within.getByRole("button", { name: named(t(key, blanks)) });
  return {
    t,
    dialog,
    button,
    press: (key, within, blanks) => button(key, within, blanks).first().click(),
    /** Presses the dialog's own button, and waits until it is closed. */
    async confirm() {
      await dialog.locator(".ant-modal-footer .ant-btn-primary").click();
      await gone(dialog);
    },
    /** Presses the form's last button, and the dialog's once the cluster said in a dry run that it takes what is asked. */
    async submit(key = "common.action.create") {
      await button(key).last().click();
      await visible(dialog.getByText(t("business.wizard.accepted")));
      await button(key, dialog).click();
      await gone(dialog);
    },
    async tab(key) {
      await page.getByRole("tab", { name: t(key), exact: true }).click();
    },
    heading: (text) => visible(page.getByRole("heading", { name: text, exact: true })),
    async choose(field, text) {
      await field.click();
      await page.locator(".ant-select-dropdown:visible").getByTitle(text, { exact: true }).click();
    },
    /** The field that is seen of those with these words; the list that was there before may have a column of that name. */
    field: (key, within = page) => within.getByLabel(t(key), { exact: true }).and(page.locator(":not(th)")).filter({ visible: true }),
    /** The row of a list that leads to the object of this name. */
    listed: (name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) }),
    /** What may be done to a row of a list: opens its menu and chooses there. */
    async act(name, key) {
      await page.getByRole("button", { name: `${flow.t("common.action.more")} · ${name}` }).click();
      await page.getByRole("menuitem", { name: t(key), exact: true }).click();
    },
  };
}

/** An answer of the API, as the page's user gets it. */
export async function asked(flow, path) {
  const answer = await flow.context.request.get(`${flow.base}/api/v1${path}`);
  must(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/** Waits until something is so that no locator tells. */
export async function until(what, condition, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; !(await condition());) {
    must(Date.now() < end, `not within ${seconds} s: ${typeof what === "function" ? what() : what}`);
    await new Promise((again) => setTimeout(again, 200));
  }
}

/** Deletes a cluster on its page and waits for the operation's end. */
export async function deleteCluster(flow, name) {
  const { page } = flow;
  const { press, dialog, confirm } = hands(flow, "management");
  await flow.open(`/management/clusters/${name}/delete`);
  await press("deleteCluster.do");
  await dialog.getByRole("textbox").fill(name);
  await confirm();
  await page.waitForURL(/\/operations\//);
  await page.locator("[data-operation][data-state=done]").waitFor({ timeout: 120_000 });
}
