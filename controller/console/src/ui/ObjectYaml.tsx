// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "antd";
import { lazy, Suspense } from "react";
import type { ObjectPlace } from "../yaml/objects";

const ObjectEditor = lazy(() => import("../yaml/ObjectEditor").then((m) => ({ default: m.ObjectEditor })));

export interface ObjectYamlProps extends ObjectPlace {
  /** Not to be changed here, whoever looks. */
  readOnly?: boolean;
  height?: string;
  /** After a change that the cluster took. */
  onSaved?: () => void;
}

/** One object as YAML: to read, to change, with what differs before it is saved. The editor is loaded when it is needed. */
export function ObjectYaml(props: ObjectYamlProps) {
  return (
    <Suspense fallback={<Skeleton active />}>
      <ObjectEditor {...props} />
    </Suspense>
  );
}
