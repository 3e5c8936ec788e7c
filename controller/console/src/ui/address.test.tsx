// SPDX-License-Identifier: Apache-2.0
import { act, fireEvent, render, screen } from "@testing-library/react";
import { flushSync } from "react-dom";
import { createBrowserRouter, Link, RouterProvider } from "react-router";
import { expect, it, vi } from "vitest";
import { useAddress } from "./address";
import { drawsPages } from "./harness";

drawsPages();

function List() {
  const [address, change] = useAddress();
  return (
    <>
      <p>page {address.get("page") ?? "1"}</p>
      <button type="button" onClick={() => change((next) => next.set("page", "2"))}>
        turn
      </button>
      <Link to="/next">next</Link>
      <Link to="/list?page=7">seventh</Link>
    </>
  );
}

/** A list, and a page that is there when what is returned is called; so is the list's own seventh. */
function drawList() {
  let arrive = () => {};
  const arrived = new Promise<null>((done) => {
    arrive = () => done(null);
  });
  window.history.replaceState(null, "", "/list?filter=web");
  const router = createBrowserRouter([
    { path: "/list", element: <List />, loader: ({ request }) => (request.url.includes("page=7") ? arrived : null) },
    { path: "/next", loader: () => arrived, element: <p>the next page</p> },
  ]);
  render(<RouterProvider router={router} flushSync={(change) => void flushSync(change)} />);
  return arrive;
}

const where = () => window.location.pathname + window.location.search;

it("a change keeps what else the address says, and takes no step of the way back", async () => {
  drawList();
  const steps = window.history.length;
  fireEvent.click(await screen.findByText("turn"));
  await screen.findByText("page 2");
  expect(where()).toBe("/list?filter=web&page=2");
  expect(window.history.length).toBe(steps);
});

it("a change is drawn at once", async () => {
  window.history.replaceState(null, "", "/list");
  const router = createBrowserRouter([{ path: "/list", element: <List /> }]);
  render(<RouterProvider router={router} flushSync={(change) => void flushSync(change)} />);
  const turn = await screen.findByText("turn");
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false); // as it is outside of tests: nobody draws what waits
  turn.click();
  expect(screen.getByText("page 2")).toBeTruthy();
});

it("a change while another page is on its way does not call that off", async () => {
  const arrive = drawList();
  fireEvent.click(await screen.findByText("next"));
  fireEvent.click(screen.getByText("turn"));
  expect(where()).toBe("/list?filter=web");
  await act(async () => arrive());
  await screen.findByText("the next page");
  expect(where()).toBe("/next");
});

it("a change while the same page is on its way with another address is made, and is the last word", async () => {
  const arrive = drawList();
  fireEvent.click(await screen.findByText("seventh"));
  fireEvent.click(screen.getByText("turn"));
  await screen.findByText("page 2");
  await act(async () => arrive());
  expect(screen.getByText("page 2")).toBeTruthy();
  expect(where()).toBe("/list?filter=web&page=2");
});
