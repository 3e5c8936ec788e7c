// SPDX-License-Identifier: Apache-2.0
import { Spin } from "antd";
import { Suspense } from "react";
import { Frame } from "./Frame";

/** The frame, once it is known who is signed in. */
export function LivePage() {
  return (
    <Suspense fallback={<Spin style={{ display: "block", margin: "30vh auto" }} />}>
      <Frame />
    </Suspense>
  );
}
