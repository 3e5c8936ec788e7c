// SPDX-License-Identifier: Apache-2.0
// How fast the console is, for tests/bench/console.py: times are the page's own, from what a person does to what is drawn.
import { visible } from "../steps.js";

const ROW = "tbody tr.ant-table-row";
const NAME = `${ROW} a`;
const HEAP_LOOKS = 8;
const HEAP_EVERY_SECONDS = 30;
const SNAPSHOTS = 4;

/** Milliseconds from the last key or click to the frame after the one in which the first row is another. */
async function untilAnotherRow(page, act) {
  await page.evaluate((name) => {
    const first = () => document.querySelector(name)?.innerText;
    const before = first();
    let began;
    for (const kind of ["click", "input", "keydown"]) window.addEventListener(kind, () => (began = performance.now()), { capture: true, once: true });
    window.another = new Promise((resolve) => {
      const look = () => {
        const now = first();
        requestAnimationFrame(now !== undefined && now !== before ? () => resolve(performance.now() - began) : look);
      };
      look();
    });
  }, NAME);
  await act();
  return page.evaluate(() => window.another);
}

/** Pages, sorts and filters the list of pods, once for each of `names`, `first` being the first: the times of each in ms, and of the bare request beside them. */
export async function listSpeed(flow, { namespace, first, names, total, ...credentials }) {
  const { page } = flow;
  const taken = { page: [], sort: [], filter: [], typed: [], request: [] };
  const button = (action) => page.getByRole("button", { name: flow.t(`common.action.${action}`), exact: true });
  const search = page.getByRole("searchbox", { name: flow.t("common.table.search") });
  const header = page.getByRole("columnheader", { name: flow.t("common.table.name") });
  const sorted = (how) => page.locator(how ? `th[aria-sort=${how}]` : "table:not(:has(th[aria-sort]))").waitFor();
  const whole = async () => {
    await visible(page.getByText(flow.t("common.table.total", { count: total }), { exact: true }));
    await page.locator(ROW).first().getByRole("link", { name: first, exact: true }).waitFor();
  };
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/pods`);
  await whole();
  for (const name of names) {
    taken.page.push(await untilAnotherRow(page, () => button("next").click()));
    await button("previous").click();
    await whole();
    await header.click();
    await sorted("ascending");
    taken.sort.push(await untilAnotherRow(page, () => header.click()));
    await sorted("descending");
    await header.click();
    await sorted(undefined);
    await whole();
    taken.typed.push(await untilAnotherRow(page, () => search.fill(name)));
    await search.fill("");
    await search.press("Enter");
    await whole();
    const asked = async () => {
      await search.fill(name);
      await search.press("Enter");
    };
    taken.filter.push(await untilAnotherRow(page, asked));
    await search.fill("");
    await search.press("Enter");
    await whole();
    taken.request.push(
      await page.evaluate(async (path) => {
        const began = performance.now();
        await (await fetch(path)).json();
        return performance.now() - began;
      }, `/api/v1/clusters/demo/pods?namespace=${namespace}&sort=name&order=desc&limit=20`),
    );
  }
  return taken;
}

/** Bytes of the page's heap after collections, from `warm` seconds on for `seconds` more, while the list follows what changes; `kept`: without code. */
export async function listHeap(flow, { namespace, total, warm, seconds, ...credentials }) {
  const { page } = flow;
  const browser = await flow.context.newCDPSession(page);
  // The least of some looks: at any one of them a quarter may be an answer that is being read.
  const least = async (look, times) => {
    const looks = [];
    for (let i = 0; i < times; i++) {
      looks.push(await look());
      await page.waitForTimeout(1000);
    }
    return Math.min(...looks);
  };
  const used = async () => {
    await browser.send("HeapProfiler.collectGarbage");
    return (await browser.send("Runtime.getHeapUsage")).usedSize;
  };
  // A snapshot's nodes, all in one array (V8's HeapSnapshot format, `snapshot.meta` names the fields): bytes of all but code. V8 turns what
  // runs often into machine code, which is on the heap and says nothing about what the page keeps.
  const withoutCode = async () => {
    const pieces = [];
    const take = ({ chunk }) => pieces.push(chunk);
    browser.on("HeapProfiler.addHeapSnapshotChunk", take);
    await browser.send("HeapProfiler.takeHeapSnapshot");
    browser.off("HeapProfiler.addHeapSnapshotChunk", take);
    const { snapshot, nodes } = JSON.parse(pieces.join(""));
    const { node_fields: fields, node_types: types } = snapshot.meta;
    const [type, size, code] = [fields.indexOf("type"), fields.indexOf("self_size"), types[0].indexOf("code")];
    let bytes = 0;
    for (let at = 0; at < nodes.length; at += fields.length) if (nodes[at + type] !== code) bytes += nodes[at + size];
    return bytes;
  };
  let reads = 0;
  page.on("response", (answer) => (reads += answer.url().includes("/clusters/demo/pods?") ? 1 : 0));
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/pods`);
  await visible(page.getByText(flow.t("common.table.total", { count: total }), { exact: true }));
  await page.waitForTimeout(warm * 1000);
  const keptBefore = await least(withoutCode, SNAPSHOTS);
  const [began, readBefore, looks] = [Date.now(), reads, []];
  // Between the first and the last the others tell whether it grows or goes to and fro.
  for (let at = 0; at <= seconds; at += HEAP_EVERY_SECONDS) {
    await page.waitForTimeout(Math.max(0, began + at * 1000 - Date.now()));
    looks.push(await least(used, HEAP_LOOKS));
  }
  return { looks, reads: reads - readBefore, kept: [keptBefore, await least(withoutCode, SNAPSHOTS)] };
}

/** A log that is written fast: how much of the time the page's thread was busy, and how many lines it has in the end. */
export async function logSpeed(flow, { namespace, pod, first, last, ...credentials }) {
  const { page } = flow;
  const browser = await flow.context.newCDPSession(page);
  await browser.send("Performance.enable");
  const told = async () => {
    const { metrics } = await browser.send("Performance.getMetrics");
    const of = (name) => metrics.find((one) => one.name === name).value;
    return { busy: of("TaskDuration"), at: of("Timestamp") };
  };
  await flow.signIn(credentials);
  await flow.open(`/business/demo/${namespace}/pods/${pod}/logs?tail=100000`);
  const log = page.getByLabel(flow.t("pods.log.of", { name: `${pod}/main` }));
  await visible(log.getByText(first, { exact: true }));
  const before = await told();
  flow.tell("open");
  await visible(log.getByText(last, { exact: true }), 120_000);
  const after = await told();
  const lines = Number(await page.locator("[data-rows]").getAttribute("data-rows"));
  return { busy: after.busy - before.busy, seconds: after.at - before.at, lines };
}
