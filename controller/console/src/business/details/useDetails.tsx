// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { Empty, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { usePlace } from "../../app/place";
import { Failure, problemOf } from "../../ui/Failure";
import { StaleNote } from "../../ui/StaleNote";
import type { Resource } from "../kinds";
import { type ListName, listPath, readList, type Rows } from "../lists";
import { useObject } from "../object";

/** What is known of the object in the address: its row of the mirror, which outlives the link to the cluster, and the object itself. */
export function useDetails<List extends ListName & Resource>(resource: List) {
  const { t } = useTranslation("business");
  const { cluster, namespace = "" } = usePlace();
  const { name = "" } = useParams();
  const object = useObject(cluster, namespace, resource, name, namespace !== "");
  const list = useQuery({
    queryKey: ["get", listPath(resource), { cluster, namespace }, { one: name }],
    queryFn: async () => {
      const page = await readList(resource, cluster, { namespace, search: name, limit: 500 });
      return { row: page.items.find((row) => row.name === name) ?? null, stale: page.stale, asOf: page.asOf };
    },
    enabled: namespace !== "",
  });
  const row = (list.data?.row ?? undefined) as Rows[List] | undefined;
  const missing = object.error && problemOf(object.error).status === 404;
  /** In place of the page: while nothing is known, or when there is no such object. */
  const instead = (() => {
    if (!namespace) return <Empty description={t("details.noNamespace")} />;
    if (!row && !object.data) {
      if (missing) return <Empty description={t("details.gone", { name })} />;
      if (object.error) return <Failure error={object.error} again={() => void object.refetch()} />;
      return <Spin style={{ display: "block", margin: "15vh auto" }} />;
    }
    return undefined;
  })();
  const notes = (
    <>
      {list.data?.stale && <StaleNote why={list.data.stale} asOf={list.data.asOf} />}
      {missing && <Failure error={object.error} />}
      {!missing && object.error && <Failure error={object.error} again={() => void object.refetch()} />}
    </>
  );
  return { cluster, namespace, name, row, object: object.data, instead, notes };
}
