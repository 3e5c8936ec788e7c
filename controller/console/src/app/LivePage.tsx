// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Spin } from "antd";
import { Suspense, useEffect } from "react";
import { follow } from "../api/live";
import { Frame } from "./Frame";

/** The frame for who is signed in, kept new by the controller's events. */
export function LivePage() {
  const queries = useQueryClient();
  useEffect(() => follow(queries), [queries]);
  return (
    <Suspense fallback={<Spin style={{ display: "block", margin: "30vh auto" }} />}>
      <Frame />
    </Suspense>
  );
}
