// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import i18n from "../i18n";
import { draw, drawsPages } from "./harness";
import { type Page, type Question, ServerTable } from "./ServerTable";

interface Row {
  name: string;
}

/** A server that answers when the test says so. */
class Server {
  readonly asked: { search?: string; cursor?: string; answer: (rows: string[], nextCursor?: string) => Promise<void> }[] = [];
  onTheWay = 0;
  most = 0;
  read = ({ search, cursor }: Question): Promise<Page<Row>> => {
    this.most = Math.max(this.most, ++this.onTheWay);
    return new Promise((resolve) => {
      const answer = (rows: string[], nextCursor?: string) =>
        act(async () => {
          this.onTheWay--;
          resolve({ items: rows.map((name) => ({ name })), total: rows.length, nextCursor });
        });
      this.asked.push({ search: search as string | undefined, cursor: cursor as string | undefined, answer });
    });
  };
  /** The question of that number, once it was asked. */
  async question(at: number) {
    await waitFor(() => expect(this.asked.length).toBeGreaterThan(at));
    return this.asked[at];
  }
  get searches() {
    return this.asked.map(({ search }) => search);
  }
}

function show(server: Server) {
  const column = { key: "name", title: "Name", render: ({ name }: Row) => name };
  draw(<ServerTable<Row> name="rows" path="/rows" read={server.read} columns={[column]} rowKey={({ name }) => name} />);
}

const box = () => screen.getByRole<HTMLInputElement>("searchbox");
const type = (text: string) => fireEvent.change(box(), { target: { value: text } });
const shown = (text: string) => screen.findByText(text, { selector: "td" });

drawsPages();

describe("a list that is searched while somebody types", () => {
  it("asks with the first key, and then for the newest text each time that an answer is here", async () => {
    const server = new Server();
    show(server);
    await (await server.question(0)).answer(["everything"]);
    await shown("everything");
    type("p");
    const first = await server.question(1);
    for (const text of ["po", "pod", "pod-1"]) type(text);
    expect(screen.getByText("everything", { selector: "td" })).toBeTruthy(); // the old rows stay until the new ones are here
    expect(server.searches).toEqual([undefined, "p"]);
    await first.answer(["pod-0", "pod-1"]);
    await (await server.question(2)).answer(["pod-1"]);
    await waitFor(() => expect(screen.queryByText("pod-0", { selector: "td" })).toBeNull());
    expect(server.searches).toEqual([undefined, "p", "pod-1"]);
    expect(server.most).toBe(1);
    expect(window.location.search).toBe("?search=pod-1");
    expect(box().value).toBe("pod-1");
  });

  it("asks for each text of somebody who types more slowly than it is answered, and for none twice", async () => {
    const server = new Server();
    show(server);
    await (await server.question(0)).answer(["everything"]);
    for (const [at, text] of ["a", "ab", "abc"].entries()) {
      type(text);
      await (await server.question(at + 1)).answer([`${text}-row`]);
      await shown(`${text}-row`);
    }
    fireEvent.keyDown(box(), { key: "Enter", code: "Enter", keyCode: 13 });
    await shown("abc-row");
    expect(server.searches).toEqual([undefined, "a", "ab", "abc"]);
  });

  it("shows no answer to what is no longer asked", async () => {
    const server = new Server();
    show(server);
    await (await server.question(0)).answer(["everything"]);
    type("old");
    const old = await server.question(1);
    type("new");
    fireEvent.keyDown(box(), { key: "Enter", code: "Enter", keyCode: 13 }); // which does not wait
    await (await server.question(2)).answer(["new-row"]);
    await shown("new-row");
    await old.answer(["old-row"]);
    expect(screen.queryByText("old-row", { selector: "td" })).toBeNull();
    expect(server.searches).toEqual([undefined, "old", "new"]);
  });

  it("does not lead back to the first page whoever went on", async () => {
    const server = new Server();
    show(server);
    await (await server.question(0)).answer(["everything"]);
    type("a");
    await (await server.question(1)).answer(["a-first"], "more");
    await shown("a-first");
    fireEvent.click(screen.getByRole("button", { name: "Next" }));
    await (await server.question(2)).answer(["a-second"]);
    await shown("a-second");
    expect(server.asked.map(({ search, cursor }) => [search, cursor])).toEqual([
      [undefined, undefined],
      ["a", undefined],
      ["a", "more"],
    ]);
  });

  it("begins with what the address says, and is emptied by the way out of an empty list", async () => {
    window.history.replaceState(null, "", "/rows?search=kept");
    const server = new Server();
    show(server);
    await (await server.question(0)).answer([]);
    expect(box().value).toBe("kept");
    const empty = await screen.findByRole("button", { name: i18n.t("table.clear") });
    fireEvent.click(empty);
    await (await server.question(1)).answer(["everything"]);
    await shown("everything");
    expect(server.searches).toEqual(["kept", undefined]);
    expect(box().value).toBe("");
    expect(window.location.search).toBe("");
  });

  it("does not ask for Pinyin that is no word yet", async () => {
    const server = new Server();
    show(server);
    await (await server.question(0)).answer(["everything"]);
    fireEvent.compositionStart(box());
    for (const text of ["r", "ri", "riz", "rizhi"]) type(text);
    expect(server.searches).toEqual([undefined]);
    type("日志");
    fireEvent.compositionEnd(box());
    await (await server.question(1)).answer(["日志-0"]);
    await shown("日志-0");
    expect(server.searches).toEqual([undefined, "日志"]);
  });
});

