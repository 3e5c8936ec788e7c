// SPDX-License-Identifier: Apache-2.0
// Every page once: a picture, and what axe and the browser have to say of it.

/** `pages`: {name: address}. Each is looked at once nothing on it is being loaded any more, and a log has lines; one that fails keeps no other from it. */
export async function gallery(flow, { pages, ...credentials }) {
  const { page } = flow;
  await flow.signIn(credentials);
  for (const [name, address] of Object.entries(pages)) {
    const before = flow.complaints.length;
    try {
      await flow.open(address);
      await page.locator("main").first().waitFor();
      await page.waitForFunction(() => !document.querySelector(".ant-spin-spinning, .ant-skeleton-active, [aria-busy=true], .log-rows:empty"));
      await flow.look(name);
    } catch (error) {
      flow.complaints.push(`${error.message}\nat ${page.url()}, see ${await flow.keepFailed(name)}`);
    }
    flow.complaints.splice(before, flow.complaints.length, ...flow.complaints.slice(before).map((one) => `${name}: ${one}`));
  }
}
