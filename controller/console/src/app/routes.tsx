// SPDX-License-Identifier: Apache-2.0
import { lazy } from "react";
import { createBrowserRouter, Navigate, type RouteObject } from "react-router";
import { BusinessHome, Home, ManagementHome } from "./Home";
import { LivePage } from "./LivePage";
import { BASE } from "./paths";
import { PageFault, UnknownPage } from "./PageFault";

const SignIn = lazy(() => import("../session/SignIn").then((m) => ({ default: m.SignIn })));
const PasswordPage = lazy(() => import("../session/Password").then((m) => ({ default: m.PasswordPage })));
const Clusters = lazy(() => import("../management/Clusters").then((m) => ({ default: m.Clusters })));
const ClusterPage = lazy(() => import("../management/clusters/ClusterPage").then((m) => ({ default: m.ClusterPage })));
const NewCluster = lazy(() => import("../management/clusters/NewCluster").then((m) => ({ default: m.NewCluster })));
const NodePage = lazy(() => import("../management/nodes/NodePage").then((m) => ({ default: m.NodePage })));
const Namespaces = lazy(() => import("../management/namespaces/Namespaces").then((m) => ({ default: m.Namespaces })));
const NewNamespace = lazy(() => import("../management/namespaces/NewNamespace").then((m) => ({ default: m.NewNamespace })));
const NamespacePage = lazy(() => import("../management/namespaces/NamespacePage").then((m) => ({ default: m.NamespacePage })));
const Departments = lazy(() => import("../management/tenancy/Departments").then((m) => ({ default: m.Departments })));
const DepartmentPage = lazy(() => import("../management/tenancy/Departments").then((m) => ({ default: m.DepartmentPage })));
const Projects = lazy(() => import("../management/tenancy/Projects").then((m) => ({ default: m.Projects })));
const ProjectPage = lazy(() => import("../management/tenancy/ProjectPage").then((m) => ({ default: m.ProjectPage })));
const Users = lazy(() => import("../management/tenancy/Users").then((m) => ({ default: m.Users })));
const UserPage = lazy(() => import("../management/tenancy/UserPage").then((m) => ({ default: m.UserPage })));
const Audit = lazy(() => import("../management/audit/Audit").then((m) => ({ default: m.Audit })));
const Recordings = lazy(() => import("../management/recordings/Recordings").then((m) => ({ default: m.Recordings })));
const Settings = lazy(() => import("../management/settings/Settings").then((m) => ({ default: m.Settings })));
const StorageClasses = lazy(() => import("../management/storage/StorageClasses").then((m) => ({ default: m.StorageClasses })));
const Account = lazy(() => import("../session/Account").then((m) => ({ default: m.Account })));
const Operations = lazy(() => import("../management/operations/Operations").then((m) => ({ default: m.Operations })));
const OperationPage = lazy(() => import("../management/operations/Operations").then((m) => ({ default: m.OperationPage })));

const Workloads = lazy(() => import("../business/Workloads").then((m) => ({ default: m.Workloads })));
const Jobs = lazy(() => import("../business/Workloads").then((m) => ({ default: m.Jobs })));
const CronJobs = lazy(() => import("../business/Workloads").then((m) => ({ default: m.CronJobs })));
const Services = lazy(() => import("../business/Network").then((m) => ({ default: m.Services })));
const Ingresses = lazy(() => import("../business/Network").then((m) => ({ default: m.Ingresses })));
const ConfigMaps = lazy(() => import("../business/Config").then((m) => ({ default: m.ConfigMaps })));
const Secrets = lazy(() => import("../business/Config").then((m) => ({ default: m.Secrets })));
const Claims = lazy(() => import("../business/Claims").then((m) => ({ default: m.Claims })));
const Applications = lazy(() => import("../business/applications/Applications").then((m) => ({ default: m.Applications })));
const ApplicationPage = lazy(() => import("../business/applications/ApplicationPage").then((m) => ({ default: m.ApplicationPage })));
const CreatePage = lazy(() => import("../business/CreatePage").then((m) => ({ default: m.CreatePage })));
const EditPage = lazy(() => import("../business/CreatePage").then((m) => ({ default: m.EditPage })));
const ServicePage = lazy(() => import("../business/network/NetworkPages").then((m) => ({ default: m.ServicePage })));
const IngressPage = lazy(() => import("../business/network/NetworkPages").then((m) => ({ default: m.IngressPage })));
const ConfigPage = lazy(() => import("../business/config/ConfigPage").then((m) => ({ default: m.ConfigPage })));
const ClaimPage = lazy(() => import("../business/storage/ClaimPage").then((m) => ({ default: m.ClaimPage })));
const Intents = lazy(() => import("../business/Intents").then((m) => ({ default: m.Intents })));
const WizardPage = lazy(() => import("../business/wizard/WizardPage").then((m) => ({ default: m.WizardPage })));
const WorkloadPage = lazy(() => import("../business/details/WorkloadPage").then((m) => ({ default: m.WorkloadPage })));
const JobPage = lazy(() => import("../business/details/BatchPages").then((m) => ({ default: m.JobPage })));
const CronJobPage = lazy(() => import("../business/details/BatchPages").then((m) => ({ default: m.CronJobPage })));
const Events = lazy(() => import("../business/Events").then((m) => ({ default: m.Events })));

