// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import i18n from "../../i18n";
import { draw, drawsPages } from "../../ui/harness";
import { createObject, type KubernetesObject, replaceObject } from "../object";
import { type Ended, SubmitDialog } from "./SubmitDialog";

vi.mock("../object", async (all) => ({ ...(await all<object>()), createObject: vi.fn(), replaceObject: vi.fn() }));
vi.mock("./QuotaImpact", () => ({ QuotaImpact: () => null }));

const object: KubernetesObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "later", namespace: "n" } };
const create = () => screen.getByRole<HTMLButtonElement>("button", { name: i18n.t("action.create") });

/** A dialog whose dry run is refused so. */
function asked(status: number): Ended[] {
  vi.mocked(createObject).mockImplementation((_cluster, _namespace, _resource, _object, dryRun) =>
    dryRun ? Promise.reject({ status, detail: "why not", title: "", type: "" }) : Promise.resolve({ object: undefined, waiting: true }),
  );
  const ends: Ended[] = [];
  draw(<SubmitDialog cluster="demo" wanted={[{ object }]} close={(ended) => ends.push(ended)} />);
  return ends;
}

drawsPages();
beforeEach(() => {
  vi.mocked(createObject).mockReset();
  vi.mocked(replaceObject).mockReset();
});

describe("the dialog before the last button", () => {
  it("sends what nobody could be asked, and says that it waits", async () => {
    const ends = asked(503);
    await screen.findByText(i18n.t("business:wizard.unasked"));
    fireEvent.click(create());
    await screen.findByText(i18n.t("business:outcome.waiting"), { exact: false });
    fireEvent.click(screen.getAllByRole("button", { name: i18n.t("action.close") }).at(-1) as HTMLElement);
    await waitFor(() => expect(ends).toHaveLength(1));
    expect(ends[0].done).toBe(true);
  });

  it("does not send what is refused", async () => {
    asked(422);
    await screen.findByText("why not", { exact: false });
    expect(create().disabled).toBe(true);
    expect(screen.queryByText(i18n.t("business:wizard.unasked"))).toBeNull();
  });

  it("makes nothing twice, though the page below is drawn anew, and does not close while it writes", async () => {
    const other: KubernetesObject = { ...object, metadata: { name: "other", namespace: "n" } };
    const broken = { status: 502, detail: "the link broke", title: "", type: "" };
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    let tries = 0;
    vi.mocked(createObject).mockImplementation(async (_cluster, _namespace, _resource, one, dryRun) => {
      if (!dryRun && (one as KubernetesObject).metadata.name === "other" && ++tries === 1) {
        await held;
        return Promise.reject(broken);
      }
      return { object: one as KubernetesObject, waiting: false };
    });
    const ends: Ended[] = [];
    let again = () => {};
    function Page() {
      const [, draws] = useState(0);
      again = () => draws((times) => times + 1);
      return <SubmitDialog cluster="demo" wanted={[{ object: { ...object } }, { object: { ...other } }]} close={(ended) => ends.push(ended)} />;
    }
    draw(<Page />);
    await waitFor(() => expect(create().disabled).toBe(false));
    fireEvent.click(create());
    const back = await screen.findByRole<HTMLButtonElement>("button", { name: i18n.t("action.back") });
    await waitFor(() => expect(back.disabled).toBe(true));
    fireEvent.keyDown(back, { key: "Escape", keyCode: 27 });
    expect(ends).toHaveLength(0);
    release();
    await screen.findByText("the link broke", { exact: false });
    act(again);
    fireEvent.click(screen.getByRole("button", { name: new RegExp(i18n.t("action.retry")) }));
    await waitFor(() => expect(ends).toHaveLength(1));
    expect(ends[0].done).toBe(true);
    const made = vi
      .mocked(createObject)
      .mock.calls.filter(([, , , , dryRun]) => !dryRun)
      .map(([, , , one]) => (one as KubernetesObject).metadata.name);
    expect(made).toEqual(["later", "other", "other"]);
  });

  it("does not write over a Secret that others changed: its values are not told, so nobody knows what they changed", async () => {
    const secret: KubernetesObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: "n", resourceVersion: "1" },
      data: { password: null },
    };
    const present = { ...secret, metadata: { ...secret.metadata, resourceVersion: "2" } };
    vi.mocked(replaceObject).mockRejectedValue({ status: 409, rule: "changed", detail: "changed by others", present, title: "", type: "" });
    draw(<SubmitDialog cluster="demo" wanted={[{ object: { ...secret, data: { password: "bmV3" } }, base: secret }]} close={() => {}} />);
    await screen.findByText("changed by others", { exact: false });
    expect(vi.mocked(replaceObject)).toHaveBeenCalledTimes(1);
  });

  it("writes nothing again when a conflict is answered", async () => {
    const service: KubernetesObject = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "n", resourceVersion: "1" }, spec: { a: 1 } };
    const present = { ...service, metadata: { ...service.metadata, resourceVersion: "2" }, spec: { a: 1, theirs: 1 } };
    const mine = { ...service, spec: { a: 2 } };
    vi.mocked(createObject).mockImplementation((_cluster, _namespace, _resource, one) => Promise.resolve({ object: one as KubernetesObject, waiting: false }));
    vi.mocked(replaceObject).mockImplementation((_cluster, _namespace, _resource, _name, one, dryRun) => {
      const is = (one as KubernetesObject).metadata.resourceVersion;
      if (dryRun || is === "2") return Promise.resolve({ object: one as KubernetesObject, waiting: false });
      return Promise.reject({ status: 409, rule: "changed", detail: "changed by others", present, title: "", type: "" });
    });
    const ends: Ended[] = [];
    draw(<SubmitDialog cluster="demo" wanted={[{ object: mine, base: service }, { object }]} close={(ended) => ends.push(ended)} />);
    const save = () => screen.getByRole<HTMLButtonElement>("button", { name: new RegExp(i18n.t("action.save")) });
    await waitFor(() => expect(save().disabled).toBe(false));
    fireEvent.click(save());
    fireEvent.click(await screen.findByRole("button", { name: i18n.t("business:form.mineOverTheirs") }));
    await screen.findByText(i18n.t("business:wizard.accepted"));
    await waitFor(() => expect(save().disabled).toBe(false));
    fireEvent.click(save());
    await waitFor(() => expect(ends).toHaveLength(1));
    expect(ends[0]).toMatchObject({ done: true, made: [{ object: { kind: "ConfigMap" } }, { object: { kind: "Service" } }] });
    expect(vi.mocked(createObject).mock.calls.filter(([, , , , dryRun]) => !dryRun)).toHaveLength(1);
  });
});
