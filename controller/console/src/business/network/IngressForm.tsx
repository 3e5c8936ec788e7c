// SPDX-License-Identifier: Apache-2.0
import { Card, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { usePlace } from "../../app/place";
import { placeBy } from "../../ui/amiss";
import { HostNames } from "../fields/HostNames";
import { RowList } from "../fields/lists";
import { ObjectName } from "../fields/ObjectName";
import { ObjectFormPage } from "../ObjectFormPage";
import { INGRESS_PLACES, ingressObject, ingressOf, type IngressValues, newPath } from "./ingress";
import { RuleFields } from "./RuleFields";

const TIGHT = { marginBottom: 0 };

/** Makes or changes an Ingress. */
export function IngressForm({ editing }: { editing: boolean }) {
  const { t } = useTranslation("business");
  const { cluster } = usePlace();
  return (
    <ObjectFormPage<IngressValues>
      resource="ingresses"
      editing={editing}
      blank={() => ({ rules: [{ paths: [newPath()] }], tls: [] })}
      read={ingressOf}
      write={ingressObject}
      placeOf={(field) => placeBy(INGRESS_PLACES, field)}
      fields={(_, namespace) => (
        <>
          <Card size="small" style={{ marginBottom: 16 }}>
            <Form.Item name="className" label={t("ingress.class")} extra={t("ingress.classNote")}>
              <Input style={{ maxWidth: 300 }} />
            </Form.Item>
          </Card>
          <RuleFields name={["rules"]} cluster={cluster} namespace={namespace} />
          <Card size="small" title={t("ingress.tls")} style={{ marginBottom: 16 }}>
            <RowList name={["tls"]} add={t("ingress.addTls")} blank={() => ({ hosts: [] })}>
              {(row) => (
                <>
                  <Form.Item name={[row, "hosts"]} style={{ ...TIGHT, flex: 2 }}>
                    <HostNames />
                  </Form.Item>
                  <Form.Item name={[row, "secret"]} style={{ ...TIGHT, flex: 1 }}>
                    <ObjectName list="secrets" cluster={cluster} namespace={namespace} label={t("ingress.certificate")} />
                  </Form.Item>
                </>
              )}
            </RowList>
          </Card>
        </>
      )}
    />
  );
}
