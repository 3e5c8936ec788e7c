// SPDX-License-Identifier: Apache-2.0
import { Alert, Card, Form, Input, Radio, Select, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { usePlace } from "../../app/place";
import { placeBy } from "../../ui/amiss";
import { quantity } from "../../ui/amounts";
import { rule } from "../fields/lists";
import { useChoices } from "../fields/ObjectName";
import { isQuantity } from "../names";
import { ObjectFormPage } from "../ObjectFormPage";
import { CLAIM_PLACES, claimObject, claimOf, type ClaimValues } from "./claim";

const MODES = ["ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany"] as const;
const EXAMPLE = "10Gi";

/** Makes a claim, or lets it grow: nothing else of it ever changes. */
export function ClaimForm({ editing }: { editing: boolean }) {
  const { t } = useTranslation("business");
  const { cluster } = usePlace();
  const classes = useChoices("storageclasses", cluster, undefined);
  return (
    <ObjectFormPage<ClaimValues>
      resource="persistentvolumeclaims"
      editing={editing}
      blank={() => ({ size: "", modes: ["ReadWriteOnce"] })}
      read={claimOf}
      write={claimObject}
      placeOf={(field) => placeBy(CLAIM_PLACES, field)}
      fields={({ storageClass }, _, base) => {
        const chosen = classes.find((one) => (storageClass ? one.name === storageClass : one.isDefault));
        const offered = chosen?.accessModes?.length ? chosen.accessModes : undefined;
        const before = base && claimOf(base).size;
        const fixed = editing && chosen && !chosen.expandable;
        return (
          <Card size="small" style={{ marginBottom: 16 }}>
            {fixed && <Alert type="warning" showIcon style={{ marginBottom: 16 }} title={t("claim.fixed", { name: chosen.name })} />}
            <Form.Item name="storageClass" label={t("claim.class")} extra={t("claim.classNote")}>
              <Select
                allowClear
                disabled={editing || undefined}
                placeholder={classes.find(({ isDefault }) => isDefault)?.name ?? t("claim.noDefault")}
                style={{ maxWidth: 400 }}
                options={classes.map(({ name, provisioner, isDefault }) => ({
                  value: name,
                  label: (
                    <>
                      {name} <Tag>{provisioner}</Tag> {isDefault && <Tag>{t("claim.default")}</Tag>}
                    </>
                  ),
                }))}
              />
            </Form.Item>
            <Form.Item
              name="size"
              label={t("claim.size")}
              extra={editing ? t("claim.growNote", { size: before }) : undefined}
              rules={[
                { required: true },
                rule(isQuantity, t("form.quantityRule")),
                rule((text) => !before || !(quantity(text) < quantity(before)), t("claim.shrink", { size: before })),
              ]}
            >
              <Input placeholder={EXAMPLE} disabled={fixed || undefined} style={{ maxWidth: 200 }} />
            </Form.Item>
            <Form.Item name={["modes", 0]} label={t("claim.modes")} extra={offered ? undefined : t("claim.modesUnknown")} rules={[{ required: true }]}>
              <Radio.Group
                disabled={editing || undefined}
                style={{ display: "grid", gap: 8 }}
                options={MODES.map((value) => ({ value, label: t(`mode.${value}`), disabled: editing || (offered && !offered.includes(value)) }))}
              />
            </Form.Item>
          </Card>
        );
      }}
    />
  );
}
