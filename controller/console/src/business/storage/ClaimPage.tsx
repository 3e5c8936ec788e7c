// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from "react-i18next";
import { ObjectYaml } from "../../ui/ObjectYaml";
import { Condition } from "../columns";
import { DetailPage } from "../details/DetailPage";
import { Conditions, Facts, useMetaFacts } from "../details/Facts";
import { UsedBy } from "../details/UsedBy";
import { useDetails } from "../details/useDetails";
import { EventTable } from "../Events";
import { EditAndDelete } from "../network/NetworkPages";

/** A claim: its volume, how large it is, who uses it. */
export function ClaimPage() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster, namespace, name, row, object, instead, notes } = useDetails("persistentvolumeclaims");
  const meta = useMetaFacts(cluster, namespace, object, row);
  if (instead) return instead;
  return (
    <DetailPage
      resource="persistentvolumeclaims"
      name={name}
      state={row && <Condition status={row.status} condition={row.condition} />}
      notes={notes}
      actions={<EditAndDelete cluster={cluster} namespace={namespace} resource="persistentvolumeclaims" name={name} ready={object !== undefined} />}
      tabs={[
        {
          key: "overview",
          label: t("tab.overview"),
          children: (
            <>
              <Facts
                facts={[
                  ...meta,
                  [t("claim.class"), row?.class ?? "—"],
                  [t("claim.requested"), row?.requested ?? "—"],
                  [t("claim.capacity"), row?.capacity ?? "—"],
                  [t("claim.modes"), row?.accessModes?.map((mode) => t(`mode.${mode}` as "mode.ReadWriteOnce", { defaultValue: mode })).join(", ") || "—"],
                  [t("claim.volume"), row?.volume ?? "—"],
                  [t("claim.volumeMode"), row?.volumeMode ?? "—"],
                ]}
              />
              <Conditions object={object} />
            </>
          ),
        },
        { key: "used-by", label: t("tab.usedBy"), children: <UsedBy cluster={cluster} namespace={namespace} resource="persistentvolumeclaims" name={name} /> },
        { key: "events", label: common("menu.events"), children: <EventTable object={`PersistentVolumeClaim/${name}`} namespace={namespace} /> },
        { key: "yaml", label: "YAML", children: <ObjectYaml cluster={cluster} namespace={namespace} resource="persistentvolumeclaims" name={name} /> },
      ]}
    />
  );
}
