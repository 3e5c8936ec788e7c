// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { AutoComplete } from "antd";
import { type ListName, listPath, readList } from "../lists";

const MOST = 500;
const EXAMPLE_IMAGE = "registry.example.com/path/name:version";

/** The rows of a list in a namespace, for choosing. */
export function useChoices<List extends ListName>(list: List, cluster: string, namespace: string | undefined) {
  const rows = useQuery({
    queryKey: ["get", listPath(list), { cluster, namespace }, "all"],
    queryFn: () => readList(list, cluster, { namespace, limit: MOST }),
    enabled: namespace !== undefined || list === "storageclasses",
  });
  return rows.data?.items ?? [];
}

interface NameProps {
  label: string;
  /** What holds while nothing is said; without it the label. */
  placeholder?: string;
  value?: string;
  onChange?: (name: string) => void;
  id?: string;
}

interface Props extends NameProps {
  list: ListName;
  cluster: string;
  namespace?: string;
}

/** A name, chosen from those that there are; one that is made later may be typed. */
function NameField({ label, placeholder, names, width, ...field }: NameProps & { names: string[]; width: number }) {
  return (
    <AutoComplete
      {...field}
      aria-label={label}
      placeholder={placeholder ?? label}
      style={{ minWidth: width, width: "100%" }}
      showSearch={{ filterOption: (typed, option) => String(option?.value).includes(typed) }}
      options={names.map((name) => ({ value: name }))}
    />
  );
}

/** The name of an object. */
export function ObjectName({ list, cluster, namespace, ...field }: Props) {
  const choices = useChoices(list, cluster, namespace);
  return <NameField {...field} width={160} names={choices.map(({ name }) => name)} />;
}

/** A key of a ConfigMap or Secret. */
export function KeyName({ list, cluster, namespace, source, ...field }: Omit<Props, "list"> & { list: "configmaps" | "secrets"; source?: string }) {
  const choices = useChoices(list, cluster, namespace);
  const keys = choices.find(({ name }) => name === source)?.keys ?? [];
  return <NameField {...field} width={120} names={keys.map(({ name }) => name)} />;
}

/** An image: one that the namespace's pods run, or another. */
export function ImageName({ cluster, namespace, ...field }: Omit<NameProps, "label"> & { cluster: string; namespace?: string }) {
  const pods = useChoices("pods", cluster, namespace);
  const images = [...new Set(pods.flatMap(({ containers }) => containers.map(({ image }) => image)))].sort();
  return (
    <AutoComplete
      {...field}
      placeholder={EXAMPLE_IMAGE}
      showSearch={{ filterOption: (typed, option) => String(option?.value).includes(typed) }}
      options={images.map((image) => ({ value: image }))}
    />
  );
}
