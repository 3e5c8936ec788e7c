// SPDX-License-Identifier: Apache-2.0
import { MinusCircleOutlined, PlusOutlined, UploadOutlined } from "@ant-design/icons";
import { Alert, App, Button, Card, Checkbox, Flex, Form, Input, Select, Typography, Upload } from "antd";
import { useTranslation } from "react-i18next";
import { client } from "../../api/client";
import { read } from "../../api/read";
import { usePlace } from "../../app/place";
import { problemOf } from "../../ui/Failure";
import { rule } from "../fields/lists";
import { isDataKey } from "../names";
import { ObjectFormPage } from "../ObjectFormPage";
import { configObject, configOf, configPlace, type ConfigValues, decode, type Entry, entryOf } from "./data";

const TYPES: Record<string, string[]> = {
  Opaque: [],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/basic-auth": ["username", "password"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};
const LARGEST = 1024 * 1024;

/** Makes or changes a ConfigMap or a Secret. */
export function ConfigForm({ resource, editing }: { resource: "configmaps" | "secrets"; editing: boolean }) {
  const { t } = useTranslation("business");
  const secret = resource === "secrets";
  return (
    <ObjectFormPage<ConfigValues>
      resource={resource}
      editing={editing}
      secret={secret}
      blank={() => ({ entries: [{ key: "", value: "" }], ...(secret && { type: "Opaque" }) })}
      read={configOf}
      placeOf={configPlace}
      write={(values, base) => configObject(secret ? "Secret" : "ConfigMap", values, base)}
      fields={(values, _, base) => (
        <>
          {base?.immutable === true && <Alert type="warning" showIcon title={t("config.isImmutable")} style={{ marginBottom: 16 }} />}
          <Card size="small" title={t("tab.data")} style={{ marginBottom: 16 }}>
            {secret && <SecretType editing={editing} />}
            {secret && editing && <Typography.Paragraph type="secondary">{t("secret.keptNote")}</Typography.Paragraph>}
            <Entries name={values.name} secret={secret} entries={values.entries} />
            {!editing && (
              <Form.Item name="immutable" valuePropName="checked" extra={t("config.immutableNote")} style={{ marginTop: 16 }}>
                <Checkbox>{t("config.immutable")}</Checkbox>
              </Form.Item>
            )}
          </Card>
        </>
      )}
    />
  );
}

/** The type decides which keys must be there. */
function SecretType({ editing }: { editing: boolean }) {
  const { t } = useTranslation("business");
  const form = Form.useFormInstance<ConfigValues>();
  return (
    <Form.Item name="type" label={t("secret.type")}>
      <Select
        disabled={editing || undefined}
        style={{ maxWidth: 320 }}
        options={Object.keys(TYPES).map((value) => ({ value }))}
        onChange={(type: string) => {
          const now = (form.getFieldValue("entries") as Entry[]).filter(({ key, value }) => key || value);
          const missing = TYPES[type].filter((key) => !now.some((entry) => entry.key === key));
          form.setFieldValue("entries", [...now, ...missing.map((key) => ({ key, value: "" }))]);
        }}
      />
    </Form.Item>
  );
}

function Entries({ name, secret, entries }: { name: string; secret: boolean; entries: Entry[] }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster, namespace = "" } = usePlace();
  const { message } = App.useApp();
  const form = Form.useFormInstance<ConfigValues>();
  const set = (at: number, entry: Partial<Entry>) => {
    const now = form.getFieldValue("entries") as Entry[];
    form.setFieldValue(
      "entries",
      now.map((one, index) => (index === at ? { ...one, ...entry } : one)),
    );
  };
  const reveal = async (key: string) => {
    try {
      const { values } = await read(
        client.GET("/api/v1/clusters/{cluster}/namespaces/{namespace}/secrets/{name}/values", {
          params: { path: { cluster, namespace, name }, query: { keys: key } },
        }),
      );
      const text = decode(values[key] ?? "");
      if (text === undefined) void message.info(t("config.binary"));
      else {
        // rows may have come and gone meanwhile
        const at = (form.getFieldValue("entries") as Entry[]).findIndex(({ kept, before }) => kept && before?.key === key);
        if (at >= 0) set(at, { value: text, revealed: text, kept: false });
      }
    } catch (error) {
      void message.error(problemOf(error).detail);
    }
  };
  /** Adds a file; a row that nobody began gives way. */
  const take = (file: Entry) => {
    const begun = (form.getFieldValue("entries") as Entry[]).filter(({ key, value, kept, file }) => key || value || kept || file !== undefined);
    form.setFieldValue("entries", [...begun, file]);
  };
  const twice = (key: string) => (form.getFieldValue("entries") as (Entry | undefined)[]).filter((entry) => entry?.key === key).length > 1;
  return (
    <Form.List name="entries">
      {(fields, { add, remove }, { errors }) => (
        <Flex vertical gap={16}>
          {fields.map(({ key, name: at }) => {
            const entry = entries[at];
            return (
              <Flex key={key} gap={8} align="start">
                <Form.Item
                  name={[at, "key"]}
                  style={{ width: 260, marginBottom: 0 }}
                  rules={[
                    { required: true, message: t("form.needKey") },
                    rule(isDataKey, t("config.keyRule")),
                    rule((text) => !twice(text), t("config.keyTwice")),
                  ]}
                >
                  <Input aria-label={t("form.key")} placeholder={t("form.key")} disabled={entry?.kept} />
                </Form.Item>
                <div style={{ flex: 1 }}>
                  {entry?.kept || entry?.file !== undefined ? (
                    <Flex gap={8} align="center" style={{ minHeight: 32 }}>
                      <Typography.Text type="secondary">{secret && entry.kept ? t("secret.hidden") : t("config.binary")}</Typography.Text>
                      {secret && entry.kept && (
                        <Button size="small" onClick={() => void reveal(entry.key)}>
                          {t("secret.reveal")}
                        </Button>
                      )}
                      <Button size="small" onClick={() => set(at, { kept: false, file: undefined, value: "" })}>
                        {t("secret.replace")}
                      </Button>
                    </Flex>
                  ) : (
                    <Form.Item name={[at, "value"]} style={{ marginBottom: 0 }}>
                      <Input.TextArea
                        aria-label={t("form.value")}
                        placeholder={t("form.value")}
                        autoSize={{ minRows: 1, maxRows: 16 }}
                        style={{ fontFamily: "monospace" }}
                        spellCheck={false}
                      />
                    </Form.Item>
                  )}
                </div>
                <Button type="text" aria-label={common("action.delete")} icon={<MinusCircleOutlined />} onClick={() => remove(at)} />
              </Flex>
            );
          })}
          <Form.ErrorList errors={errors} />
          <Flex gap={8}>
            <Button size="small" icon={<PlusOutlined />} onClick={() => add({ key: "", value: "" })}>
              {t("config.addKey")}
            </Button>
            <Upload
              multiple
              showUploadList={false}
              beforeUpload={async (file) => {
                if (file.size > LARGEST) void message.error(t("config.tooLarge", { name: file.name }));
                else take(entryOf(file.name, new Uint8Array(await file.arrayBuffer())));
                return Upload.LIST_IGNORE;
              }}
            >
              <Button size="small" icon={<UploadOutlined />}>
                {t("config.fromFile")}
              </Button>
            </Upload>
          </Flex>
        </Flex>
      )}
    </Form.List>
  );
}
