// SPDX-License-Identifier: Apache-2.0
import { Select } from "antd";
import { useTranslation } from "react-i18next";

interface Props {
  id?: string;
  value?: string[];
  onChange?: (names: string[]) => void;
}

/** Host names, typed one after another. */
export function HostNames(field: Props) {
  const { t } = useTranslation("business");
  const words = t("network.hostnames");
  return <Select {...field} mode="tags" open={false} suffixIcon={null} aria-label={words} placeholder={words} tokenSeparators={[",", " "]} />;
}
