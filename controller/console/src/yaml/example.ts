// SPDX-License-Identifier: Apache-2.0

/** The manual's example (3.6): a Deployment that belongs to an application. */
export const EXAMPLE = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: deployment-demo
  labels:
    app.kubernetes.io/name: app-demo
spec:
  replicas: 1
  selector:
    matchLabels:
      app: deployment-demo
  template:
    metadata:
      labels:
        app: deployment-demo
        app.kubernetes.io/name: app-demo
    spec:
      containers:
      - name: main
        image: busybox:1.35
        command: [sh, -c, "sleep 1000000"]
        resources:
          requests:
            cpu: 50m
            memory: 16Mi
          limits:
            cpu: 200m
            memory: 64Mi
`;
