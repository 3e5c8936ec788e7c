// SPDX-License-Identifier: Apache-2.0
// What a page elsewhere, or a user's text, may not do.
import { must } from "../steps.js";

/** A page of another origin, open in the same browser as the console, neither reads nor changes anything with its user's cookie. */
export async function foreignPage(flow, credentials) {
  const { page, base } = flow;
  flow.bears4xx = true;
  await flow.signIn(credentials);
  await page.route("https://elsewhere.example/**", (route) => route.fulfill({ contentType: "text/html", body: "<p>a page of somebody else</p>" }));
  await page.goto("https://elsewhere.example/");
  const seen = await page.evaluate(async (at) => {
    const tried = async (method, body) => {
      try {
        return (await fetch(`${at}/api/v1/key-pairs`, { method, body, credentials: "include", mode: body ? "no-cors" : "cors" })).type;
      } catch {
        return "refused";
      }
    };
    const socket = new Promise((done) => {
      const one = new WebSocket(`${at.replace("https", "wss")}/api/v1/events`, "slipway.events.v1");
      one.onopen = () => done("open");
      one.onerror = () => done("refused");
    });
    return { read: await tried("GET"), write: await tried("POST", JSON.stringify({ name: "planted" })), socket: await socket };
  }, base);
  must(seen.read === "refused" && seen.socket === "refused", `a foreign page reads: ${JSON.stringify(seen)}`);
  await page.setContent(`<form method="post" action="${base}/api/v1/key-pairs" enctype="text/plain"><input name='{"name":"planted","x":"' value='"}'></form>`);
  await Promise.all([page.waitForURL(`${base}/**`), page.evaluate(() => document.forms[0].submit())]);
  const frame = await page.goto("https://elsewhere.example/").then(() =>
    page.evaluate(
      (at) =>
        new Promise((done) => {
          const one = document.createElement("iframe");
          one.src = `${at}/console/`;
          one.onload = () => done(one.contentDocument === null ? "closed" : "open");
          document.body.append(one);
        }),
      base,
    ),
  );
  must(frame === "closed", "the console shows itself within a foreign page");
  const pairs = await (await flow.context.request.get(`${base}/api/v1/key-pairs`)).json();
  must(
    pairs.items.every(({ name }) => name !== "planted"),
    "a foreign page made a key pair",
  );
}

/** How much a browser loads that has nothing yet: to sign in, and the first list. */
export async function firstLoad(flow, credentials) {
  const { page } = flow;
  const client = await flow.context.newCDPSession(page);
  await client.send("Network.enable");
  let bytes = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await flow.open("/sign-in");
  await page.getByLabel(flow.t("common.session.user")).waitFor();
  const signIn = bytes;
  await flow.signIn(credentials);
  await flow.open("/management/clusters");
  await page.getByRole("cell", { name: "demo" }).waitFor();
  return { signIn, list: bytes };
}
