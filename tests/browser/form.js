// SPDX-License-Identifier: Apache-2.0
// The workload wizard as a form: what flows fill in, unfold and add.
import { gone, hands, visible } from "./steps.js";

/** The parts of the wizard's form. */
export function form(flow) {
  const { page } = flow;
  const h = hands(flow, "business");
  const { t, field, press } = h;
  const container = page.getByRole("tabpanel"); // of the container that is open
  const items = (key) => page.locator(".ant-form-item").filter({ has: page.getByText(t(key), { exact: true }) });
  return {
    ...h,
    container,
    fill: (key, text, within) => field(key, within).last().fill(String(text)),
    /** A field of which there are several: the last one is that of the row that was added last. */
    last: (key, within) => field(key, within).last(),
    unfold: (key) => container.getByRole("button", { name: t(key), exact: true }).click(),
    radio: (key, within) => within.getByRole("radio", { name: t(key), exact: true }).check(),
    /** Adds a field to a list of texts, below the words of that list, and fills it in. */
    async line(list, add, text) {
      const below = items(list).filter({ visible: true }).last();
      await below.getByRole("button", { name: t(add) }).click();
      await below.getByLabel(t(list), { exact: true }).last().fill(text);
    },
    async row(add, within, ...fields) {
      await press(add, within);
      for (const [key, text] of fields) await field(key, within).last().fill(String(text));
    },
    next: (step) => press("business.wizard.next", page, { step: t(step) }),
    items,
    /** Adds words to a field that holds several. */
    async tag(key, within, text) {
      await field(key, within).last().fill(text);
      await page.keyboard.press("Enter");
    },
    /** The last button: the dry run of `objects`, and what is made once the cluster takes it. */
    async make(objects) {
      await h.button("common.action.create").last().click();
      await visible(h.dialog.getByText(t("wizard.accepted")));
      await visible(h.dialog.getByText(objects.join(", "), { exact: true }));
      await flow.look("wizard-accepted");
      await press("common.action.create", h.dialog);
      await gone(h.dialog);
    },
  };
}
