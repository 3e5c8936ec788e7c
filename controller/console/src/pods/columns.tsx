// SPDX-License-Identifier: Apache-2.0
import { Flex, Typography } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Schemas } from "../api/client";
import { paths } from "../app/paths";
import { useHindrance, useOutOfReach } from "../session/rights";
import { ActionMenu } from "../ui/ActionMenu";
import { RowLink } from "../ui/RowLink";
import type { Column } from "../ui/ServerTable";
import { State } from "../ui/State";
import { Time } from "../ui/Time";
import { DeletePods } from "./DeletePods";
import { useNodeNames } from "./node_names";
import { ownerPath } from "./owners";

type Pod = Schemas["Pod"];

const APPLICATION = "app.kubernetes.io/name";
const PHASES = ["Pending", "Running", "Succeeded", "Failed", "Unknown"];
/** As `kubectl get pods` words them: those that people look for. */
const STATUSES = [
  "Running",
  "Pending",
  "ContainerCreating",
  "PodInitializing",
  "Completed",
  "Error",
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "CreateContainerConfigError",
  "OOMKilled",
  "Evicted",
  "Terminating",
  "Unknown",
];
const own = ({ containers }: Pod) => containers.filter(({ init }) => !init);
const namespaceOf = ({ namespace }: Pod) => namespace;
const readyText = (pod: Pod, of: string) => `${own(pod).filter(({ ready }) => ready).length}${of}${own(pod).length}`;
const imagesOf = (pod: Pod) => [...new Set(own(pod).map(({ image }) => image))];

/** The columns of every list of pods, with what may be done to one, and the dialog that asks before pods are deleted. */
export function usePodColumns(cluster: string, namespace: string | undefined) {
  const { t } = useTranslation("pods");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const nodes = useNodeNames(cluster);
  const hindrance = useHindrance(cluster);
  const outOfReach = useOutOfReach(cluster);
  const [deleting, setDeleting] = useState<{ pods: Pod[]; after?: () => void }>();
  const columns = useMemo((): Column<Pod>[] => {
    const at = (pod: Pod, tab?: string) => paths.object(cluster, pod.namespace, "pods", pod.name, tab);

    const words = { yaml: t("viewYaml"), logs: t("tab.logs"), terminal: t("tab.terminal"), delete: common("action.delete") };
    const actions = (pod: Pod) => {
      const reason = hindrance(pod.namespace) ?? outOfReach;
      return (
        <div className="row-actions">
          <RowLink to={at(pod, "yaml")}>{words.yaml}</RowLink>
          <RowLink to={at(pod, "logs")}>{words.logs}</RowLink>
          <ActionMenu
            of={pod.name}
            id={pod.uid}
            choices={[
              { key: "terminal", text: words.terminal, choose: () => go(at(pod, "terminal")) },
              { key: "delete", text: words.delete, danger: true, hindered: reason, choose: () => setDeleting({ pods: [pod] }) },
            ]}
          />
        </div>
      );
    };

    return [
      { key: "name", title: common("table.name"), sort: "name", render: (pod) => <RowLink to={at(pod)}>{pod.name}</RowLink>, text: ({ name }) => name },
      {
        key: "status",
        title: common("table.status"),
        sort: "status",
        filter: { name: "status", choices: STATUSES.map((value) => ({ value, text: value })) },
        render: ({ status, reason: why }) => <State of={status} why={why} />,
        text: ({ status }) => status,
      },
      { key: "ready", title: t("ready"), render: (pod) => readyText(pod, " / "), text: (pod) => readyText(pod, "/") },
      { key: "restarts", title: t("restarts"), sort: "restarts", render: ({ restarts }) => restarts, text: ({ restarts }) => restarts },
      ...(namespace ? [] : [{ key: "namespace", title: common("place.namespace"), sort: "namespace", render: namespaceOf, text: namespaceOf }]),
      {
        key: "application",
        title: t("application"),
        sort: "application",
        render: ({ labels, namespace: of }) => {
          const name = labels?.[APPLICATION];
          return name ? <RowLink to={paths.object(cluster, of, "applications", name)}>{name}</RowLink> : "—";
        },
        text: ({ labels }) => labels?.[APPLICATION],
      },
      {
        key: "node",
        title: t("node"),
        sort: "node",
        ...(nodes.length > 0 && { filter: { name: "node", choices: nodes.map((value) => ({ value, text: value })) } }),
        render: ({ node }) => node ?? "—",
        text: ({ node }) => node,
      },
      { key: "podIp", title: t("podIp"), sort: "podIp", render: ({ podIp }) => podIp ?? "—", text: ({ podIp }) => podIp },
      {
        key: "owner",
        title: t("owner"),
        hidden: true,
        render: ({ owner, namespace: of }) => <Owner cluster={cluster} namespace={of} owner={owner} />,
        text: ({ owner }) => owner && `${owner.kind}/${owner.name}`,
      },
      {
        key: "phase",
        title: t("phase"),
        hidden: true,
        filter: { name: "phase", choices: PHASES.map((value) => ({ value, text: value })) },
        render: ({ phase }) => phase,
        text: ({ phase }) => phase,
      },
      {
        key: "images",
        title: t("images"),
        hidden: true,
        text: (pod) => imagesOf(pod).join(" "),
        render: (pod) => (
          <Flex vertical>
            {imagesOf(pod).map((image) => (
              <Typography.Text key={image} style={{ maxWidth: 320 }} ellipsis={{ tooltip: image }}>
                {image}
              </Typography.Text>
            ))}
          </Flex>
        ),
      },
      {
        key: "created",
        title: common("table.created"),
        sort: "created",
        render: ({ createdAt }) => <Time at={createdAt} />,
        text: ({ createdAt }) => createdAt,
      },
      { key: "actions", title: common("table.actions"), render: actions },
    ];
  }, [cluster, namespace, nodes, hindrance, outOfReach, t, common, go]);
  const dialog = (
    <DeletePods
      cluster={cluster}
      pods={deleting?.pods}
      close={(deleted) => {
        setDeleting(undefined);
        if (deleted) deleting?.after?.();
      }}
    />
  );
  return { columns, dialog, remove: (pods: Pod[], after?: () => void) => setDeleting({ pods, after }) };
}

/** Who made it; a link where there is a page for that kind. */
export function Owner({ cluster, namespace, owner }: { cluster: string; namespace: string; owner?: { kind?: string; name?: string } }) {
  if (!owner?.kind || !owner.name) return <>—</>;
  const text = `${owner.kind}/${owner.name}`;
  const path = ownerPath(cluster, namespace, owner.kind, owner.name);
  return path ? <RowLink to={path}>{text}</RowLink> : <>{text}</>;
}
