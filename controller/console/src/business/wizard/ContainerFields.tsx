// SPDX-License-Identifier: Apache-2.0
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Card, Collapse, Flex, Form, Input, InputNumber, Radio, Select, Tabs, Typography } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { RowList, rule, TextList } from "../fields/lists";
import { ImageName } from "../fields/ObjectName";
import { isLabel, isQuantity } from "../names";
import { type Container, newContainer, PROBES, type Volume } from "./form";
import { ProbeFields } from "./ProbeFields";
import { useFolds, useScene } from "./scene";
import { VariableFields } from "./VariableFields";

const TIGHT = { marginBottom: 0 };
const EXAMPLES = { cpu: "500m", memory: "256Mi" };
const AMOUNTS = ["cpu", "memory"] as const;
const SWITCHES = ["runAsNonRoot", "readOnlyRootFilesystem", "privileged"] as const;
const RUN_AS = ["runAsUser", "runAsGroup"] as const;

/** In which fold of a container its fields stand. */
const FOLDS: Record<string, string> = {
  ports: "ports",
  variables: "variables",
  variableSets: "variables",
  mounts: "mounts",
  livenessProbe: "probes",
  readinessProbe: "probes",
  startupProbe: "probes",
  security: "security",
  command: "commands",
  args: "commands",
  postStart: "commands",
  preStop: "commands",
};

/** All containers of the pod template, one tab each. */
export function ContainerFields() {
  const { t } = useTranslation("business");
  const containers = Form.useWatch<Container[] | undefined>("containers", { preserve: true }) ?? [];
  const [open, setOpen] = useState("0");
  const { shown } = useScene();
  useEffect(() => {
    if (shown?.[0] === "containers") setOpen(String(shown[1]));
  }, [shown]);
  const used = new Set(containers.map((one) => one?.name));
  const freeName = () => {
    let number = containers.length + 1;
    while (used.has(`container${number}`)) number += 1;
    return `container${number}`;
  };
  return (
    <Form.List name="containers">
      {(fields, { add: append, remove }) => (
        <Card
          size="small"
          title={t("details.containers")}
          style={{ marginBottom: 16 }}
          extra={
            <Button
              size="small"
              icon={<PlusOutlined />}
              onClick={() => {
                append(newContainer(freeName()));
                setOpen(String(fields.length));
              }}
            >
              {t("wizard.addContainer")}
            </Button>
          }
        >
          <Tabs
            type="card"
            activeKey={Number(open) < fields.length ? open : "0"}
            onChange={setOpen}
            items={fields.map(({ name }) => ({
              key: String(name),
              label: containers[name]?.name || t("wizard.unnamed"),
              forceRender: true,
              children: (
                <OneContainer
                  at={name}
                  remove={
                    fields.length > 1
                      ? () => {
                          remove(name);
                          setOpen("0");
                        }
                      : undefined
                  }
                />
              ),
            }))}
          />
        </Card>
      )}
    </Form.List>
  );
}

function OneContainer({ at, remove }: { at: number; remove?: () => void }) {
  const { t } = useTranslation("business");
  const { cluster, namespace } = useScene();
  const folds = useFolds((shown) => (shown[0] === "containers" && shown[1] === at ? FOLDS[String(shown[2])] : undefined));
  const amount = (of: "requests" | "limits") => (what: "cpu" | "memory") => (
    <Form.Item key={what} name={[at, of, what]} rules={[rule(isQuantity, t("form.quantityRule"))]} style={TIGHT}>
      <Input
        aria-label={`${t(`wizard.${of}`)} ${t(`wizard.${what}`)}`}
        prefix={<Typography.Text type="secondary">{t(`wizard.${what}`)}</Typography.Text>}
        placeholder={EXAMPLES[what]}
        style={{ width: 200 }}
      />
    </Form.Item>
  );
  const requested = amount("requests");
  const limited = amount("limits");
  return (
    <>
      {remove && (
        <Button size="small" danger icon={<DeleteOutlined />} onClick={remove} style={{ float: "inline-end" }}>
          {t("wizard.removeContainer")}
        </Button>
      )}
      <Flex gap={24} wrap>
        <Form.Item name={[at, "name"]} label={t("wizard.containerName")} rules={[{ required: true }, rule(isLabel, t("form.labelRule"))]}>
          <Input maxLength={63} />
        </Form.Item>
        <Form.Item name={[at, "init"]} label={t("wizard.containerType")}>
          <Radio.Group
            options={[
              { value: false, label: t("wizard.main") },
              { value: true, label: t("wizard.init") },
            ]}
          />
        </Form.Item>
      </Flex>
      <Flex gap={24} wrap>
        <Form.Item name={[at, "image"]} label={t("wizard.image")} rules={[{ required: true }]} extra={t("wizard.imageNote")} style={{ flex: 1, minWidth: 320 }}>
          <ImageName cluster={cluster} namespace={namespace} />
        </Form.Item>
        <Form.Item name={[at, "pullPolicy"]} label={t("wizard.pullPolicy")}>
          <Select
            style={{ width: 200 }}
            allowClear
            options={(["IfNotPresent", "Always", "Never"] as const).map((value) => ({ value, label: t(`wizard.pull.${value}`) }))}
          />
        </Form.Item>
      </Flex>
      <Form.Item label={t("wizard.requests")} extra={t("wizard.requestsNote")}>
        <Flex gap={8}>{AMOUNTS.map(requested)}</Flex>
      </Form.Item>
      <Form.Item label={t("wizard.limits")} extra={t("wizard.limitsNote")}>
        <Flex gap={8}>{AMOUNTS.map(limited)}</Flex>
      </Form.Item>
      <Collapse
        {...folds}
        items={[
          { key: "ports", label: t("wizard.ports"), forceRender: true, children: <PortRows at={at} /> },
          { key: "variables", label: t("wizard.variables"), forceRender: true, children: <VariableFields at={at} /> },
          { key: "mounts", label: t("wizard.mounts"), forceRender: true, children: <MountRows at={at} /> },
          { key: "probes", label: t("details.probes"), forceRender: true, children: PROBES.map((probe) => <ProbeFields key={probe} at={at} probe={probe} />) },
          { key: "security", label: t("wizard.security"), forceRender: true, children: <SecurityRows at={at} /> },
          {
            key: "commands",
            label: t("wizard.commands"),
            forceRender: true,
            children: (["command", "args", "postStart", "preStop"] as const).map((field) => (
              <Form.Item key={field} label={t(`wizard.${field}`)} extra={t(`wizard.commandNote.${field}`)}>
                <TextList name={[at, field]} add={t(field === "args" ? "wizard.addArgument" : "wizard.addCommand")} label={t(`wizard.${field}`)} />
              </Form.Item>
            )),
          },
        ]}
      />
    </>
  );
}

