// SPDX-License-Identifier: Apache-2.0
import { type FormInstance, Select } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { usePlace } from "../app/place";
import { useNamespaces } from "../app/PlaceChooser";
import { useMayChangeIn } from "../session/rights";

/** What is filled in goes along to another namespace: that of the address. */
export function useNamespaceOfPlace(form: FormInstance, isNew: boolean) {
  const { namespace } = usePlace();
  useEffect(() => {
    if (isNew && namespace !== undefined && form.getFieldValue("namespace") !== namespace) form.setFieldValue("namespace", namespace);
  }, [namespace]);
}

/** Chooses a namespace of the cluster in which the user may make something. */
export function NamespaceSelect({ cluster, value, onChange, id }: { cluster: string; value?: string; onChange?: (namespace: string) => void; id?: string }) {
  const { t } = useTranslation();
  const namespaces = useNamespaces();
  const mayChange = useMayChangeIn(cluster);
  const options = (namespaces.data?.items ?? [])
    .filter((one) => one.cluster.name === cluster && mayChange(one.name))
    .map(({ name }) => ({ value: name, label: name }))
    .sort((a, b) => a.value.localeCompare(b.value));
  return (
    <Select
      id={id}
      showSearch
      value={value}
      onChange={onChange}
      options={options}
      placeholder={t("place.choose")}
      style={{ minWidth: 220 }}
      aria-label={t("place.namespace")}
    />
  );
}