const Pods = lazy(() => import("../pods/Pods").then((m) => ({ default: m.Pods })));
const PodDetails = lazy(() => import("../pods/PodDetails").then((m) => ({ default: m.PodDetails })));
const ImportYaml = lazy(() => import("../yaml/ImportYaml").then((m) => ({ default: m.ImportYaml })));
const MergedLogs = lazy(() => import("../pods/MergedLogs").then((m) => ({ default: m.MergedLogs })));
const Terminals = lazy(() => import("../pods/Terminals").then((m) => ({ default: m.Terminals })));

/** Pages of the management view, by their path below it. */
const management: RouteObject[] = [
  { path: "clusters", element: <Clusters /> },
  { path: "clusters/new", element: <NewCluster /> },
  { path: "clusters/:cluster/:tab?", element: <ClusterPage /> },
  { path: "clusters/:cluster/nodes/:node/:tab?", element: <NodePage /> },
  { path: "namespaces", element: <Namespaces /> },
  { path: "namespaces/new", element: <NewNamespace /> },
  { path: "namespaces/:cluster/:namespace", element: <NamespacePage /> },
  { path: "departments", element: <Departments /> },
  { path: "departments/:department", element: <DepartmentPage /> },
  { path: "projects", element: <Projects /> },
  { path: "projects/:project/:tab?", element: <ProjectPage /> },
  { path: "users", element: <Users /> },
  { path: "users/:user", element: <UserPage /> },
  { path: "audit", element: <Audit /> },
  { path: "recordings", element: <Recordings /> },
  { path: "settings/:tab?", element: <Settings /> },
  { path: "storageClasses", element: <StorageClasses /> },
  { path: "operations", element: <Operations /> },
  { path: "operations/:operation", element: <OperationPage /> },
];

/** Pages of the business view, by their path below cluster and namespace. */
const business: RouteObject[] = [
  { path: "applications", element: <Applications /> },
  { path: "applications/:name/:tab?", element: <ApplicationPage /> },
  { path: "deployments", element: <Workloads kind="deployments" key="deployments" /> },
  { path: "statefulsets", element: <Workloads kind="statefulsets" key="statefulsets" /> },
  { path: "daemonsets", element: <Workloads kind="daemonsets" key="daemonsets" /> },
  { path: "jobs", element: <Jobs /> },
  { path: "cronjobs", element: <CronJobs /> },
  { path: "services", element: <Services /> },
  { path: "ingresses", element: <Ingresses /> },
  { path: "configmaps", element: <ConfigMaps /> },
  { path: "secrets", element: <Secrets /> },
  { path: "persistentvolumeclaims", element: <Claims /> },
  { path: "events", element: <Events /> },
  { path: "intents", element: <Intents /> },
  { path: "services/:name/:tab?", element: <ServicePage /> },
  { path: "ingresses/:name/:tab?", element: <IngressPage /> },
  { path: "configmaps/:name/:tab?", element: <ConfigPage key="configmaps" resource="configmaps" /> },
  { path: "secrets/:name/:tab?", element: <ConfigPage key="secrets" resource="secrets" /> },
  { path: "persistentvolumeclaims/:name/:tab?", element: <ClaimPage /> },
  { path: "new/:resource", element: <CreatePage /> },
  ...(["services", "ingresses", "configmaps", "secrets", "persistentvolumeclaims"] as const).map((kind) => ({
    path: `${kind}/:name/edit`,
    element: <EditPage key={kind} resource={kind} />,
  })),
  ...(["deployments", "statefulsets", "daemonsets", "cronjobs"] as const).map((kind) => ({
    path: `${kind}/:name/edit`,
    element: <WizardPage key={kind} kind={kind} editing />,
  })),
  { path: "deployments/:name/:tab?", element: <WorkloadPage kind="deployments" key="deployments" /> },
  { path: "statefulsets/:name/:tab?", element: <WorkloadPage kind="statefulsets" key="statefulsets" /> },
  { path: "daemonsets/:name/:tab?", element: <WorkloadPage kind="daemonsets" key="daemonsets" /> },
  { path: "jobs/:name/:tab?", element: <JobPage /> },
  { path: "cronjobs/:name/:tab?", element: <CronJobPage /> },
  { path: "pods", element: <Pods /> },
  { path: "pods/:name/:tab?", element: <PodDetails /> },
  { path: "logs", element: <MergedLogs /> },
  { path: "yaml", element: <ImportYaml /> },
  { path: "terminals", element: <Terminals /> },
];

/** All places of the page; paths.ts makes their addresses. */
export const router = createBrowserRouter(
  [
    { path: "/sign-in", element: <SignIn />, errorElement: <PageFault /> },
    { path: "/password", element: <PasswordPage />, errorElement: <PageFault /> },
    {
      element: <LivePage />,
      errorElement: <PageFault />,
      children: [
        { index: true, element: <Home /> },
        { path: "management", children: [{ index: true, element: <ManagementHome /> }, ...management] },
        { path: "account/:tab?", element: <Account /> },
        { path: "business", element: <BusinessHome /> },
        { path: "business/:cluster/:namespace", children: [{ index: true, element: <Navigate to="applications" replace /> }, ...business] },
        { path: "*", element: <UnknownPage /> },
      ],
    },
  ],
  { basename: BASE },
);
