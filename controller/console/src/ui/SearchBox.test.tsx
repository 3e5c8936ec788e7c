// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { SearchBox } from "./SearchBox";
import { draw, drawsPages } from "./harness";

/** A page whose address changes, and is drawn, as soon as something is asked; what was asked. */
function searched() {
  const asked: (string | undefined)[] = [];
  const Page = () => {
    const [value, set] = useState<string | undefined>("abc");
    const search = (text: string | undefined) => {
      asked.push(text);
      set(text);
    };
    return <SearchBox title="Search" value={value} waits={false} onSearch={search} />;
  };
  draw(<Page />);
  return asked;
}

const settle = () => act(async () => await Promise.resolve());

describe("a search box", () => {
  drawsPages();

  it("asks for what is typed", async () => {
    const asked = searched();
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "abcd" } });
    await settle();
    expect(asked).toEqual(["abcd"]);
  });

  it("asks for all when its cross empties it", async () => {
    const asked = searched();
    fireEvent.click(document.querySelector(".ant-input-clear-icon")!);
    await settle();
    expect(asked.every((text) => text === undefined)).toBe(true);
    expect(asked.length).toBeGreaterThan(0);
    expect(screen.getByRole<HTMLInputElement>("searchbox").value).toBe("");
  });

  it("asks for one thing where two were typed at once", async () => {
    const asked = searched();
    act(() => {
      fireEvent.change(screen.getByRole("searchbox"), { target: { value: "abcd" } });
      fireEvent.change(screen.getByRole("searchbox"), { target: { value: "abcde" } });
    });
    await settle();
    expect(asked).toEqual(["abcde"]);
  });
});
