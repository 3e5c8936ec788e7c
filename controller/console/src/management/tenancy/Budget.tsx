// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { App, Card, Space, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, client, type Problem, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { Failure } from "../../ui/Failure";
import { ReasonButton } from "../../ui/ReasonButton";
import type { Amounts } from "../namespaces/amounts";
import { AmountsDialog, type Versioned } from "../namespaces/AmountsDialog";
import { AmountsTable } from "../namespaces/AmountsTable";

type Budget = Schemas["Budget"];

interface Props {
  budget: Budget;
  /** What the level above has left. */
  above?: Amounts;
  reason?: string;
  note: string;
  save: (body: Schemas["BudgetRequest"]) => Promise<Budget>;
}

function versioned({ budget, resourceVersion }: Budget): Versioned {
  return { amounts: budget, resourceVersion };
}

/** What may be given, what is given away, and what is left of it. */
function BudgetCard({ budget, above, reason, note, save }: Props) {
  const { t } = useTranslation("management");
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [editing, setEditing] = useState(false);
  return (
    <Card
      size="small"
      title={t("budget.title")}
      extra={
        <ReasonButton reason={reason} onClick={() => setEditing(true)}>
          {t("budget.edit")}
        </ReasonButton>
      }
    >
      <Space orientation="vertical" style={{ width: "100%" }}>
        <Typography.Text type="secondary">{note}</Typography.Text>
        <AmountsTable
          hard={budget.budget}
          used={budget.given}
          usedWord={t("budget.given")}
          hardWord={t("budget.title")}
          more={{ word: t("budget.left"), amounts: budget.left }}
        />
      </Space>
      {editing && (
        <AmountsDialog
          title={t("budget.edit")}
          note={t("budget.note")}
          now={versioned(budget)}
          left={above}
          least={budget.given}
          leastWord={t("budget.given")}
          close={() => setEditing(false)}
          save={async (amounts, resourceVersion) => {
            await save({ budget: amounts, resourceVersion });
            void message.success(t("saved"));
            void queries.invalidateQueries();
          }}
          present={({ present }: Problem) => {
            const now = present as Budget | undefined;
            return now?.budget && versioned(now);
          }}
        />
      )}
    </Card>
  );
}

export function ProjectBudget({ project, reason }: { project: Schemas["Project"]; reason?: string }) {
  const { t } = useTranslation("management");
  const path = { project: project.id };
  const own = api.useQuery("get", "/api/v1/projects/{project}/budget", { params: { path } });
  const above = api.useQuery("get", "/api/v1/departments/{department}/budget", { params: { path: { department: project.department.id } } });
  if (!own.data) return own.error && <Failure error={own.error} again={() => void own.refetch()} />;
  return (
    <BudgetCard
      budget={own.data}
      above={above.data?.left}
      reason={reason}
      note={t("budget.ofProject")}
      save={(body) => read(client.PUT("/api/v1/projects/{project}/budget", { params: { path }, body }))}
    />
  );
}

export function DepartmentBudget({ department, reason }: { department: string; reason?: string }) {
  const { t } = useTranslation("management");
  const path = { department };
  const own = api.useQuery("get", "/api/v1/departments/{department}/budget", { params: { path } });
  if (!own.data) return own.error && <Failure error={own.error} again={() => void own.refetch()} />;
  return (
    <BudgetCard
      budget={own.data}
      reason={reason}
      note={t("budget.ofDepartment")}
      save={(body) => read(client.PUT("/api/v1/departments/{department}/budget", { params: { path }, body }))}
    />
  );
}
