// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Flex, Form, type FormInstance, Input, InputNumber, Radio, Select, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { NewKeyPair } from "../settings/NewKeyPair";
import { type ClusterForm, LONGEST_NAME, MASTERS, mostWorkers, NAME } from "./clusterForm";

const MOST = 500;

/** 基础配置: name, versions, key pair. */
export function BasicFields({ form }: { form: FormInstance<ClusterForm> }) {
  const { t } = useTranslation("management");
  const [making, setMaking] = useState(false);
  const taken = api.useQuery("get", "/api/v1/clusters", { params: { query: { limit: MOST } } }).data?.items.map(({ name }) => name) ?? [];
  const pairs = api.useQuery("get", "/api/v1/key-pairs", { params: { query: { limit: MOST } } });
  return (
    <>
      <Form.Item
        name="name"
        label={t("newCluster.name")}
        extra={t("newCluster.nameHint", { count: LONGEST_NAME })}
        rules={[
          { required: true, message: t("newCluster.needName") },
          { max: LONGEST_NAME, message: t("newCluster.nameLong", { count: LONGEST_NAME }) },
          { pattern: NAME, message: t("newCluster.nameRule") },
          { validator: (_, name: string) => (taken.includes(name) ? Promise.reject(new Error(t("newCluster.nameTaken"))) : Promise.resolve()) },
        ]}
      >
        <Input autoFocus style={{ maxWidth: 360 }} />
      </Form.Item>
      <Form.Item label={t("cluster.version")}>
        <Typography.Text>{t("newCluster.imageVersion")}</Typography.Text>
      </Form.Item>
      <Form.Item label={t("cluster.runtime")}>
        <Typography.Text>{t("newCluster.containerd")}</Typography.Text>
      </Form.Item>
      <Form.Item label={t("newCluster.keyPair")} extra={t("newCluster.keyPairHint")} htmlFor="keyPair">
        <Flex gap={8}>
          <Form.Item name="keyPair" noStyle>
            <Select
              id="keyPair"
              allowClear
              showSearch
              style={{ width: 360 }}
              loading={pairs.isPending}
              placeholder={t("newCluster.noKeyPair")}
              options={(pairs.data?.items ?? []).map(({ name, fingerprint }) => ({ value: name, label: name, title: fingerprint }))}
            />
          </Form.Item>
          <Button icon={<PlusOutlined />} onClick={() => setMaking(true)}>
            {t("keyPair.create")}
          </Button>
        </Flex>
      </Form.Item>
      <NewKeyPair open={making} close={() => setMaking(false)} made={(name) => form.setFieldValue("keyPair", name)} />
    </>
  );
}

/** 节点配置: how many machines, and of which flavor. */
export function NodeFields() {
  const { t } = useTranslation("management");
  const clusters = api.useQuery("get", "/api/v1/clusters", { params: { query: { limit: MOST } } }).data?.items ?? [];
  const flavors = [...new Set(clusters.flatMap(({ masterFlavor, workerFlavor }) => [masterFlavor, workerFlavor]))].filter(Boolean).sort();
  const options = flavors.map((value) => ({ value }));
  const masters = Form.useWatch<number | undefined>("masters") ?? 1;
  const most = mostWorkers(masters);
  return (
    <>
      <Form.Item name="masters" label={t("cluster.masters")} extra={t("newCluster.mastersHint")}>
        <Radio.Group optionType="button" options={MASTERS.map((value) => ({ value, label: String(value) }))} />
      </Form.Item>
      <Form.Item name="masterFlavor" label={t("cluster.masterFlavor")} extra={t("newCluster.flavorHint")}>
        <AutoComplete style={{ maxWidth: 360 }} options={options} placeholder={t("newCluster.anyFlavor")} />
      </Form.Item>
      <Form.Item
        name="workers"
        label={t("cluster.workers")}
        dependencies={["masters"]}
        extra={t("newCluster.workersHint", { masters, count: most })}
        rules={[
          { required: true, message: t("newCluster.needWorkers") },
          ({ getFieldValue }) => ({
            // asks the form, which knows the masters of now; what was rendered last knows those of before
            validator: (_, workers?: number) => {
              const now = getFieldValue("masters") as number;
              const limit = mostWorkers(now);
              if (workers === undefined || workers === null || (Number.isInteger(workers) && workers >= 0 && workers <= limit)) return Promise.resolve();
              return Promise.reject(new Error(t("newCluster.workersRule", { masters: now, count: limit })));
            },
          }),
        ]}
      >
        <InputNumber precision={0} style={{ width: 160 }} />
      </Form.Item>
      <Form.Item name="workerFlavor" label={t("cluster.workerFlavor")} extra={t("newCluster.flavorHint")}>
        <AutoComplete style={{ maxWidth: 360 }} options={options} placeholder={t("newCluster.anyFlavor")} />
      </Form.Item>
    </>
  );
}
