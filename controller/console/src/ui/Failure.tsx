// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Space, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { madeProblem, type Problem } from "../api/client";

/** Whatever was thrown, as a problem. */
export function problemOf(error: unknown): Problem {
  if (typeof error === "object" && error !== null && "type" in error && "detail" in error) return error as Problem;
  return madeProblem(String((error as Error | undefined)?.message ?? error), 500);
}

/** The last part of a problem's type: invalid, denied, … */
export function kindOf(problem: Problem): string {
  return problem.type.slice(problem.type.lastIndexOf(":") + 1);
}

/** What went wrong, in the server's words, where, and a way out. */
export function Failure({ error, again, inline, title }: { error: unknown; again?: () => void; inline?: boolean; title?: string }) {
  const { t } = useTranslation();
  const problem = problemOf(error);
  const named = t(`problem.${kindOf(problem)}` as "problem.internal", { defaultValue: problem.title || t("problem.internal") });
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      style={{ marginBlock: inline ? 0 : 16, whiteSpace: "pre-line" }}
      title={title ?? named}
      description={
        <Space orientation="vertical" size={4} style={{ width: "100%" }}>
          <span>{problem.detail}</span>
          {problem.field && (
            <span>
              {t("problem.field")} <Typography.Text code>{problem.field}</Typography.Text>
              {problem.line !== undefined && <> · {t("problem.place", { line: problem.line, column: problem.column ?? 1 })}</>}
            </span>
          )}
          {problem.refusals?.map((refused) => (
            <span key={`${refused.object}${refused.field}${refused.rule}`}>
              <Typography.Text code>{refused.object}</Typography.Text> <Typography.Text code>{refused.field}</Typography.Text> {refused.message}.{" "}
              {refused.wayOut}
            </span>
          ))}
          {problem.shortages
            ?.filter(({ message }) => !problem.detail.includes(message))
            .map(({ level, resource, message, whoCanRaise }) => (
              <span key={level + resource}>{message.includes(whoCanRaise) ? message : `${message} ${whoCanRaise}`}</span>
            ))}
          {problem.requestId && <Typography.Text type="secondary">{t("problem.request", { id: problem.requestId })}</Typography.Text>}
        </Space>
      }
      action={again && <Button onClick={again}>{t("action.retry")}</Button>}
    />
  );
}