function PortRows({ at }: { at: number }) {
  const { t } = useTranslation("business");
  return (
    <RowList name={[at, "ports"]} add={t("wizard.addPort")} blank={() => ({ protocol: "TCP" })}>
      {(row) => (
        <>
          <Form.Item name={[row, "name"]} rules={[rule((text) => isLabel(text) && text.length <= 15, t("wizard.portNameRule"))]} style={TIGHT}>
            <Input aria-label={t("wizard.portName")} placeholder={t("wizard.portName")} />
          </Form.Item>
          <Form.Item name={[row, "containerPort"]} rules={[{ required: true, message: t("form.needValue") }]} style={TIGHT}>
            <InputNumber
              min={1}
              max={65_535}
              precision={0}
              aria-label={t("wizard.containerPort")}
              placeholder={t("wizard.containerPort")}
              style={{ width: 140 }}
            />
          </Form.Item>
          <Form.Item name={[row, "protocol"]} style={TIGHT}>
            <Select aria-label={t("wizard.protocol")} style={{ width: 100 }} options={["TCP", "UDP", "SCTP"].map((value) => ({ value }))} />
          </Form.Item>
        </>
      )}
    </RowList>
  );
}

function MountRows({ at }: { at: number }) {
  const { t } = useTranslation("business");
  const volumes = Form.useWatch<Volume[] | undefined>("volumes", { preserve: true }) ?? [];
  const claims = Form.useWatch<{ name?: string }[] | undefined>("claimTemplates", { preserve: true }) ?? [];
  const names = [...volumes, ...claims].flatMap((one) => (one?.name ? [one.name] : []));
  return (
    <>
      {names.length === 0 && <Typography.Paragraph type="secondary">{t("wizard.noVolumes")}</Typography.Paragraph>}
      <RowList name={[at, "mounts"]} add={t("wizard.addMount")} blank={() => ({ volume: names[0] ?? "", path: "" })} disabled={names.length === 0 || undefined}>
        {(row) => (
          <>
            <Form.Item name={[row, "volume"]} rules={[{ required: true, message: t("form.needValue") }]} style={{ ...TIGHT, minWidth: 150 }}>
              <Select aria-label={t("wizard.volume")} placeholder={t("wizard.volume")} options={names.map((value) => ({ value }))} />
            </Form.Item>
            <Form.Item
              name={[row, "path"]}
              rules={[{ required: true, message: t("form.needValue") }, rule((text) => text.startsWith("/"), t("wizard.pathRule"))]}
              style={{ ...TIGHT, flex: 1 }}
            >
              <Input aria-label={t("wizard.mountPath")} placeholder={t("wizard.mountPath")} />
            </Form.Item>
            <Form.Item name={[row, "subPath"]} style={TIGHT}>
              <Input aria-label={t("wizard.subPath")} placeholder={t("wizard.subPath")} />
            </Form.Item>
            <Form.Item name={[row, "readOnly"]} style={TIGHT}>
              <Select
                aria-label={t("wizard.access")}
                placeholder={t("wizard.readWrite")}
                style={{ width: 110 }}
                options={[
                  { value: false, label: t("wizard.readWrite") },
                  { value: true, label: t("wizard.readOnly") },
                ]}
              />
            </Form.Item>
          </>
        )}
      </RowList>
    </>
  );
}

function SecurityRows({ at }: { at: number }) {
  const { t } = useTranslation("business");
  const choice = (field: (typeof SWITCHES)[number]) => (
    <Form.Item
      key={field}
      name={[at, "security", field]}
      label={t(`wizard.${field}`)}
      tooltip={field === "privileged" ? t("wizard.privilegedNote") : undefined}
    >
      <Select
        allowClear
        placeholder={t("wizard.unset")}
        style={{ width: 160 }}
        options={[
          { value: true, label: t("yes") },
          { value: false, label: t("no") },
        ]}
      />
    </Form.Item>
  );
  return (
    <Flex gap={24} wrap>
      {SWITCHES.map(choice)}
      {RUN_AS.map((field) => (
        <Form.Item key={field} name={[at, "security", field]} label={field}>
          <InputNumber min={0} precision={0} />
        </Form.Item>
      ))}
    </Flex>
  );
}
