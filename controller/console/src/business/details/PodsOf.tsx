// SPDX-License-Identifier: Apache-2.0
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePlace } from "../../app/place";
import { usePodColumns } from "../../pods/columns";
import { ResourceTable } from "../ResourceTable";

/** The pods of a workload: by its selector, or by what owns them. */
export function PodsOf({ labels, owner }: { labels?: string; owner?: string }) {
  const { t } = useTranslation("business");
  const { cluster, namespace } = usePlace();
  const { columns, dialog } = usePodColumns(cluster, namespace);
  const shown = useMemo(() => columns.filter(({ key }) => key !== "application"), [columns]);
  return (
    <>
      <ResourceTable list="pods" columns={shown} only={{ labels, owner }} hint={t("pod.none")} />
      {dialog}
    </>
  );
}
