// SPDX-License-Identifier: Apache-2.0
import { createContext, useContext } from "react";
import type { WorkloadPlural } from "../kinds";

/** Where the form is and what it is about; all its fields may ask. */
export interface Scene {
  cluster: string;
  namespace?: string;
  kind: WorkloadPlural;
  /** An object that there is; some fields never change then. */
  editing: boolean;
  kubernetesVersion?: string;
  /** Why the cluster's Kubernetes has not a feature, by the feature's name; undefined: it has. */
  lacks: (feature: string) => string | undefined;
}

export const SceneContext = createContext<Scene>({ cluster: "", kind: "deployments", editing: false, lacks: () => undefined });

export function useScene(): Scene {
  return useContext(SceneContext);
}
