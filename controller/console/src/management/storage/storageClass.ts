// SPDX-License-Identifier: Apache-2.0
import type { Places } from "../../ui/amiss";
import { mapOf, type Pair } from "../../ui/PairsField";

export const ACCESS_MODES = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"] as const;

/** The form's values. */
export interface StorageClassForm {
  name: string;
  provisioner: string;
  reclaimPolicy: "Delete" | "Retain";
  bindingMode: "WaitForFirstConsumer" | "Immediate";
  expandable: boolean;
  isDefault: boolean;
  accessModes: string[];
  parameters?: Pair[];
}

/** Where the form has what the API server names. */
export const STORAGE_CLASS_PLACES: Places = [
  [/^metadata\.annotations/, () => ["accessModes"]],
  [/^metadata\.name/, () => ["name"]],
  [/^(provisioner|parameters|reclaimPolicy)/, (field) => [field]],
  [/^volumeBindingMode/, () => ["bindingMode"]],
  [/^allowVolumeExpansion/, () => ["expandable"]],
];

const DEFAULT_MARK = "storageclass.kubernetes.io/is-default-class";
const ACCESS_MARK = "slipway.io/access-modes";

/** The StorageClass as Kubernetes takes it. */
export function toObject(form: StorageClassForm) {
  const annotations = {
    ...(form.isDefault && { [DEFAULT_MARK]: "true" }),
    ...(form.accessModes.length > 0 && { [ACCESS_MARK]: form.accessModes.join(",") }),
  };
  const parameters = mapOf(form.parameters);
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: form.name.trim(), ...(Object.keys(annotations).length > 0 && { annotations }) },
    provisioner: form.provisioner.trim(),
    reclaimPolicy: form.reclaimPolicy,
    volumeBindingMode: form.bindingMode,
    allowVolumeExpansion: form.expandable,
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}
