// SPDX-License-Identifier: Apache-2.0
import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { App, Button, Flex, theme } from "antd";
import { useTranslation } from "react-i18next";
import { saveText } from "./csv";
import { toYaml } from "./yaml";

interface Props {
  /** In Kubernetes' own form. */
  object: object;
  /** Of the file that is downloaded. */
  name: string;
  height?: number | string;
}

/** An object's YAML to read, to copy and to take along. */
export function ObjectYaml({ object, name, height = "60vh" }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { token } = theme.useToken();
  const text = toYaml(object);
  return (
    <div>
      <Flex justify="end" gap={8} style={{ marginBottom: 8 }}>
        <Button
          size="small"
          icon={<CopyOutlined />}
          onClick={() => void navigator.clipboard.writeText(text).then(() => message.success(t("action.copied")))}
        >
          {t("action.copy")}
        </Button>
        <Button size="small" icon={<DownloadOutlined />} onClick={() => saveText(`${name}.yaml`, text, "application/yaml")}>
          {t("action.download")}
        </Button>
      </Flex>
      <pre
        tabIndex={0}
        style={{
          margin: 0, padding: 12, maxHeight: height, overflow: "auto", fontSize: 12.5, lineHeight: 1.5, background: token.colorFillQuaternary,
          border: `1px solid ${token.colorBorderSecondary}`, borderRadius: token.borderRadius,
        }}
      >
        {text}
      </pre>
    </div>
  );
}
