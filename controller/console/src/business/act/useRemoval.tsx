// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Checkbox, Flex, Modal, Spin, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../../api/client";
import { concerns } from "../../api/live";
import { read } from "../../api/read";
import { Failure } from "../../ui/Failure";
import { useTask } from "../../ui/useTask";
import { kindOf, objectResource, type Resource } from "../kinds";
import { UserList } from "../UserList";

interface Doomed {
  cluster: string;
  namespace: string;
  resource: Resource;
  name: string;
}

const NAMESPACE = "/api/v1/clusters/{cluster}/namespaces/{namespace}";

/** The kinds of which the controller knows who uses them. */
const USED: Partial<Record<Resource, true>> = { configmaps: true, secrets: true, persistentvolumeclaims: true, services: true };

export function useUsers({ cluster, namespace, resource, name }: Doomed, enabled = true) {
  return useQuery({
    queryKey: ["get", `/api/v1/clusters/{cluster}/${resource}/used-by`, cluster, namespace, name],
    enabled: enabled && USED[resource] === true,
    queryFn: () => {
      const path = `${NAMESPACE}/${resource}/{name}/used-by` as `${typeof NAMESPACE}/services/{name}/used-by`; // they answer alike
      return read<Schemas["ObjectUserList"]>(client.GET(path, { params: { path: { cluster, namespace, name } } }));
    },
  });
}

/** Deletes one object after asking; names who uses it, and by force only after that was read. */
function RemovalDialog({ of, close }: { of: Doomed; close: (gone: boolean) => void }) {
  const { t } = useTranslation("business");
  const { message } = App.useApp();
  const users = useUsers(of);
  const [force, setForce] = useState(false);
  const { busy, failure, run } = useTask();
  const removal = users.data?.removal;
  const never = removal && !removal.allowed && removal.field !== "force";
  const forcible = removal && !removal.allowed && removal.field === "force";
  const looking = USED[of.resource] === true && users.isPending;
  const remove = () =>
    run(async () => {
      const { cluster, namespace, name } = of;
      const params = { path: { cluster, namespace, resource: objectResource(of.resource), name }, query: { force } };
      const done = await read(client.DELETE("/api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}", { params }));
      void message.success(done?.state === "waiting" ? t("outcome.waiting") : t("remove.done", { name }));
      close(true);
    });
  return (
    <Modal
      open
      title={`${t("action.delete")} · ${kindOf(of.resource)} ${of.name}`}
      okText={t("action.delete")}
      okButtonProps={{ danger: true, loading: busy, disabled: looking || never || (forcible && !force) }}
      onOk={() => void remove()}
      onCancel={() => close(false)}
    >
      <Flex vertical gap={12}>
        <Typography.Text>{of.resource === "persistentvolumeclaims" ? t("remove.claim") : t("remove.ask")}</Typography.Text>
        {looking && <Spin size="small" />}
        {users.error && <Failure error={users.error} again={() => void users.refetch()} />}
        {removal && !removal.allowed && (
          <Alert type={never ? "error" : "warning"} showIcon title={never ? t("remove.never") : t("remove.used")} description={removal.detail} />
        )}
        {users.data && users.data.items.length > 0 && <UserList cluster={of.cluster} namespace={of.namespace} users={users.data} />}
        {forcible && (
          <Checkbox checked={force} onChange={(event) => setForce(event.target.checked)}>
            {t("remove.force")}
          </Checkbox>
        )}
        {failure !== undefined && <Failure error={failure} />}
      </Flex>
    </Modal>
  );
}

/** The dialog that deletes an object of the cluster, and what opens it. */
export function useRemoval(cluster: string, resource: Resource) {
  const queries = useQueryClient();
  const [doomed, setDoomed] = useState<{ of: Doomed; after?: () => void }>();
  const ask = (namespace: string, name: string, after?: () => void) => setDoomed({ of: { cluster, namespace, resource, name }, after });
  const dialog = doomed && (
    <RemovalDialog
      of={doomed.of}
      close={(gone) => {
        setDoomed(undefined);
        if (!gone) return;
        const path = `/${resource}`;
        void queries.invalidateQueries({
          predicate: ({ queryKey }) => typeof queryKey[1] === "string" && (queryKey[1].includes(path) || concerns(queryKey[1], new Set(["application"]))),
        });
        doomed.after?.();
      }}
    />
  );
  return { ask, dialog };
}
