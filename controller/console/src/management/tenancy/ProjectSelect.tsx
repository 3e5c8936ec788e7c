// SPDX-License-Identifier: Apache-2.0
import { Select, type SelectProps } from "antd";
import { api } from "../../api/client";

const MOST = 500;

export function useProjects() {
  return api.useQuery("get", "/api/v1/projects", { params: { query: { limit: MOST } } });
}

export function useDepartments() {
  return api.useQuery("get", "/api/v1/departments", { params: { query: { limit: MOST } } });
}

/** Chooses a project, by its id; projects stand under their departments. */
export function ProjectSelect(props: SelectProps) {
  const projects = useProjects();
  const groups = new Map<string, { value: string; label: string }[]>();
  for (const { id, name, department } of projects.data?.items ?? []) {
    groups.set(department.name, [...(groups.get(department.name) ?? []), { value: id, label: name }]);
  }
  return (
    <Select
      showSearch={{ optionFilterProp: "label" }}
      loading={projects.isPending}
      options={[...groups].map(([label, options]) => ({ label, title: label, options }))}
      {...props}
    />
  );
}
