// SPDX-License-Identifier: Apache-2.0
import { createContext, useContext, useEffect, useState } from "react";
import { api } from "../../api/client";
import type { Path } from "../../ui/amiss";
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
  /** Makes the form one of another kind; only of what is new. */
  become?: (kind: WorkloadPlural) => void;
  /** A field that is to be seen: what it is folded into opens. A new one each time. */
  shown?: Path;
}

/** What the cluster's Kubernetes is and lacks. */
export function useKubernetes(cluster: string): Pick<Scene, "kubernetesVersion" | "lacks"> & { pending: boolean } {
  const found = api.useQuery("get", "/api/v1/clusters/{cluster}/capabilities", { params: { path: { cluster } } }, { staleTime: 600_000 });
  return {
    pending: found.isPending,
    kubernetesVersion: found.data?.kubernetesVersion,
    lacks: (name) => {
      const feature = found.data?.features.find((one) => one.name === name);
      return feature && !feature.available ? (feature.reason ?? "") : undefined;
    },
  };
}

export const SceneContext = createContext<Scene>({ cluster: "", kind: "deployments", editing: false, lacks: () => undefined });

export function useScene(): Scene {
  return useContext(SceneContext);
}

/** What is open of a list of folds: what the user opens, and the one with the field that is to be seen. */
export function useFolds(foldOf: (shown: Path) => string | undefined): { activeKey: string[]; onChange: (keys: string[]) => void } {
  const { shown } = useScene();
  const [open, setOpen] = useState<string[]>([]);
  useEffect(() => {
    const fold = shown && foldOf(shown);
    if (fold) setOpen((now) => (now.includes(fold) ? now : [...now, fold]));
  }, [shown]);
  return { activeKey: open, onChange: setOpen };
}
