// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Checkbox, Space, Spin, Typography } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { Failure } from "../../ui/Failure";
import { StaleNote } from "../../ui/StaleNote";
import { refused, useOutcome } from "../outcome";

const SHOWN = 20;

/** Deletes a storage class; who uses it is said first. */
export function DeleteStorageClass({ cluster, name }: { cluster: string; name: string }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const say = useOutcome();
  const [force, setForce] = useState(false);
  const path = { cluster, resource: "storageclasses", name };
  return (
    <ConfirmButton<Schemas["ApplyResult"]>
      size="small"
      danger
      title={t("storage.deleteTitle", { name })}
      what={<Users cluster={cluster} name={name} force={force} setForce={setForce} />}
      act={async () => refused(await read(client.DELETE("/api/v1/clusters/{cluster}/objects/{resource}/{name}", { params: { path, query: { force } } })))}
      done={(result) => {
        say(result, t("storage.deleted", { name }));
        void queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).endsWith("/storageclasses") });
      }}
    >
      {common("action.delete")}
    </ConfirmButton>
  );
}

function Users({ cluster, name, force, setForce }: { cluster: string; name: string; force: boolean; setForce: (force: boolean) => void }) {
  const { t } = useTranslation("management");
  const query = api.useQuery("get", "/api/v1/clusters/{cluster}/storageclasses/{name}/used-by", { params: { path: { cluster, name } } }, { staleTime: 0 });
  useEffect(() => () => setForce(false), [setForce]);
  if (query.error) return <Failure error={query.error} inline />;
  if (!query.data) return <Spin />;
  const { items, removal, stale, asOf, incomplete } = query.data;
  return (
    <Space orientation="vertical" style={{ width: "100%" }}>
      {stale && <StaleNote why={stale} asOf={asOf} />}
      {items.length === 0 ? (
        <Typography.Text>{t("storage.unused")}</Typography.Text>
      ) : (
        <>
          <Typography.Text>{t("storage.usedBy", { count: items.length })}</Typography.Text>
          <ul style={{ margin: 0 }}>
            {items.slice(0, SHOWN).map((one) => (
              <li key={`${one.kind}/${one.namespace}/${one.name}`}>{`${one.namespace ?? ""}/${one.name}`}</li>
            ))}
          </ul>
        </>
      )}
      {incomplete?.map((text) => (
        <Alert key={text} type="warning" title={text} />
      ))}
      {!removal.allowed && (
        <>
          <Alert type="warning" showIcon title={removal.detail} />
          {removal.field === "force" && (
            <Checkbox checked={force} onChange={({ target }) => setForce(target.checked)}>
              {t("storage.force")}
            </Checkbox>
          )}
        </>
      )}
    </Space>
  );
}
