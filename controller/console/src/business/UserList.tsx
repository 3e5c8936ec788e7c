// SPDX-License-Identifier: Apache-2.0
import { Alert, Flex, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "../api/client";
import { paths } from "../app/paths";
import { pluralOf } from "./kinds";

/** A link to an object's page where the console has one. */
export function ObjectLink({ cluster, namespace, kind, name }: { cluster: string; namespace?: string; kind?: string; name?: string }) {
  const plural = pluralOf(kind);
  const words = `${kind}/${name}`;
  // an autoscaler has no page of its own: it stands on its workload's
  return plural && plural !== "horizontalpodautoscalers" && name && namespace ? (
    <Link to={paths.object(cluster, namespace, plural, name)}>{words}</Link>
  ) : (
    <>{words}</>
  );
}

/** Who uses an object, and how; says where nobody looked. */
export function UserList({ cluster, namespace, users }: { cluster: string; namespace: string; users: Schemas["ObjectUserList"] }) {
  const { t } = useTranslation("business");
  return (
    <Flex vertical gap={8}>
      {users.items.length === 0 && <Typography.Text type="secondary">{t("users.none")}</Typography.Text>}
      <ul className="prose" style={{ margin: 0, paddingInlineStart: 20 }}>
        {users.items.map((one) => (
          <li key={`${one.kind}/${one.name}/${one.how}`}>
            <ObjectLink cluster={cluster} namespace={one.namespace ?? namespace} kind={one.kind} name={one.name} />{" "}
            <Typography.Text type="secondary">
              {t(`users.${one.how}`)}
              {one.owner && ` · ${one.owner.kind}/${one.owner.name}`}
            </Typography.Text>
          </li>
        ))}
      </ul>
      {users.incomplete && users.incomplete.length > 0 && (
        <Alert type="info" showIcon title={t("users.incomplete")} description={users.incomplete.join("\n")} />
      )}
    </Flex>
  );
}