describe("the rows of a list that is read anew", () => {
  const drawn: string[] = [];
  const column = (title: string) => ({ key: "name", title, render: ({ name }: Row) => (drawn.push(name), name) });
  const KEPT = [column("Name")];
  const table = (server: Server, columns: typeof KEPT) => (
    <ServerTable<Row> name="rows" path="/rows" read={server.read} columns={columns} rowKey={({ name }) => name} />
  );
  const refresh = () => fireEvent.click(screen.getByRole("button", { name: i18n.t("action.refresh") }));

  it("are drawn once more only where they changed", async () => {
    const server = new Server();
    draw(table(server, KEPT));
    await (await server.question(0)).answer(["one", "two"]);
    await shown("two");
    drawn.length = 0;
    refresh();
    await (await server.question(1)).answer(["one", "three"]);
    await shown("three");
    expect(new Set(drawn)).toEqual(new Set(["three"]));
    expect(screen.getByText("one", { selector: "td" })).toBeTruthy();
  });

  it("are all drawn with other columns", async () => {
    const server = new Server();
    let change = (_: typeof KEPT) => {};
    const Lively = () => {
      const [columns, set] = useState(KEPT);
      change = set;
      return table(server, columns);
    };
    draw(<Lively />);
    await (await server.question(0)).answer(["one", "two"]);
    await shown("two");
    drawn.length = 0;
    act(() => change([{ ...KEPT[0], title: "Other", render: ({ name }: Row) => `${name}!` }]));
    await shown("one!");
    await shown("two!");
    expect(drawn).toEqual([]);
  });

  it("of a long list are changed where they stand by another page, and made anew by others on the same one", async () => {
    const server = new Server();
    draw(<ServerTable<Row> long name="rows" path="/rows" read={server.read} columns={KEPT} rowKey={({ name }) => name} />);
    const row = async (text: string) => (await shown(text)).closest("tr");
    await (await server.question(0)).answer(["one", "two"], "more");
    const first = await row("one");
    fireEvent.click(screen.getByRole("button", { name: "Next" }));
    const next = await server.question(1);
    expect(await row("one")).toBe(first); // the old rows stay meanwhile
    await next.answer(["three", "four"]);
    expect(await row("three")).toBe(first);
    refresh();
    await (await server.question(2)).answer(["five", "six"]);
    expect(await row("five")).not.toBe(first);
  });

  it("are not looked at while the next page is on its way", async () => {
    const server = new Server();
    const keyOf = vi.fn(({ name }: Row) => name);
    draw(<ServerTable<Row> name="rows" path="/rows" read={server.read} columns={KEPT} rowKey={keyOf} />);
    await (await server.question(0)).answer(["one", "two"], "more");
    await shown("two");
    keyOf.mockClear();
    fireEvent.click(screen.getByRole("button", { name: "Next" }));
    const next = await server.question(1);
    expect(keyOf).not.toHaveBeenCalled();
    await next.answer(["three"]);
    await shown("three");
    expect(keyOf).toHaveBeenCalled();
  });
});
