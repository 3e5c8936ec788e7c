// SPDX-License-Identifier: Apache-2.0
// Every page once: a picture, and what axe and the browser have to say of it.

/** Opens the pages of `left` one after another, until nobody has left any: {name: address} as entries. */
async function walk(flow, left) {
  const { page } = flow;
  for (let next = left.shift(); next; next = left.shift()) {
    const [name, address] = next;
    const before = flow.complaints.length;
    await flow.open(address);
    await page.locator("main").first().waitFor();
    await page.waitForFunction(() => !document.querySelector(".ant-spin-spinning, .ant-skeleton-active, [aria-busy=true], .log-rows:empty"));
    await flow.look(name);
    flow.complaints.splice(before, flow.complaints.length, ...flow.complaints.slice(before).map((one) => `${name}: ${one}`));
  }
}

/** `pages`: {name: address}. Two walk through them; each page is looked at once nothing on it is being loaded any more, and a log has lines. */
export async function gallery(flow, { pages, ...credentials }) {
  const other = await flow.beside();
  other.complaints = [];
  const left = Object.entries(pages);
  await Promise.all([flow, other].map((one) => one.signIn(credentials)));
  const walks = await Promise.allSettled([flow, other].map((one) => walk(one, left)));
  flow.complaints.push(...other.complaints);
  for (const { reason } of walks) if (reason) throw reason;
}
