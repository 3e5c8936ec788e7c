// SPDX-License-Identifier: Apache-2.0
import { Card, Form, Input, Select, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { placeBy } from "../../ui/amiss";
import { PairList, rule } from "../fields/lists";
import { isLabel, isLabelKey, isLabelValue, isSubdomain } from "../names";
import { ObjectFormPage } from "../ObjectFormPage";
import { AccessPorts } from "../wizard/AccessFields";
import { SERVICE_PLACES, serviceObject, serviceOf, type ServiceValues } from "./service";

const TYPES = ["ClusterIP", "NodePort", "LoadBalancer", "Headless", "ExternalName"] as const;

/** Makes or changes a Service. */
export function ServiceForm({ editing }: { editing: boolean }) {
  const { t } = useTranslation("business");
  // the page of a workload tells the labels of its pods
  const told = (useLocation().state as { selector?: Record<string, string> } | null)?.selector ?? {};
  return (
    <ObjectFormPage<ServiceValues>
      resource="services"
      editing={editing}
      nameRule={isLabel}
      blank={() => ({ type: "ClusterIP", selector: Object.entries(told).map(([key, value]) => ({ key, value })), ports: [{ protocol: "TCP" }] })}
      read={serviceOf}
      write={serviceObject}
      placeOf={(field) => placeBy(SERVICE_PLACES, field)}
      fields={({ type }) => (
        <Card size="small" style={{ marginBottom: 16 }}>
          <Form.Item name="type" label={t("service.type")} extra={t(`access.about.${(type ?? "ClusterIP") as "ClusterIP"}`)}>
            <Select style={{ maxWidth: 240 }} options={TYPES.map((value) => ({ value }))} />
          </Form.Item>
          {type === "ExternalName" ? (
            <Form.Item name="externalName" label={t("service.externalName")} rules={[{ required: true }, rule(isSubdomain, t("ingress.hostRule"))]}>
              <Input style={{ maxWidth: 400 }} />
            </Form.Item>
          ) : (
            <>
              <Form.Item label={t("workload.selector")} extra={t("service.selectorNote")}>
                <PairList
                  name={["selector"]}
                  add={t("wizard.addLabel")}
                  keyRules={[rule(isLabelKey, t("form.labelKeyRule"))]}
                  valueRules={[rule(isLabelValue, t("form.labelValueRule"))]}
                />
              </Form.Item>
              <Typography.Paragraph strong>{t("service.ports")}</Typography.Paragraph>
              <AccessPorts name={["ports"]} nodePorts={type === "NodePort" || type === "LoadBalancer"} onlyTcp={type === "LoadBalancer"} />
              <Form.Item name="affinity" label={t("service.affinity")} style={{ marginTop: 16 }}>
                <Select
                  allowClear
                  style={{ maxWidth: 320 }}
                  options={[
                    { value: "None", label: t("service.affinityNone") },
                    { value: "ClientIP", label: t("service.affinityClient") },
                  ]}
                />
              </Form.Item>
            </>
          )}
        </Card>
      )}
    />
  );
}
