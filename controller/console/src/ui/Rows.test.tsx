// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { Profiler, useState } from "react";
import { describe, expect, it, vi } from "vitest";
import { ActionMenu } from "./ActionMenu";
import { draw, drawsPages } from "./harness";
import { type Column, type Question, Rows, takePlaces } from "./Rows";

interface Row {
  name: string;
}

drawsPages();

describe("places of rows", () => {
  it("are taken over where a page is turned, in order, and made for more", () => {
    const first = takePlaces(new Map(), ["a", "b"], true);
    expect([...first]).toEqual([["a", 0], ["b", 1]]); // prettier-ignore
    expect([...takePlaces(first, ["c", "d", "e"], true)]).toEqual([["c", 0], ["d", 1], ["e", 2]]); // prettier-ignore
    expect([...takePlaces(first, ["c"], true)]).toEqual([["c", 0]]);
  });

  it("stay with who stays, and who comes beside them, or in place of them all, has a new one", () => {
    const first = takePlaces(new Map(), ["a", "b", "c"], true);
    const second = takePlaces(first, ["c", "d", "a"], true);
    expect([...second]).toEqual([["c", 2], ["d", 3], ["a", 0]]); // prettier-ignore
    expect(new Set(takePlaces(second, ["x", "a", "y"], true).values()).size).toBe(3);
    expect([...takePlaces(first, ["x", "y"], false)]).toEqual([["x", 3], ["y", 4]]); // prettier-ignore
  });
});

/** Rows of two pages, a button that turns the first, and one that makes others of its rows. */
function Pages({ chosen = [] }: { chosen?: Row[] }) {
  const [{ page, names }, show] = useState({ page: FIRST, names: ["a", "b"] });
  return (
    <>
      <button onClick={() => show({ page: SECOND, names: ["c", "d"] })}>turn</button>
      <button onClick={() => show({ page, names: ["c", "d"] })}>replace</button>
      <Rows<Row>
        inPlaceOf={page}
        columns={columns}
        hidden={[]}
        asked={{}}
        items={names.map((name) => ({ name }))}
        loading={false}
        rowKey="name"
        empty=" "
        ask={() => undefined}
        chosen={chosen}
        choose={choose}
      />
    </>
  );
}

const FIRST: Question = {};
const SECOND: Question = { cursor: "2" };
const choose = vi.fn();
const columns: Column<Row>[] = [
  { key: "name", title: "Name", render: ({ name }) => name },
  { key: "actions", title: "", render: ({ name }) => <ActionMenu of={name} choices={[{ key: "delete", text: "Delete", choose: () => undefined }]} /> },
];
const turn = () => fireEvent.click(screen.getByText("turn"));

describe("rows that are changed where they stand", () => {
  it("keep their elements where a page is turned, and say what the new rows say", () => {
    draw(<Pages />);
    const before = screen.getByText("a").closest("tr");
    turn();
    expect(screen.getByText("c").closest("tr")).toBe(before);
    expect(screen.queryByText("a")).toBeNull();
  });

  it("are made anew where others take their places on the same page: what has the keyboard is not another all at once", () => {
    draw(<Pages />);
    const before = screen.getByText("a").closest("tr");
    fireEvent.click(screen.getByText("replace"));
    expect(screen.getByText("c").closest("tr")).not.toBe(before);
    expect(before?.isConnected).toBe(false);
  });

  it("leave no open menu to another row", async () => {
    draw(<Pages />);
    fireEvent.click(screen.getByRole("button", { name: /· a$/ }));
    await screen.findByText("Delete");
    turn();
    await waitFor(() => expect(screen.queryByText("Delete")).toBeNull());
    expect(screen.getByRole("button", { name: /· c$/ })).toBeTruthy();
  });

  it("are not drawn a second time where a page is turned, and keep their boxes", () => {
    let drawings = 0;
    draw(
      <Profiler id="pages" onRender={() => void ++drawings}>
        <Pages />
      </Profiler>,
    );
    const boxes = screen.getAllByRole("checkbox");
    drawings = 0;
    turn();
    expect(drawings).toBeLessThanOrEqual(2); // a third is the whole table again, when Ant Design is given its choice as another array
    expect(screen.getAllByRole("checkbox")).toEqual(boxes);
  });

  it("are chosen by what they are and not by where they stand", () => {
    draw(<Pages chosen={[{ name: "a" }]} />);
    const boxes = () => screen.getAllByRole<HTMLInputElement>("checkbox").slice(1);
    expect(boxes().map(({ checked }) => checked)).toEqual([true, false]);
    turn();
    expect(boxes().map(({ checked }) => checked)).toEqual([false, false]);
    fireEvent.click(boxes()[1]);
    expect(choose).toHaveBeenLastCalledWith([{ name: "d" }]);
  });
});
