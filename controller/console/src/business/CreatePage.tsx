// SPDX-License-Identifier: Apache-2.0
import { useParams } from "react-router";
import { UnknownPage } from "../app/PageFault";
import { isWorkload } from "./kinds";
import { WizardPage } from "./wizard/WizardPage";

/** The form of a new object of the kind that the address names. */
export function CreatePage() {
  const { resource = "" } = useParams();
  if (isWorkload(resource)) return <WizardPage key={resource} kind={resource} editing={false} />;
  return <UnknownPage />;
}
