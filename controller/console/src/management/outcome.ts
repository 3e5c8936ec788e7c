// SPDX-License-Identifier: Apache-2.0
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { madeProblem, type Schemas } from "../api/client";

type Result = Pick<Schemas["ApplyResult"], "state" | "message" | "objects">;

/** A change that the cluster refused, as a failure. */
export function refused<One extends Result>(result: One): One {
  if (result.state !== "failed") return result;
  throw madeProblem(result.message ?? result.objects.find(({ ok }) => !ok)?.message ?? "", 502);
}

/** Says whether a change is done, or waits for a cluster that is out of reach. */
export function useOutcome(): (result: Result, done: string) => void {
  const { t } = useTranslation("management");
  const { message } = App.useApp();
  return ({ state }, done) => void (state === "waiting" ? message.warning(t("waits")) : message.success(done));
}
