// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { AutoComplete } from "antd";
import { type ListName, listPath, readList } from "../lists";

const MOST = 500;

/** The rows of a list in a namespace, for choosing. */
export function useChoices<List extends ListName>(list: List, cluster: string, namespace: string | undefined) {
  const rows = useQuery({
    queryKey: ["get", listPath(list), { cluster, namespace }, "all"],
    queryFn: () => readList(list, cluster, { namespace, limit: MOST }),
    enabled: namespace !== undefined || list === "storageclasses",
  });
  return rows.data?.items ?? [];
}

interface Props {
  list: ListName;
  cluster: string;
  namespace?: string;
  label: string;
  value?: string;
  onChange?: (name: string) => void;
  id?: string;
}

/** The name of an object, chosen from those that there are; one that is made later may be typed. */
export function ObjectName({ list, cluster, namespace, label, value, onChange, id }: Props) {
  const choices = useChoices(list, cluster, namespace);
  return (
    <AutoComplete
      id={id}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={onChange}
      style={{ minWidth: 160, width: "100%" }}
      showSearch={{ filterOption: (typed, option) => String(option?.value).includes(typed) }}
      options={choices.map(({ name }) => ({ value: name }))}
    />
  );
}

/** A key of a ConfigMap or Secret. */
export function KeyName({
  list,
  cluster,
  namespace,
  source,
  label,
  value,
  onChange,
  id,
}: Omit<Props, "list"> & { list: "configmaps" | "secrets"; source?: string }) {
  const choices = useChoices(list, cluster, namespace);
  const keys = choices.find(({ name }) => name === source)?.keys ?? [];
  return (
    <AutoComplete
      id={id}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={onChange}
      style={{ minWidth: 120, width: "100%" }}
      showSearch={{ filterOption: (typed, option) => String(option?.value).includes(typed) }}
      options={keys.map(({ name }) => ({ value: name }))}
    />
  );
}
