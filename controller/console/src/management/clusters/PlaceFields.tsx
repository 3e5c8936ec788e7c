// SPDX-License-Identifier: Apache-2.0
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Flex, Form, Input, InputNumber, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { type Disk, isAddress, isEndpoint, isRegistryHost, LEAST_GIB, MOST_GIB, networkFault } from "./clusterForm";

/** What such things look like, in every language. */
const EXAMPLE = { host: "registry.example.org:5000", endpoint: "https://10.0.0.5:5000" };

const DISKS: Disk[] = ["system", "data", "etcd"];

/** 存储配置: the disks that each machine gets. */
export function StorageFields() {
  const { t } = useTranslation("management");
  return DISKS.map((disk) => (
    <Form.Item key={disk} label={t(`newCluster.disk.${disk}`)} extra={t(`newCluster.diskHint.${disk}`)} required>
      <Flex gap={8} wrap>
        <Form.Item name={["storage", disk, "type"]} noStyle>
          <Input aria-label={`${t(`newCluster.disk.${disk}`)} ${t("newCluster.diskType")}`} placeholder={t("newCluster.anyDiskType")} style={{ width: 200 }} />
        </Form.Item>
        <Form.Item
          name={["storage", disk, "sizeGiB"]}
          noStyle
          rules={[
            {
              required: true,
              type: "integer",
              min: LEAST_GIB[disk],
              max: MOST_GIB,
              message: t("newCluster.diskRule", { least: LEAST_GIB[disk], most: MOST_GIB }),
            },
          ]}
        >
          <InputNumber precision={0} suffix="GiB" aria-label={`${t(`newCluster.disk.${disk}`)} ${t("newCluster.diskSize")}`} style={{ width: 160 }} />
        </Form.Item>
      </Flex>
    </Form.Item>
  ));
}

/** 网络配置: the network between the nodes, and who resolves names there. */
export function NetworkFields() {
  const { t } = useTranslation("management");
  return (
    <>
      <Form.Item name="ownNetwork" label={t("newCluster.nodeNetwork")}>
        <Radio.Group
          options={[
            { value: false, label: t("newCluster.autoNetwork") },
            { value: true, label: t("newCluster.ownNetwork") },
          ]}
        />
      </Form.Item>
      <Form.Item noStyle dependencies={["ownNetwork"]}>
        {({ getFieldValue }) =>
          getFieldValue("ownNetwork") === true && (
            <Form.Item
              name={["network", "cidr"]}
              label={t("newCluster.cidr")}
              extra={t("newCluster.cidrHint")}
              rules={[
                { required: true, message: t("newCluster.needCidr") },
                {
                  validator: (_, cidr?: string) => {
                    const fault = cidr ? networkFault(cidr.trim()) : undefined;
                    return fault ? Promise.reject(new Error(t(`newCluster.cidrFault.${fault}`))) : Promise.resolve();
                  },
                },
              ]}
            >
              <Input placeholder="10.0.0.0/16" style={{ maxWidth: 240 }} />
            </Form.Item>
          )
        }
      </Form.Item>
      <Form.Item
        name={["network", "dnsServers"]}
        label={t("newCluster.dns")}
        extra={t("newCluster.dnsHint")}
        rules={[
          {
            validator: (_, servers?: string[]) => {
              const wrong = servers?.find((server) => !isAddress(server));
              return wrong ? Promise.reject(new Error(t("newCluster.dnsRule", { address: wrong }))) : Promise.resolve();
            },
          },
        ]}
      >
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", " ", ";"]} placeholder="8.8.8.8" style={{ maxWidth: 480 }} />
      </Form.Item>
    </>
  );
}

/** 其他配置: registries that the nodes take images from. */
export function OtherFields() {
  const { t } = useTranslation("management");
  return (
    <Form.Item label={t("newCluster.registries")} extra={t("newCluster.registriesHint")}>
      <Form.List name="registries">
        {(fields, { add, remove }) => (
          <Flex vertical gap={8}>
            {fields.map(({ key, name }) => (
              <Flex key={key} gap={8} align="start" wrap>
                <Form.Item
                  name={[name, "host"]}
                  style={{ margin: 0 }}
                  rules={[
                    {
                      required: true,
                      validator: (_, host?: string) => (host && isRegistryHost(host) ? Promise.resolve() : Promise.reject(new Error(t("newCluster.hostRule")))),
                    },
                  ]}
                >
                  <Input aria-label={t("newCluster.host")} placeholder={EXAMPLE.host} style={{ width: 230 }} />
                </Form.Item>
                <Form.Item
                  name={[name, "endpoints"]}
                  style={{ margin: 0 }}
                  rules={[
                    {
                      required: true,
                      validator: (_, urls?: string[]) =>
                        urls?.length && urls.every(isEndpoint) ? Promise.resolve() : Promise.reject(new Error(t("newCluster.endpointRule"))),
                    },
                  ]}
                >
                  <Select
                    mode="tags"
                    open={false}
                    suffixIcon={null}
                    tokenSeparators={[",", " "]}
                    aria-label={t("newCluster.endpoints")}
                    placeholder={EXAMPLE.endpoint}
                    style={{ width: 280 }}
                  />
                </Form.Item>
                <Form.Item name={[name, "insecure"]} valuePropName="checked" style={{ margin: 0 }}>
                  <Checkbox>{t("newCluster.insecure")}</Checkbox>
                </Form.Item>
                <Button
                  aria-label={t("newCluster.removeRegistry")}
                  title={t("newCluster.removeRegistry")}
                  icon={<DeleteOutlined />}
                  onClick={() => remove(name)}
                />
              </Flex>
            ))}
            <Button icon={<PlusOutlined />} style={{ alignSelf: "start" }} onClick={() => add({ endpoints: [] })}>
              {t("newCluster.addRegistry")}
            </Button>
          </Flex>
        )}
      </Form.List>
    </Form.Item>
  );
}
