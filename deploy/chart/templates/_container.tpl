{{/* One pod of a process: without root, without a token of the cluster, on a file system that it cannot write. */}}

{{- define "bakhong.environment" -}}
{{- $service := index .root.Values.services .service | default dict -}}
{{- range $name, $value := mergeOverwrite (deepCopy .root.Values.settings) ($service.settings | default dict) }}
{{- if $value }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}
{{- $release := .root.Release.Name }}
{{- range $name, $ := .root.Values.services }}
{{- if ne $name "gateway" }}
- {name: {{ $name | replace "-" "_" | upper }}_URL, value: "http://{{ $release }}-{{ $name }}-api:8000"}
{{- end }}
{{- end }}
- {name: GATEWAY_URL, value: {{ .root.Values.settings.PUBLIC_URL | quote }}}
- {name: PLAYED_ISSUER, value: "{{ .root.Values.settings.PUBLIC_URL }}/dev/identity"}
- {name: DATABASE_URL_FILE, value: /run/secrets/database_url}
{{- if eq .role "migrate" }}
- {name: DATABASE_ADMIN_URL_FILE, value: /run/secrets/database_admin_url}
{{- end }}
- {name: KAFKA_SASL_PASSWORD_FILE, value: /run/secrets/kafka_sasl_password}
- {name: PII_KEYS_FILE, value: /run/secrets/pii_keys}
- {name: PII_INDEX_KEYS_FILE, value: /run/secrets/pii_index_keys}
- {name: INTERNAL_KEYS_FILE, value: /run/secrets/internal_keys}
- {name: SIGNING_KEY_FILE, value: /run/secrets/{{ .service }}.pem}
{{- if eq .service "gateway" }}
- {name: OIDC_CLIENT_SECRET_FILE, value: /run/secrets/oidc_client_secret}
- {name: TLS_CERTIFICATE_FILE, value: /run/secrets/tls_certificate}
- {name: METRICS_PORT, value: "9000"}
{{- end }}
{{- if eq .service "notifications" }}
- {name: SMTP_URL, valueFrom: {secretKeyRef: {name: {{ .root.Values.secrets.services }}{{ .service }}, key: smtp_url, optional: true}}}
- {name: SMS_TOKEN_FILE, value: /run/secrets/sms_token}
- {name: ZNS_TOKEN_FILE, value: /run/secrets/zns_token}
- {name: SMS_RECEIPT_SECRET_FILE, value: /run/secrets/sms_receipt_secret}
- {name: ZNS_RECEIPT_SECRET_FILE, value: /run/secrets/zns_receipt_secret}
- {name: MAIL_RECEIPT_SECRET_FILE, value: /run/secrets/mail_receipt_secret}
{{- end }}
{{- end }}

{{- define "bakhong.secrets" -}}
- secret:
    name: {{ .root.Values.secrets.services }}{{ .service }}
    items: [{key: database_url, path: database_url}, {key: {{ .service }}.pem, path: {{ .service }}.pem}]
- secret:
    name: {{ .root.Values.secrets.shared }}
    items:
      - {key: pii_keys, path: pii_keys}
      - {key: pii_index_keys, path: pii_index_keys}
      - {key: public.json, path: internal_keys}
      - {key: kafka_sasl_password, path: kafka_sasl_password}
{{- if and (eq .role "migrate") .root.Values.secrets.databaseAdmin }}
- secret:
    name: {{ .root.Values.secrets.databaseAdmin }}
    items: [{key: database_url, path: database_admin_url}]
{{- end }}
{{- if eq .service "notifications" }}
- secret:
    name: {{ .root.Values.secrets.services }}{{ .service }}
    optional: true
    items:
      - {key: sms_token, path: sms_token}
      - {key: zns_token, path: zns_token}
      - {key: sms_receipt_secret, path: sms_receipt_secret}
      - {key: zns_receipt_secret, path: zns_receipt_secret}
      - {key: mail_receipt_secret, path: mail_receipt_secret}
{{- end }}
{{- if eq .service "gateway" }}
- secret:
    name: {{ .root.Values.secrets.services }}{{ .service }}
    optional: true
    items: [{key: oidc_client_secret, path: oidc_client_secret}]
- secret:  # to export its last day; never the key
    name: {{ .root.Values.ingress.tlsSecret }}
    optional: true
    items: [{key: tls.crt, path: tls_certificate}]
{{- end }}
{{- end }}

{{/* The pod's template: dict "root" "service" "role". */}}
{{- define "bakhong.pod" -}}
{{- $role := include "bakhong.role" . | fromYaml -}}
metadata:
  labels: {{- include "bakhong.labels" . | nindent 4 }}
  annotations:
    prometheus.io/scrape: {{ ne .role "migrate" | quote }}
    prometheus.io/port: {{ ternary "9000" "8000" (eq .service "gateway") | quote }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 40  # 10 s until no new request comes, 15 s for those that are open
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: {type: RuntimeDefault}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets: {{ range . }}{{ dict "name" . | list | toYaml | nindent 4 }}{{ end }}
  {{- end }}
  {{- with .root.Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if eq .role "migrate" }}
  restartPolicy: Never
  {{- else }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector: {matchLabels: {{ include "bakhong.selector" . | fromYaml | toJson }}}
  {{- end }}
  containers:
    - name: {{ .role }}
      image: {{ include "bakhong.image" . }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [{{ .role }}]
      env: {{- include "bakhong.environment" . | nindent 8 }}
      resources: {{- toYaml $role.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      {{- if ne .role "migrate" }}
      ports:
        - {name: http, containerPort: 8000}
        {{- if eq .service "gateway" }}
        - {name: metrics, containerPort: 9000}
        {{- end }}
      startupProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 2, failureThreshold: 90}
      livenessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6}
      readinessProbe: {httpGet: {path: /readyz, port: http}, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3}
      lifecycle: {preStop: {sleep: {seconds: 10}}}  # requests still come until every node has removed the endpoint
      {{- end }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        - {name: files, mountPath: /var/lib/bakhong}
        - {name: secrets, mountPath: /run/secrets, readOnly: true}
        {{- if .root.Values.authorities.configMap }}
        - {name: authorities, mountPath: /run/authorities, readOnly: true}
        {{- end }}
  volumes:
    - {name: tmp, emptyDir: {sizeLimit: 64Mi}}
    - {name: files, emptyDir: {sizeLimit: 64Mi}}  # nothing is kept there: attachments are in the database
    - name: secrets
      projected:
        defaultMode: 0440
        sources: {{- include "bakhong.secrets" . | nindent 10 }}
    {{- with .root.Values.authorities.configMap }}
    - {name: authorities, configMap: {name: {{ . }}}}
    {{- end }}
{{- end }}
