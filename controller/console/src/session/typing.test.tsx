// SPDX-License-Identifier: Apache-2.0
import { fireEvent } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { client } from "../api/client";
import { draw, drawsPages } from "../ui/harness";
import { TYPING_MS, useTypingAsUse } from "./typing";

function Page() {
  useTypingAsUse();
  return <textarea aria-label="text" onKeyDown={(event) => event.stopPropagation()} />;
}

drawsPages();
afterEach(() => void vi.useRealTimers());

describe("typing", () => {
  it("is use of the session, though the page asks for nothing", () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const asked = vi.spyOn(client, "GET").mockResolvedValue({ response: new Response() } as never);
    draw(<Page />);
    const type = () => fireEvent.keyDown(document.querySelector("textarea") as HTMLElement, { key: "a" });
    type();
    expect(asked).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + TYPING_MS);
    type();
    type();
    expect(asked).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + TYPING_MS);
    type();
    expect(asked).toHaveBeenCalledTimes(2);
  });
});
