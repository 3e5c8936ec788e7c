// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import i18n from "../i18n";
import { ActionMenu } from "./ActionMenu";
import { draw, drawsPages } from "./harness";

drawsPages();

describe.each([false, true])("the menu of what may be done, the page's own: %s", (primary) => {
  const name = () => `${i18n.t(primary ? "table.actions" : "action.more")} · web`;
  const button = () => screen.getByRole("button", { name: name() });

  it("opens where it is asked for the first time, keeps the keyboard there, and opens again", async () => {
    const edit = vi.fn();
    draw(<ActionMenu of="web" primary={primary} choices={[{ key: "edit", text: "Edit", choose: edit }]} />);
    expect(screen.queryByRole("menuitem")).toBeNull();
    for (const times of [1, 2]) {
      button().focus();
      fireEvent.click(button());
      const item = await screen.findByRole("menuitem", { name: "Edit" });
      expect(document.activeElement).toBe(button());
      fireEvent.click(item);
      expect(edit).toHaveBeenCalledTimes(times);
      await waitFor(() => expect(document.querySelector(".ant-dropdown:not(.ant-dropdown-hidden, .ant-slide-up-leave)")).toBeNull());
    }
  });

  it("gives the keyboard back where it is closed by Escape", async () => {
    draw(<ActionMenu of="web" primary={primary} choices={[{ key: "edit", text: "Edit", choose: () => {} }]} />);
    fireEvent.click(button());
    const item = await screen.findByRole("menuitem", { name: "Edit" });
    item.focus();
    expect(document.activeElement).toBe(item);
    fireEvent.keyDown(item, { key: "Escape", code: "Escape", keyCode: 27 });
    expect(document.activeElement).toBe(button());
  });

  it("is none of another thing's that comes to stand there, be its name the same", async () => {
    let change = (_: string) => {};
    const Place = () => {
      const [id, set] = useState("1");
      change = set;
      return <ActionMenu of="web" id={id} primary={primary} choices={[{ key: "edit", text: "Edit", choose: () => {} }]} />;
    };
    draw(<Place />);
    fireEvent.click(button());
    await screen.findByRole("menuitem", { name: "Edit" });
    act(() => change("2"));
    await waitFor(() => expect(screen.queryByRole("menuitem")).toBeNull());
    button().blur();
    act(() => change("1"));
    expect(screen.queryByRole("menuitem")).toBeNull();
    expect(document.activeElement).toBe(document.body); // what comes back asks for no keyboard
    fireEvent.click(button());
    await screen.findByRole("menuitem", { name: "Edit" });
  });

  it("says of what may not be done why", async () => {
    const remove = vi.fn();
    draw(<ActionMenu of="web" primary={primary} choices={[{ key: "delete", text: "Delete", hindered: "not yours", choose: remove }]} />);
    fireEvent.click(button());
    const item = await screen.findByRole("menuitem", { name: "Delete" });
    expect(item.getAttribute("aria-disabled")).toBe("true");
    expect(screen.getByText("Delete").getAttribute("aria-description")).toBe("not yours");
    fireEvent.click(item);
    expect(remove).not.toHaveBeenCalled();
  });
});
