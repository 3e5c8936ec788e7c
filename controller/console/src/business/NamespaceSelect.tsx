// SPDX-License-Identifier: Apache-2.0
import { type FormInstance, Select } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { usePlace } from "../app/place";
import { useNamespaces } from "../app/PlaceChooser";
import { useMayChangeIn } from "../session/rights";

/** What is filled in goes along to another place: its namespace is that of the address, and of another cluster none is chosen yet. */
export function useNamespaceOfPlace(form: FormInstance, isNew: boolean) {
  const { cluster, namespace } = usePlace();
  const before = useRef({ cluster, namespace });
  useEffect(() => {
    const was = before.current;
    before.current = { cluster, namespace };
    const moved = was.cluster !== cluster || (namespace !== undefined && was.namespace !== namespace);
    if (isNew && moved) form.setFieldValue("namespace", namespace);
  }, [cluster, namespace]);
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
