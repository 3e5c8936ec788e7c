// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { Empty, Flex, Form, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { useClusterNames } from "../../app/PlaceChooser";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { Time } from "../../ui/Time";
import { DeleteStorageClass } from "./DeleteStorageClass";
import { NewStorageClass } from "./NewStorageClass";

type StorageClass = Schemas["StorageClass"];

/** 存储类 of one cluster, which the address names. */
export function StorageClasses() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const [address, setAddress] = useSearchParams();
  const [making, setMaking] = useState(false);
  const clusters = useClusterNames();
  const names = (clusters.data?.items ?? []).map(({ name }) => name);
  const cluster = address.get("in") ?? names[0];
  const columns: Column<StorageClass>[] = [
    {
      key: "name",
      title: common("table.name"),
      render: ({ name, isDefault }) => (
        <Flex gap={8} align="center">
          {name}
          {isDefault && <Tag>{t("storage.default")}</Tag>}
        </Flex>
      ),
      text: ({ name }) => name,
      sort: "name",
    },
    {
      key: "provisioner",
      title: t("storage.provisioner"),
      render: ({ provisioner }) => provisioner,
      text: ({ provisioner }) => provisioner,
      sort: "provisioner",
    },
    {
      key: "access",
      title: t("storage.accessModes"),
      render: ({ accessModes }) => accessModes?.join(", ") || "—",
      text: ({ accessModes }) => accessModes?.join(" "),
    },
    {
      key: "reclaim",
      title: t("storage.reclaim"),
      render: ({ reclaimPolicy }) => t(`storage.reclaims.${reclaimPolicy ?? "Delete"}` as "storage.reclaims.Delete", { defaultValue: reclaimPolicy }),
      text: ({ reclaimPolicy }) => reclaimPolicy,
    },
    {
      key: "binding",
      title: t("storage.binding"),
      render: ({ bindingMode }) => t(`storage.bindings.${bindingMode ?? "Immediate"}` as "storage.bindings.Immediate", { defaultValue: bindingMode }),
      text: ({ bindingMode }) => bindingMode,
    },
    {
      key: "expand",
      title: t("storage.expandable"),
      render: ({ expandable }) => t(expandable ? "yes" : "no"),
      text: ({ expandable }) => String(expandable ?? false),
    },
    {
      key: "parameters",
      title: t("storage.parameters"),
      hidden: true,
      render: ({ parameters }) => Object.entries(parameters ?? {}).map(([key, value]) => <Tag key={key}>{`${key}=${value}`}</Tag>),
      text: ({ parameters }) => JSON.stringify(parameters ?? {}),
    },
    { key: "created", title: common("table.created"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt, sort: "created" },
    { key: "actions", title: common("table.actions"), render: ({ name }) => <DeleteStorageClass cluster={cluster} name={name} /> },
  ];
  const create = (
    <ReasonButton type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t("storage.create")}
    </ReasonButton>
  );
  return (
    <>
      <PageHead title={common("menu.storageClasses")} />
      {!cluster ? (
        <Empty description={common("place.noCluster")} />
      ) : (
        <>
          <Form.Item label={common("place.cluster")} htmlFor="storage-cluster">
            <Select
              id="storage-cluster"
              value={cluster}
              style={{ width: 240 }}
              options={names.map((name) => ({ value: name, label: name }))}
              onChange={(next) => setAddress({ in: next }, { replace: true })}
            />
          </Form.Item>
          <ServerTable<StorageClass>
            key={cluster}
            name="storageclasses"
            path="/api/v1/clusters/{cluster}/storageclasses"
            scope={{ cluster }}
            read={(question) => read(client.GET("/api/v1/clusters/{cluster}/storageclasses", { params: { path: { cluster }, query: question as never } }))}
            columns={columns}
            rowKey="uid"
            actions={create}
            empty={<Empty description={t("storage.none")}>{create}</Empty>}
          />
          <NewStorageClass cluster={cluster} open={making} close={() => setMaking(false)} />
        </>
      )}
    </>
  );
}
