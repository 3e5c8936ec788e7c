// SPDX-License-Identifier: Apache-2.0
import { Flex, Select, Spin, Switch, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../ui/Failure";
import { TextBlock } from "../../ui/TextBlock";

const LINES = [100, 500, 2_000, 10_000];
const SOON_MS = 3_000;

/** What the machine's console shows: there even when nothing else answers. */
export function MachineConsole({ machine, name }: { machine: string; name: string }) {
  const { t } = useTranslation("management");
  const [lines, setLines] = useState(LINES[1]);
  const [follows, setFollows] = useState(false);
  const query = api.useQuery(
    "get",
    "/api/v1/machines/{machine}/console",
    { params: { path: { machine }, query: { lines } }, parseAs: "text" },
    { refetchInterval: follows ? SOON_MS : false, placeholderData: (before) => before },
  );
  return (
    <Flex vertical gap={12}>
      <Flex gap={16} align="center" wrap>
        <Select
          aria-label={t("console.lines")}
          value={lines}
          onChange={setLines}
          options={LINES.map((count) => ({ value: count, label: t("console.last", { count }) }))}
          style={{ width: 160 }}
        />
        <label>
          <Switch checked={follows} onChange={setFollows} aria-label={t("console.follow")} /> <Typography.Text>{t("console.follow")}</Typography.Text>
        </label>
      </Flex>
      {query.error && <Failure error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Spin />}
      {query.data !== undefined && <TextBlock text={query.data} label={t("node.tab.console")} file={`${name}-console.txt`} height={560} tail />}
    </Flex>
  );
}
