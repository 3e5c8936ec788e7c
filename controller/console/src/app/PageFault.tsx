// SPDX-License-Identifier: Apache-2.0
import { Button, Result } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useRouteError } from "react-router";
import { Failure } from "../ui/Failure";

/** A page that broke, or could not be had: why, and how to go on. */
export function PageFault() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <main style={{ maxWidth: 800, margin: "10vh auto", padding: 16 }}>
      <Result
        status="error"
        title={t("problem.page")}
        extra={
          <Button type="primary" onClick={() => window.location.reload()}>
            {t("problem.reload")}
          </Button>
        }
      >
        <Failure error={error} inline />
      </Result>
    </main>
  );
}

export function UnknownPage() {
  const { t } = useTranslation();
  return <Result status="404" title={t("problem.unknownPage")} extra={<Link to="/">{t("problem.goHome")}</Link>} />;
}
