// SPDX-License-Identifier: Apache-2.0
// node driver.js MODULES BASE SHOTS [--pictures]   drives the console in Chromium. Each line of its input is a request {"flow", "language", "look", "args"};
// each line of its output an answer {"ok", "result"} or {"ok": false, "why", "shot"}, before it perhaps {"told"}. A flow is a function of flows/*.js; it fails, too,
// when the browser complains (scripts, policy, answers of 5xx) or axe finds a serious fault on a page that it looks at.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [modules, base, shots, pictures] = process.argv.slice(2);
const require = createRequire(`${modules}/package.json`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const words = Object.fromEntries(["zh-CN", "en"].map((language) => [language, wordsOf(language)]));
const PATIENCE_MS = 30_000;

/** The console's own words: "common.session.signIn" -> text. */
function wordsOf(language) {
  const folder = new URL(`../../controller/console/src/i18n/${language}/`, import.meta.url);
  const trees = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(trees.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(new URL(name, folder), "utf8"))]));
}

/** What a flow works with: a page of its own, the words of its language, and what it may look at. */
class Flow {
  constructor(name, context, page, language, colours) {
    Object.assign(this, { name, context, page, language, colours, base, complaints: [], others: [] });
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.complaints.push(`script: ${error.message}`));
    page.on("console", (message) => message.type() === "error" && !this.expected(message.text()) && this.complaints.push(message.text()));
    page.on(
      "request",
      (asked) => !this.bears4xx && /^https?:/.test(asked.url()) && !asked.url().startsWith(base) && this.complaints.push(`it asks ${asked.url()}`),
    );
    page.on("response", (answer) => answer.status() >= 500 && !this.bears5xx && this.complaints.push(`${answer.status()} ${answer.url()}`));
  }

  /** Answers of 4xx are the flow's to judge; the browser tells them as errors. */
  expected(text) {
    if (this.bears4xx && /CORS policy|WebSocket connection|frame-ancestors|refused to connect/i.test(text)) return true;
    return /Failed to load resource/.test(text) || (this.bears5xx && /WebSocket|ERR_CONNECTION|net::/.test(text));
  }

  /** The words of a key, as the page has them: t("common.session.signIn"), with blanks filled in, of `count` the right form. */
  t(key, blanks = {}) {
    const form = new Intl.PluralRules(this.language).select(blanks.count ?? 0);
    const find = (name) => name.split(".").reduce((tree, part) => tree?.[part], words[this.language]);
    const text = find(key) ?? find(`${key}_${form}`);
    if (typeof text !== "string") throw new Error(`no words for ${key} in ${this.language}`);
    return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => String(blanks[name]));
  }

  /** Says to who asked for the flow that something is so now. */
  tell(what) {
    process.stdout.write(`${JSON.stringify({ told: what })}\n`);
  }

  /** Somebody else, at a browser of their own: what that one's pages complain of is this flow's. */
  async beside() {
    const other = await personAt(this.context.browser(), this.name, this.language, this.colours);
    other.complaints = this.complaints;
    this.others.push(other);
    return other;
  }

  open(path) {
    return this.page.goto(`${base}/console${path}`);
  }

  async signIn({ user, password }) {
    const answer = await this.context.request.post(`${base}/api/v1/login`, { data: { user, password } });
    if (!answer.ok()) throw new Error(`signing in as ${user}: ${answer.status()} ${await answer.text()}`);
  }

  /** Keeps a picture of what went wrong; its file. */
  async keepFailed(name) {
    const file = `${shots}/failed-${name}.${this.language}.png`;
    await this.page.screenshot({ path: file }).catch(() => {});
    return file;
  }

  /** Asks axe about the page as it is, and keeps a picture of it when pictures are wanted. */
  async look(name) {
    const file = `${name}.${this.language}${this.colours === "light" ? "" : `.${this.colours}`}.png`;
    if (pictures) await this.page.screenshot({ path: `${shots}/${file}`, fullPage: true });
    const found = await this.page.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
    for (const fault of found.violations) {
      if (fault.impact !== "serious" && fault.impact !== "critical") continue;
      const where = fault.nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`);
      this.complaints.push(`axe on ${name}: ${fault.id} (${fault.impact}): ${where.join(" | ")}`);
    }
  }
}

/** A browser without cookies, in a language and a look, on its first page. */
async function personAt(browser, name, language, look) {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1440, height: 900 },
    locale: language,
    colorScheme: look, // the console follows the system's until somebody chooses
    acceptDownloads: true,
    reducedMotion: "reduce",
  });
  return new Flow(name, context, await context.newPage(), language, look);
}

async function run(browser, flows, { flow, language = "zh-CN", look = "light", args = {} }) {
  const here = await personAt(browser, flow, language, look);
  const { page } = here;
  try {
    if (!flows[flow]) throw new Error(`there is no flow ${flow}`);
    const result = await flows[flow](here, args);
    if (here.complaints.length > 0) throw new Error([...new Set(here.complaints)].join("\n"));
    return { ok: true, result: result ?? null };
  } catch (error) {
    const shot = await here.keepFailed(flow);
    return { ok: false, why: `${error.message}\n${[...new Set(here.complaints)].join("\n")}`.trim(), shot, at: page.url() };
  } finally {
    for (const one of [here, ...here.others]) await one.context.close();
  }
}

mkdirSync(shots, { recursive: true });
const flows = {};
for (const name of readdirSync(new URL("flows/", import.meta.url))) Object.assign(flows, await import(new URL(`flows/${name}`, import.meta.url)));
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) process.stdout.write(`${JSON.stringify(await run(browser, flows, JSON.parse(line)))}\n`);
}
await browser.close();
