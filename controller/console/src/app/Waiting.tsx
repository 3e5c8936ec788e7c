// SPDX-License-Identifier: Apache-2.0
import { Spin } from "antd";

/** Stands for the whole page until there is one. */
export function Waiting() {
  return <Spin style={{ display: "block", margin: "30vh auto" }} />;
}
