// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal, Spin } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { client } from "../../api/client";
import { read } from "../../api/read";
import { Failure, problemOf } from "../../ui/Failure";
import { isRight, markRefusal, unmark } from "../../ui/marks";
import { isLabel } from "../names";
import { NamespaceSelect } from "../NamespaceSelect";

interface Props {
  cluster: string;
  namespace?: string;
  /** The one to edit; absent: a new one. */
  name?: string;
  close: (namespace?: string, name?: string) => void;
}

const LIST = "/api/v1/clusters/{cluster}/applications";
const ONE = "/api/v1/clusters/{cluster}/namespaces/{namespace}/applications/{application}";

/** Makes an application, or changes its description. */
export function ApplicationForm({ cluster, namespace, name, close }: Props) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<{ namespace: string; name: string; description?: string }>();
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const present = useQuery({
    queryKey: ["get", ONE, { cluster, namespace, name }, "form"],
    queryFn: () => read(client.GET(ONE, { params: { path: { cluster, namespace: namespace ?? "", application: name ?? "" } } })),
    enabled: name !== undefined,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  useEffect(() => {
    if (present.data) form.setFieldsValue({ description: present.data.description });
  }, [present.data, form]);

  const save = async () => {
    if (!(await isRight(form))) return;
    const wanted = form.getFieldsValue();
    setBusy(true);
    setFailure(undefined);
    const where = namespace ?? wanted.namespace;
    const answer = name
      ? await client.PUT(ONE, {
          params: { path: { cluster, namespace: where, application: name } },
          body: { description: wanted.description || undefined, resourceVersion: present.data?.resourceVersion },
        })
      : await client.POST("/api/v1/clusters/{cluster}/namespaces/{namespace}/applications", {
          params: { path: { cluster, namespace: where } },
          body: { name: wanted.name, ...(wanted.description && { description: wanted.description }) },
        });
    setBusy(false);
    if (answer.error !== undefined) {
      setFailure(answer.error);
      return markRefusal(form, answer.error);
    }
    if (answer.response.status === 202) void message.warning(t("outcome.waiting"));
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === LIST || queryKey[1] === ONE });
    close(where, name ?? wanted.name);
  };
  const changed = failure !== undefined && problemOf(failure).rule === "changed";
  return (
    <Modal
      open
      title={name ? `${common("action.edit")} · ${name}` : t("application.create")}
      okText={name ? common("action.save") : common("action.create")}
      okButtonProps={{ loading: busy, disabled: name !== undefined && !present.data }}
      onOk={() => void save()}
      onCancel={() => close()}
    >
      {present.error && <Failure error={present.error} again={() => void present.refetch()} />}
      {name && present.isPending ? (
        <Spin />
      ) : (
        <Form form={form} layout="vertical" onFinish={() => void save()} onValuesChange={(changed) => unmark(form, changed)}>
          {!namespace && (
            <Form.Item name="namespace" label={common("place.namespace")} rules={[{ required: true }]}>
              <NamespaceSelect cluster={cluster} />
            </Form.Item>
          )}
          {!name && (
            <Form.Item
              name="name"
              label={t("application.name")}
              extra={t("form.labelRule")}
              rules={[
                { required: true },
                { validator: (_, text?: string) => (!text || isLabel(text) ? Promise.resolve() : Promise.reject(new Error(t("form.labelRule")))) },
              ]}
            >
              <Input autoFocus maxLength={63} />
            </Form.Item>
          )}
          <Form.Item name="description" label={t("application.description")}>
            <Input.TextArea rows={3} maxLength={1024} showCount />
          </Form.Item>
          <button type="submit" hidden aria-hidden tabIndex={-1} />
        </Form>
      )}
      {failure !== undefined && <Failure error={failure} />}
      {changed && (
        <Button
          onClick={() => {
            setFailure(undefined);
            void present.refetch();
          }}
        >
          {t("form.loadTheirs")}
        </Button>
      )}
    </Modal>
  );
}
