// SPDX-License-Identifier: Apache-2.0
// Every page once: a picture, and what axe and the browser have to say of it.

/** Opens the pages of `left` one after another, until nobody has left any: {name: address} as entries. What is wrong with them, as texts. */
async function walk(flow, left) {
  const { page } = flow;
  const wrong = [];
  for (let next = left.shift(); next; next = left.shift()) {
    const [name, address] = next;
    flow.complaints = [];
    try {
      await flow.open(address);
      await page.locator("main").first().waitFor();
      await page.waitForFunction(() => !document.querySelector(".ant-spin-spinning, .ant-skeleton-active, [aria-busy=true], .log-rows:empty"));
      await flow.look(name);
    } catch (error) {
      flow.complaints.push(`${error.message}\nat ${page.url()}, see ${await flow.keepFailed(name)}`);
    }
    wrong.push(...flow.complaints.map((one) => `${name}: ${one}`));
  }
  flow.complaints = [];
  return wrong;
}

/** `pages`: {name: address}. Two walk through them; each page is looked at once nothing on it is being loaded any more, and a log has lines. */
export async function gallery(flow, { pages, ...credentials }) {
  const two = [flow, await flow.beside()];
  const left = Object.entries(pages);
  await Promise.all(two.map((one) => one.signIn(credentials)));
  const walks = await Promise.all(two.map((one) => walk(one, left)));
  flow.complaints.push(...walks.flat());
}
