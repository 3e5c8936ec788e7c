// SPDX-License-Identifier: Apache-2.0
#include "controller/applications/definition.hpp"

namespace slipway::applications {

namespace {

// The API server takes a group below k8s.io only with the annotation that says who approved it.
// Fields that people leave empty are nullable: an API server 1.20 that was built by Go 1.19 judges
// an empty text as null.
constexpr char kHead[] = R"yaml(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: applications.app.k8s.io
  labels: {app.kubernetes.io/managed-by: slipway}
  annotations:
    api-approved.kubernetes.io: https://github.com/kubernetes-sigs/application/pull/2
spec:
  group: app.k8s.io
  scope: Namespaced
  names:
    kind: Application
    listKind: ApplicationList
    plural: applications
    singular: application
  versions:
    - name: v1beta1
      served: true
      storage: true
      subresources: {status: {}}
      additionalPrinterColumns:
        - {name: Description, type: string, jsonPath: .spec.descriptor.description}
        - {name: Version, type: string, jsonPath: .spec.descriptor.version}
        - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
      schema:
        openAPIV3Schema:
          type: object
          description: Workloads, services and ingresses that belong together.
          properties:
            apiVersion: {type: string}
            kind: {type: string}
            metadata: {type: object}
)yaml";

constexpr char kSpec[] = R"yaml(            spec:
              type: object
              properties:
                componentKinds:
                  type: array
                  description: The kinds that its parts are of.
                  items:
                    type: object
                    required: [kind]
                    properties:
                      group: {type: string, nullable: true}
                      kind: {type: string}
                selector:
                  type: object
                  description: The labels that its parts carry.
                  properties:
                    matchLabels: {type: object, additionalProperties: {type: string}}
                    matchExpressions:
                      type: array
                      items:
                        type: object
                        required: [key, operator]
                        properties:
                          key: {type: string}
                          operator: {type: string}
                          values: {type: array, items: {type: string}}
                addOwnerRef: {type: boolean}
                assemblyPhase: {type: string}
                descriptor:
                  type: object
                  description: What people are told of it.
                  properties:
                    type: {type: string, nullable: true}
                    version: {type: string, nullable: true}
                    description: {type: string, nullable: true}
                    notes: {type: string, nullable: true}
                    keywords: {type: array, items: {type: string}}
                    icons:
                      type: array
                      items:
                        type: object
                        required: [src]
                        properties:
                          src: {type: string}
                          size: {type: string}
                          type: {type: string}
                    links:
                      type: array
                      items:
                        type: object
                        properties: {description: {type: string}, url: {type: string}}
                    maintainers: &contacts
                      type: array
                      items:
                        type: object
                        properties:
                          name: {type: string}
                          url: {type: string}
                          email: {type: string}
                    owners: *contacts
)yaml";

constexpr char kInfo[] = R"yaml(                info:
                  type: array
                  description: Where to find what its users ask for.
                  items:
                    type: object
                    properties:
                      name: {type: string}
                      type: {type: string}
                      value: {type: string}
                      valueFrom:
                        type: object
                        properties:
                          type: {type: string}
                          configMapKeyRef:
                            type: object
                            properties: &key
                              <<: &reference
                                apiVersion: {type: string}
                                fieldPath: {type: string}
                                kind: {type: string}
                                name: {type: string}
                                namespace: {type: string}
                                resourceVersion: {type: string}
                                uid: {type: string}
                              key: {type: string}
                          secretKeyRef: {type: object, properties: *key}
                          ingressRef:
                            type: object
                            properties: {<<: *reference, host: {type: string}, path: {type: string}}
                          serviceRef:
                            type: object
                            properties:
                              <<: *reference
                              path: {type: string}
                              port: {type: integer, format: int32}
)yaml";

constexpr char kStatus[] = R"yaml(            status:
              type: object
              properties:
                observedGeneration: {type: integer, format: int64}
                componentsReady: {type: string}
                components:
                  type: array
                  items:
                    type: object
                    properties:
                      group: {type: string}
                      kind: {type: string}
                      name: {type: string}
                      link: {type: string}
                      status: {type: string}
                conditions:
                  type: array
                  items:
                    type: object
                    required: [type, status]
                    properties:
                      type: {type: string}
                      status: {type: string}
                      reason: {type: string}
                      message: {type: string}
                      lastUpdateTime: {type: string, format: date-time, nullable: true}
                      lastTransitionTime: {type: string, format: date-time, nullable: true}
)yaml";

}  // namespace

std::string definition() {
  return std::string(kHead) + kSpec + kInfo + kStatus;
}

}  // namespace slipway::applications
