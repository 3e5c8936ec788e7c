// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { App, Checkbox, Form, Input, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { client } from "../../api/client";
import { placeBy } from "../../ui/amiss";
import { FormDialog } from "../../ui/FormDialog";
import { PairsField } from "../../ui/PairsField";
import { ACCESS_MODES, STORAGE_CLASS_PLACES, type StorageClassForm, toObject } from "./storageClass";

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const LONGEST_NAME = 253;

/** Makes a storage class. Kubernetes lets nothing of it be changed later but its labels. */
export function NewStorageClass({ cluster, open, close }: { cluster: string; open: boolean; close: () => void }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const send = async (form: StorageClassForm) => {
    const { error, response } = await client.POST("/api/v1/clusters/{cluster}/objects/{resource}", {
      params: { path: { cluster, resource: "storageclasses" } },
      body: toObject(form) as never,
    });
    if (error !== undefined) throw error;
    return response.status;
  };
  return (
    <FormDialog<StorageClassForm, number>
      open={open}
      close={close}
      title={t("storage.create")}
      ok={common("action.create")}
      width={640}
      initial={{ reclaimPolicy: "Delete", bindingMode: "WaitForFirstConsumer", expandable: true, isDefault: false, accessModes: ["ReadWriteOnce"] }}
      send={send}
      placeOf={(field) => placeBy(STORAGE_CLASS_PLACES, field)}
      done={(status) => {
        void (status === 202 ? message.warning(t("waits")) : message.success(t("saved")));
        void queries.invalidateQueries();
      }}
    >
      <Form.Item
        name="name"
        label={common("table.name")}
        rules={[
          { required: true, message: t("newCluster.needName") },
          { pattern: NAME, message: t("newCluster.nameRule") },
        ]}
      >
        <Input autoFocus maxLength={LONGEST_NAME} />
      </Form.Item>
      <Form.Item
        name="provisioner"
        label={t("storage.provisioner")}
        extra={t("storage.provisionerHint")}
        rules={[{ required: true, message: t("storage.needProvisioner") }]}
      >
        <Input />
      </Form.Item>
      <Form.Item name="accessModes" label={t("storage.accessModes")} extra={t("storage.accessHint")}>
        <Checkbox.Group options={ACCESS_MODES.map((value) => ({ value, label: t(`storage.access.${value}`) }))} />
      </Form.Item>
      <Form.Item name="reclaimPolicy" label={t("storage.reclaim")}>
        <Radio.Group options={(["Delete", "Retain"] as const).map((value) => ({ value, label: t(`storage.reclaims.${value}`) }))} />
      </Form.Item>
      <Form.Item name="bindingMode" label={t("storage.binding")}>
        <Radio.Group options={(["WaitForFirstConsumer", "Immediate"] as const).map((value) => ({ value, label: t(`storage.bindings.${value}`) }))} />
      </Form.Item>
      <Form.Item name="expandable" valuePropName="checked" style={{ marginBottom: 0 }}>
        <Checkbox>{t("storage.expandable")}</Checkbox>
      </Form.Item>
      <Form.Item name="isDefault" valuePropName="checked">
        <Checkbox>{t("storage.makeDefault")}</Checkbox>
      </Form.Item>
      <Form.Item label={t("storage.parameters")} extra={t("storage.parametersHint")}>
        <PairsField name="parameters" free />
      </Form.Item>
    </FormDialog>
  );
}
