// SPDX-License-Identifier: Apache-2.0
import { fireEvent, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { draw, drawsPages } from "./harness";
import { RowLink, useFollowing } from "./RowLink";

drawsPages();

function Rows() {
  return (
    <main onClick={useFollowing()}>
      <RowLink to="/business/demo/n/pods/web?tab=logs">
        <b>web</b>
      </RowLink>
      <a href="#elsewhere">elsewhere</a>
    </main>
  );
}

it("a row's link is followed within the page, and left to the browser where it shall open another", async () => {
  window.history.replaceState(null, "", "/rows");
  draw(<Rows />);
  const link = await screen.findByText("web");
  expect(link.parentElement?.getAttribute("href")).toBe("/console/business/demo/n/pods/web?tab=logs");
  for (const how of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { button: 1 }]) {
    expect(fireEvent.click(link, how), JSON.stringify(how)).toBe(true);
    expect(window.location.pathname).toBe("/rows");
  }
  expect(fireEvent.click(screen.getByText("elsewhere"))).toBe(true);
  expect(window.location.pathname).toBe("/rows");
  expect(fireEvent.click(link)).toBe(false);
  expect(window.location.pathname + window.location.search).toBe("/business/demo/n/pods/web?tab=logs");
});
