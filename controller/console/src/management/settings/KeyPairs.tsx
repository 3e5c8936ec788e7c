// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Empty } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { ReasonButton } from "../../ui/ReasonButton";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { TextBlock } from "../../ui/TextBlock";
import { Time } from "../../ui/Time";
import { NewKeyPair } from "./NewKeyPair";

type KeyPair = Schemas["KeyPair"];

/** SSH密钥对: public keys for the nodes of clusters. */
export function KeyPairs() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const columns: Column<KeyPair>[] = [
    { key: "name", title: common("table.name"), render: ({ name }) => name, text: ({ name }) => name },
    { key: "fingerprint", title: t("keyPair.fingerprint"), render: ({ fingerprint }) => <code>{fingerprint}</code>, text: ({ fingerprint }) => fingerprint },
    { key: "by", title: t("keyPair.by"), render: ({ createdBy }) => createdBy, text: ({ createdBy }) => createdBy },
    { key: "created", title: common("table.created"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
    {
      key: "actions",
      title: common("table.actions"),
      render: ({ name }) => (
        <ConfirmButton
          size="small"
          danger
          title={t("keyPair.deleteTitle", { name })}
          what={t("keyPair.deleteWhat")}
          act={() => read(client.DELETE("/api/v1/key-pairs/{keyPair}", { params: { path: { keyPair: name } } }))}
          said={t("keyPair.deleted", { name })}
          done={() => void queries.invalidateQueries()}
        >
          {common("action.delete")}
        </ConfirmButton>
      ),
    },
  ];
  return (
    <>
      <ServerTable<KeyPair>
        name="key-pairs"
        path="/api/v1/key-pairs"
        read={(question) => read(client.GET("/api/v1/key-pairs", { params: { query: question } }))}
        columns={columns}
        rowKey="name"
        searchable={false}
        expand={({ publicKey }) => <TextBlock text={publicKey} label={t("keyPair.publicKey")} />}
        actions={
          <ReasonButton type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
            {t("keyPair.create")}
          </ReasonButton>
        }
        empty={<Empty description={t("keyPair.none")} />}
      />
      <NewKeyPair open={making} close={() => setMaking(false)} />
    </>
  );
}
