// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import i18n from "../../i18n";
import { draw, drawsPages } from "../../ui/harness";
import { createObject, type KubernetesObject } from "../object";
import { type Ended, SubmitDialog } from "./SubmitDialog";

vi.mock("../object", async (all) => ({ ...(await all<object>()), createObject: vi.fn() }));
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
beforeEach(() => vi.mocked(createObject).mockReset());

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
});
