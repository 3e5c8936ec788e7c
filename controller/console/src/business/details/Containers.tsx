// SPDX-License-Identifier: Apache-2.0
import { Card, Flex, Table, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { paths } from "../../app/paths";
import { type Fields, listOf, part } from "../object";

function amounts(of: Fields): string {
  return Object.entries(of)
    .map(([name, amount]) => `${name} ${String(amount)}`)
    .join(", ");
}

/** Where a variable's value is from, in short. */
function valueOf(variable: Fields): string {
  if (typeof variable.value === "string") return variable.value;
  const from = part(variable, "valueFrom");
  for (const kind of ["configMapKeyRef", "secretKeyRef"]) {
    const reference = part(from, kind);
    if (reference.name) return `${kind === "secretKeyRef" ? "Secret" : "ConfigMap"} ${String(reference.name)}[${String(reference.key)}]`;
  }
  const field = part(from, "fieldRef").fieldPath ?? part(from, "resourceFieldRef").resource;
  return field ? String(field) : "";
}

/** What a volume stands on; a link where the console has its page. */
function Source({ volume, cluster, namespace }: { volume: Fields; cluster: string; namespace: string }) {
  const kinds = [
    ["configMap", "name", "configmaps", "ConfigMap"],
    ["secret", "secretName", "secrets", "Secret"],
    ["persistentVolumeClaim", "claimName", "persistentvolumeclaims", "PVC"],
  ];
  for (const [field, key, resource, word] of kinds) {
    const name = part(volume, field)[key];
    if (typeof name === "string") return <Link to={paths.object(cluster, namespace, resource, name)}>{`${word} ${name}`}</Link>;
  }
  const { path } = part(volume, "hostPath");
  if (typeof path === "string") return <>{`hostPath ${path}`}</>;
  return <>{Object.keys(volume).find((field) => field !== "name") ?? "—"}</>;
}

/** The containers of a pod template and the volumes that they mount. */
export function Containers({ template, cluster, namespace }: { template: Fields; cluster: string; namespace: string }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const spec = part(template, "spec");
  const rows = [...listOf(spec.initContainers).map((one) => ({ ...one, init: true }) as Fields), ...listOf(spec.containers)];
  const volumes = listOf(spec.volumes);
  return (
    <Card size="small" title={t("details.containers")} style={{ marginBottom: 16 }}>
      <Table<Fields>
        size="small"
        pagination={false}
        rowKey={(one) => String(one.name)}
        dataSource={rows}
        scroll={{ x: "max-content" }}
        columns={[
          {
            title: common("table.name"),
            dataIndex: "name",
            render: (name: string, one) => (
              <>
                {name} {one.init === true && <Tag>{t("wizard.init")}</Tag>}
              </>
            ),
          },
          { title: t("workload.images"), dataIndex: "image", render: (image: string) => <Typography.Text copyable>{image}</Typography.Text> },
          { title: t("wizard.requests"), render: (_, one) => amounts(part(one, "resources", "requests")) || "—" },
          { title: t("wizard.limits"), render: (_, one) => amounts(part(one, "resources", "limits")) || "—" },
          {
            title: t("service.ports"),
            render: (_, one) =>
              listOf(one.ports)
                .map((port) => `${String(port.containerPort)}/${String(port.protocol ?? "TCP")}`)
                .join(", ") || "—",
          },
          {
            title: t("details.probes"),
            render: (_, one) =>
              (["livenessProbe", "readinessProbe", "startupProbe"] as const)
                .filter((probe) => one[probe])
                .map((probe) => <Tag key={probe}>{t(`wizard.${probe}`)}</Tag>),
          },
        ]}
        expandable={{
          rowExpandable: (one) => listOf(one.env).length + listOf(one.volumeMounts).length + listOf(one.command).length + listOf(one.args).length > 0,
          expandedRowRender: (one) => (
            <Flex vertical gap={4}>
              {(["command", "args"] as const).map(
                (field) =>
                  Array.isArray(one[field]) && (
                    <div key={field}>
                      {t(`wizard.${field}`)}: <code>{one[field].join(" ")}</code>
                    </div>
                  ),
              )}
              {listOf(one.env).map((variable) => (
                <div key={String(variable.name)}>
                  <code>{String(variable.name)}</code> = {valueOf(variable)}
                </div>
              ))}
              {listOf(one.volumeMounts).map((mount) => {
                const volume = volumes.find(({ name }) => name === mount.name);
                return (
                  <div key={String(mount.mountPath)}>
                    <code>{String(mount.mountPath)}</code> ← {String(mount.name)} {volume && <Source volume={volume} cluster={cluster} namespace={namespace} />}
                    {mount.readOnly === true && <Tag style={{ marginInlineStart: 8 }}>{t("wizard.readOnly")}</Tag>}
                  </div>
                );
              })}
            </Flex>
          ),
        }}
      />
    </Card>
  );
}
