// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { FormDialog } from "../../ui/FormDialog";
import { ShownOnce } from "../../ui/ShownOnce";

interface Values {
  name: string;
  how: "made" | "own";
  publicKey?: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Makes a key pair, or keeps a public key; a private key is shown once. `made` hears its name when the reader has kept it. */
export function NewKeyPair({ open, close, made }: { open: boolean; close: () => void; made?: (name: string) => void }) {
  const { t } = useTranslation("management");
  const queries = useQueryClient();
  const [pair, setPair] = useState<Schemas["NewKeyPair"]>();
  const send = ({ name, how, publicKey }: Values) =>
    read(client.POST("/api/v1/key-pairs", { body: { name, ...(how === "own" && { publicKey: publicKey?.trim() }) } }));
  return (
    <>
      <FormDialog<Values, Schemas["NewKeyPair"]>
        open={open}
        close={close}
        title={t("keyPair.create")}
        ok={t("keyPair.create")}
        initial={{ how: "made" }}
        send={send}
        done={(next) => {
          void queries.invalidateQueries();
          made?.(next.name);
          if (next.privateKey) setPair(next);
        }}
      >
        <Form.Item
          name="name"
          label={t("keyPair.name")}
          rules={[
            { required: true, message: t("keyPair.needName") },
            { pattern: NAME, message: t("keyPair.nameRule") },
          ]}
        >
          <Input autoFocus maxLength={63} />
        </Form.Item>
        <Form.Item name="how" label={t("keyPair.how")}>
          <Radio.Group
            options={[
              { value: "made", label: t("keyPair.made") },
              { value: "own", label: t("keyPair.own") },
            ]}
          />
        </Form.Item>
        <Form.Item noStyle dependencies={["how"]}>
          {({ getFieldValue }) =>
            getFieldValue("how") === "own" && (
              <Form.Item
                name="publicKey"
                label={t("keyPair.publicKey")}
                extra={t("keyPair.publicKeyHint")}
                rules={[{ required: true, message: t("keyPair.needPublicKey") }]}
              >
                <Input.TextArea rows={4} maxLength={8192} style={{ fontFamily: "monospace" }} />
              </Form.Item>
            )
          }
        </Form.Item>
      </FormDialog>
      <ShownOnce
        secret={pair?.privateKey}
        title={t("keyPair.privateKey")}
        note={pair && t("keyPair.privateKeyOf", { name: pair.name, fingerprint: pair.fingerprint })}
        file={pair && `${pair.name}.pem`}
        close={() => setPair(undefined)}
      />
    </>
  );
}
