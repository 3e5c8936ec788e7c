// SPDX-License-Identifier: Apache-2.0
// What users wrote is text on every page: it is there to be read, and nothing of it runs, loads or leads anywhere.
import { hands, must, until, visible } from "../steps.js";

/** What no page has of its own: were it there, a text had become a part of the page. */
const PARTS =
  "[onerror],[onload],[onfocus],[onclick],[onmouseover],[href^='javascript:' i],[href*='elsewhere.example'],[srcdoc],body base,meta[http-equiv],object,embed";

/** Tells the flow of whatever runs, of what the page's policy stops, and of dialogs and pages that open. */
async function trap(flow) {
  const { page, context } = flow;
  await context.exposeBinding("trapped", (_, what) => flow.complaints.push(`a text runs: ${what}`));
  await context.addInitScript(() => {
    window.hacked = (number) => window.trapped(`hacked(${number}) at ${window.location.pathname}`);
    window.alert = window.confirm = window.prompt = window.hacked;
    document.addEventListener("securitypolicyviolation", (event) => window.trapped(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
  });
  page.on("request", (asked) => {
    if (asked.resourceType() === "image" && !/\/(assets|src)\/|^data:/.test(asked.url())) flow.complaints.push(`a text loads ${asked.url()}`);
  });
  page.on("popup", (popup) => flow.complaints.push(`a page opens: ${popup.url()}`));
}

/** What of the texts cannot be read on the page. */
async function unread(page, texts) {
  const plain = (text) => text.replace(/\s+/g, " ");
  const shown = plain(
    await page.locator("body").evaluate((body) => [body.textContent, ...[...body.querySelectorAll("textarea,input")].map(({ value }) => value)].join(" ")),
  );
  return texts.filter((text) => !shown.includes(plain(text)));
}

/** `pages`: [address, the texts that are read there, what is pressed first, what is nowhere there]. */
export async function hostileTexts(flow, { pages, ...credentials }) {
  const { page } = flow;
  await trap(flow);
  await flow.signIn(credentials);
  for (const [address, texts, unfold, absent] of pages) {
    await flow.open(address);
    if (unfold) {
      await visible(page.locator(unfold));
      for (const one of await page.locator(unfold).all()) await one.click();
    }
    let missing = texts;
    await until(
      () => `${address} shows ${JSON.stringify(missing)}`,
      async () => (missing = await unread(page, texts)).length === 0,
      30,
    );
    must(!absent || (await page.getByText(absent).count()) === 0, `${address} shows ${absent}`);
    const parts = await page.locator(PARTS).evaluateAll((found) => found.map(({ outerHTML }) => outerHTML.slice(0, 200)));
    must(parts.length === 0, `${address}: texts became parts of the page: ${parts.join(" ")}`);
    must(new URL(page.url()).origin === flow.base && page.url().includes(address.split("?")[0]), `${address} led to ${page.url()}`);
  }
}

/** Titles and links that a program sets in a terminal are words. */
export async function hostileTerminal(flow, { namespace, pod, title, ...credentials }) {
  const { page } = flow;
  const { press } = hands(flow, "pods");
  await trap(flow);
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/pods/${pod}/terminal`);
  await press("terminal.open");
  await visible(page.locator("[data-phase=attached]"));
  await page.locator(".xterm").first().click();
  await page.keyboard.insertText(
    'for f in /hostile/t*; do x=$(cat $f); printf \'\\033]0;%s\\007\\033]2;%s\\007\\033]8;;%s\\007a link\\033]8;;\\007 %s\\n\' "$x" "$x" "$x" "$x"; done;' +
      ' printf "\\033]0;$(cat /hostile/t00)\\007"; echo it-is-$((40+2))',
  );
  await page.keyboard.press("Enter");
  await visible(page.locator(".xterm-rows").getByText("it-is-42"));
  await visible(page.getByText(title, { exact: true }));
  await page.locator(".xterm-rows").getByText("a link").last().click({ force: true }); // its screen lies above its rows
  must(page.url().endsWith(`/pods/${pod}/terminal`), `a link of a program led to ${page.url()}`);
  await page.keyboard.type("exit\n");
  await visible(page.getByText(flow.t("pods.terminal.exited", { code: 0 })));
}

/** After signing in one comes to a page of the console, whatever the address asks for. */
export async function hostileNext(flow, { user, password, ways }) {
  const { page } = flow;
  await trap(flow);
  for (const way of ways) {
    await flow.context.clearCookies();
    await flow.open(`/sign-in?next=${encodeURIComponent(way)}`);
    await page.getByLabel(flow.t("common.session.user")).fill(user);
    await page.getByLabel(flow.t("common.session.password"), { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${flow.base}/console/management/**`);
  }
}
