// SPDX-License-Identifier: Apache-2.0
import { Card, Checkbox, Form, Input, Select, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { RowList, rule } from "../fields/lists";
import { ObjectName, useChoices } from "../fields/ObjectName";
import { isLabel, isQuantity } from "../names";
import type { Volume, VolumeType } from "./form";
import { useScene } from "./scene";

const TIGHT = { marginBottom: 0 };
const EXAMPLE_SIZE = "10Gi";
const LISTS = { configMap: "configmaps", secret: "secrets", claim: "persistentvolumeclaims" } as const;

/** The volumes that containers may mount. A StatefulSet makes claims of its own for each pod. */
export function VolumeFields() {
  const { t } = useTranslation("business");
  const { kind, cluster, editing } = useScene();
  const classes = useChoices("storageclasses", cluster, undefined);
  return (
    <Card size="small" title={t("wizard.volumes")} style={{ marginBottom: 16 }}>
      <RowList name={["volumes"]} add={t("wizard.addVolume")} blank={() => ({ name: "", type: "emptyDir" })}>
        {(row) => <VolumeRow row={row} />}
      </RowList>
      {kind === "statefulsets" && (
        <>
          <Typography.Paragraph strong style={{ marginBlock: "16px 4px" }}>
            {t("wizard.claimTemplates")}
          </Typography.Paragraph>
          <Typography.Paragraph type="secondary">{editing ? t("wizard.claimTemplatesFixed") : t("wizard.claimTemplatesNote")}</Typography.Paragraph>
          <RowList
            name={["claimTemplates"]}
            add={t("wizard.addClaimTemplate")}
            blank={() => ({ name: "", size: "", accessMode: "ReadWriteOnce" })}
            disabled={editing || undefined}
          >
            {(row) => (
              <>
                <Form.Item name={[row, "name"]} rules={[{ required: true, message: t("form.needValue") }, rule(isLabel, t("form.labelRule"))]} style={TIGHT}>
                  <Input aria-label={t("wizard.volume")} placeholder={t("wizard.volume")} disabled={editing || undefined} />
                </Form.Item>
                <Form.Item name={[row, "storageClass"]} style={{ ...TIGHT, minWidth: 160 }}>
                  <Select
                    allowClear
                    disabled={editing || undefined}
                    aria-label={t("claim.class")}
                    placeholder={t("claim.class")}
                    options={classes.map(({ name }) => ({ value: name }))}
                  />
                </Form.Item>
                <Form.Item
                  name={[row, "size"]}
                  rules={[{ required: true, message: t("form.needValue") }, rule(isQuantity, t("form.quantityRule"))]}
                  style={TIGHT}
                >
                  <Input aria-label={t("claim.size")} placeholder={EXAMPLE_SIZE} disabled={editing || undefined} style={{ width: 110 }} />
                </Form.Item>
                <Form.Item name={[row, "accessMode"]} style={TIGHT}>
                  <Select
                    disabled={editing || undefined}
                    aria-label={t("claim.modes")}
                    style={{ width: 190 }}
                    options={(["ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany"] as const).map((value) => ({ value, label: t(`mode.${value}`) }))}
                  />
                </Form.Item>
              </>
            )}
          </RowList>
        </>
      )}
    </Card>
  );
}

function VolumeRow({ row }: { row: number }) {
  const { t } = useTranslation("business");
  const { cluster, namespace, kind } = useScene();
  const type = Form.useWatch<Volume | undefined>(["volumes", row], { preserve: true })?.type ?? "emptyDir";
  // by the manual a StatefulSet takes claims of its own; one that has such a volume keeps it
  const types: VolumeType[] = ["emptyDir", "configMap", "secret", ...(kind === "statefulsets" && type !== "claim" ? [] : (["claim"] as const)), "hostPath"];
  if (type === "other") types.push("other");
  return (
    <>
      <Form.Item name={[row, "name"]} rules={[{ required: true, message: t("form.needValue") }, rule(isLabel, t("form.labelRule"))]} style={TIGHT}>
        <Input aria-label={t("wizard.volume")} placeholder={t("wizard.volume")} />
      </Form.Item>
      <Form.Item name={[row, "type"]} style={TIGHT}>
        <Select aria-label={t("wizard.volumeType")} style={{ width: 140 }} options={types.map((value) => ({ value, label: t(`wizard.volumeOf.${value}`) }))} />
      </Form.Item>
      {(type === "configMap" || type === "secret" || type === "claim") && (
        <Form.Item name={[row, "source"]} rules={[{ required: true, message: t("form.needValue") }]} style={{ ...TIGHT, flex: 1 }}>
          <ObjectName list={LISTS[type]} cluster={cluster} namespace={namespace} label={t(`wizard.volumeOf.${type}`)} />
        </Form.Item>
      )}
      {type === "hostPath" && (
        <Form.Item
          name={[row, "source"]}
          rules={[{ required: true, message: t("form.needValue") }, rule((text) => text.startsWith("/"), t("wizard.pathRule"))]}
          style={{ ...TIGHT, flex: 1 }}
        >
          <Input aria-label={t("wizard.hostPath")} placeholder={t("wizard.hostPath")} />
        </Form.Item>
      )}
      {type === "emptyDir" && (
        <>
          <Form.Item name={[row, "sizeLimit"]} rules={[rule(isQuantity, t("form.quantityRule"))]} style={TIGHT}>
            <Input aria-label={t("wizard.sizeLimit")} placeholder={t("wizard.sizeLimit")} style={{ width: 120 }} />
          </Form.Item>
          <Form.Item name={[row, "memory"]} valuePropName="checked" style={TIGHT}>
            <Checkbox>{t("wizard.inMemory")}</Checkbox>
          </Form.Item>
        </>
      )}
      {type === "other" && <Typography.Text type="secondary">{t("wizard.kept")}</Typography.Text>}
    </>
  );
}
