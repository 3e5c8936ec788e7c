// SPDX-License-Identifier: Apache-2.0
import { Suspense } from "react";
import { Frame } from "./Frame";
import { Waiting } from "./Waiting";

/** The frame, once it is known who is signed in. */
export function LivePage() {
  return (
    <Suspense fallback={<Waiting />}>
      <Frame />
    </Suspense>
  );
}
