// SPDX-License-Identifier: Apache-2.0
import { Alert, Card, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Failure";
import { StaleNote } from "../../ui/StaleNote";
import { useUsers } from "../act/useRemoval";
import type { Resource } from "../kinds";
import { UserList } from "../UserList";

/** Who uses an object, and whether it may be deleted now. */
export function UsedBy(of: { cluster: string; namespace: string; resource: Resource; name: string }) {
  const { t } = useTranslation("business");
  const users = useUsers(of);
  if (users.error) return <Failure error={users.error} again={() => void users.refetch()} />;
  if (users.isPending) return <Spin />;
  return (
    <Card size="small">
      {users.data.stale && <StaleNote why={users.data.stale} asOf={users.data.asOf} />}
      <UserList cluster={of.cluster} namespace={of.namespace} users={users.data} />
      {!users.data.removal.allowed && (
        <Alert style={{ marginTop: 12 }} type="info" showIcon title={t("users.notDeletable")} description={users.data.removal.detail} />
      )}
    </Card>
  );
}
