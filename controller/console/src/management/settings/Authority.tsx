// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Card, Checkbox, Descriptions, Space, Spin, Steps, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { Failure } from "../../ui/Failure";
import { absolute } from "../../ui/Time";

type Rotation = Schemas["CaRotation"];

const PHASES = ["steady", "introduced", "switched"] as const;
const SOON_MS = 5_000;

/** The controller's CA, and how it is changed for another in three steps that can each be waited with. */
export function Authority() {
  const { t } = useTranslation("management");
  const queries = useQueryClient();
  const query = api.useQuery(
    "get",
    "/api/v1/ca-rotation",
    {},
    { refetchInterval: ({ state }) => (state.data && state.data.phase !== "steady" ? SOON_MS : false) },
  );
  if (!query.data) return query.error ? <Failure error={query.error} again={() => void query.refetch()} /> : <Spin />;
  const rotation = query.data;
  const anew = () => void queries.invalidateQueries();
  return (
    <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
      <Card size="small" title={t("ca.title")}>
        <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
          <span>{t("ca.what")}</span>
          <Descriptions column={1} items={[...facts(t("ca.current"), rotation.current), ...(rotation.next ? facts(t("ca.next"), rotation.next) : [])]} />
          <Steps
            current={PHASES.indexOf(rotation.phase)}
            items={PHASES.map((phase) => ({ title: t(`ca.phase.${phase}`), content: t(`ca.phaseWhat.${phase}`) }))}
          />
          {rotation.missing.length > 0 && (
            <>
              <Alert type="warning" showIcon title={t("ca.missing", { count: rotation.missing.length })} />
              <Table
                size="small"
                pagination={{ hideOnSinglePage: true }}
                rowKey="machine"
                dataSource={rotation.missing}
                columns={[
                  { title: t("operation.node"), dataIndex: "node" },
                  { title: t("ca.why"), dataIndex: "why" },
                ]}
              />
            </>
          )}
          <Actions rotation={rotation} done={anew} />
        </Space>
      </Card>
    </Space>
  );
}

function facts(label: string, { sha256, notAfter }: Schemas["CaFacts"]) {
  return [
    {
      key: label,
      label,
      children: (
        <span>
          <code style={{ overflowWrap: "anywhere" }}>{sha256}</code> · <time dateTime={notAfter}>{absolute(notAfter)}</time>
        </span>
      ),
    },
  ];
}

function Actions({ rotation, done }: { rotation: Rotation; done: () => void }) {
  const { t } = useTranslation("management");
  const [force, setForce] = useState(false);
  const query = { params: { query: { force } } };
  const waits = rotation.missing.length > 0;
  const forcing = waits && (
    <Checkbox checked={force} onChange={({ target }) => setForce(target.checked)}>
      {t("ca.force")}
    </Checkbox>
  );
  if (rotation.phase === "steady") {
    return (
      <ConfirmButton
        title={t("ca.introduceTitle")}
        what={t("ca.introduceWhat")}
        act={() => read(client.POST("/api/v1/ca-rotation"))}
        said={t("saved")}
        done={done}
      >
        {t("ca.introduce")}
      </ConfirmButton>
    );
  }
  if (rotation.phase === "introduced") {
    return (
      <Space>
        <ConfirmButton
          type="primary"
          title={t("ca.switchTitle")}
          what={
            <>
              {t("ca.switchWhat")} {forcing}
            </>
          }
          act={() => read(client.POST("/api/v1/ca-rotation/switch", query))}
          said={t("saved")}
          done={done}
        >
          {t("ca.switch")}
        </ConfirmButton>
        <ConfirmButton
          title={t("ca.abandonTitle")}
          what={t("ca.abandonWhat")}
          act={() => read(client.DELETE("/api/v1/ca-rotation"))}
          said={t("saved")}
          done={done}
          danger
        >
          {t("ca.abandon")}
        </ConfirmButton>
      </Space>
    );
  }
  return (
    <ConfirmButton
      type="primary"
      title={t("ca.finishTitle")}
      what={
        <>
          {t("ca.finishWhat")} {forcing}
        </>
      }
      act={() => read(client.POST("/api/v1/ca-rotation/finish", query))}
      said={t("saved")}
      done={done}
    >
      {t("ca.finish")}
    </ConfirmButton>
  );
}
