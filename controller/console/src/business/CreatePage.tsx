// SPDX-License-Identifier: Apache-2.0
import { useParams } from "react-router";
import { UnknownPage } from "../app/PageFault";
import { ConfigForm } from "./config/ConfigForm";
import { PullSecretForm } from "./config/PullSecretForm";
import { isWorkload } from "./kinds";
import { IngressForm } from "./network/IngressForm";
import { ServiceForm } from "./network/ServiceForm";
import { ClaimForm } from "./storage/ClaimForm";
import { WizardPage } from "./wizard/WizardPage";

/** The form of a new object of the kind that the address names. */
export function CreatePage() {
  const { resource = "" } = useParams();
  if (isWorkload(resource)) return <WizardPage key={resource} kind={resource} editing={false} />;
  switch (resource) {
    case "services":
      return <ServiceForm editing={false} />;
    case "ingresses":
      return <IngressForm editing={false} />;
    case "configmaps":
    case "secrets":
      return <ConfigForm key={resource} resource={resource} editing={false} />;
    case "pull-secrets":
      return <PullSecretForm />;
    case "persistentvolumeclaims":
      return <ClaimForm editing={false} />;
    default:
      return <UnknownPage />;
  }
}

/** The form of an object that there is. */
export function EditPage({ resource }: { resource: "services" | "ingresses" | "configmaps" | "secrets" | "persistentvolumeclaims" }) {
  switch (resource) {
    case "services":
      return <ServiceForm editing />;
    case "ingresses":
      return <IngressForm editing />;
    case "persistentvolumeclaims":
      return <ClaimForm editing />;
    default:
      return <ConfigForm resource={resource} editing />;
  }
}
