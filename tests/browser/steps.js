// SPDX-License-Identifier: Apache-2.0
// What all flows say.

/** Asserts with words. */
export function must(truth, why) {
  if (!truth) throw new Error(why);
}

/** Waits until the first that fits is seen. */
export const visible = (locator, timeout) => locator.first().waitFor({ state: "visible", timeout });

/** Buttons of two Chinese characters have a space between them; before the word the icon may have its own. */
export function named(word) {
  const text = [...word].map((letter) => letter.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?:^|\\s)${/^[\u4e00-\u9fff]{2}$/.test(word) ? text.join("\\s?") : text.join("")}\\s*$`);
}
