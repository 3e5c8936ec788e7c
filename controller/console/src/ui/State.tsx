// SPDX-License-Identifier: Apache-2.0
import { Badge, Tooltip } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";

type Look = "success" | "processing" | "default" | "error" | "warning";

const LOOKS: Record<string, Look> = {
  healthy: "success",
  running: "success",
  done: "success",
  ready: "success",
  connected: "success",
  active: "success",
  Running: "success",
  Succeeded: "success",
  Completed: "success",
  Bound: "success",
  complete: "success",
  True: "success",
  creating: "processing",
  processing: "processing",
  deleting: "processing",
  building: "processing",
  terminating: "processing",
  ContainerCreating: "processing",
  Terminating: "processing",
  PodInitializing: "processing",
  unhealthy: "error",
  failed: "error",
  Failed: "error",
  Error: "error",
  CrashLoopBackOff: "error",
  ImagePullBackOff: "error",
  ErrImagePull: "error",
  CreateContainerConfigError: "error",
  OOMKilled: "error",
  Evicted: "error",
  Lost: "error",
  not_ready: "warning",
  disconnected: "warning",
  waiting: "warning",
  Pending: "warning",
  unknown: "warning",
  Unknown: "warning",
};

/** A state with its colour; `why` on hover. The controller's states are in the page's language, Kubernetes' own stay as they are. */
export const State = memo(function State({ of, why }: { of: string; why?: string }) {
  const { t } = useTranslation();
  const text = t(`state.${of}` as "state.running", { defaultValue: of });
  const badge = <Badge status={LOOKS[of] ?? "default"} text={text} />;
  return why ? <Tooltip title={why}>{badge}</Tooltip> : badge;
});
