{{/* What every template shares. `bakhong.process` takes (dict "root" $ "service" NAME "role" api|worker|migrate). */}}

{{- define "bakhong.name" -}}
{{ .root.Release.Name }}-{{ .service }}-{{ .role }}
{{- end }}

{{- define "bakhong.selector" -}}
app.kubernetes.io/name: bakhong
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}-{{ .role }}
{{- end }}

{{- define "bakhong.labels" -}}
{{ include "bakhong.selector" . }}
bakhong/service: {{ .service }}
bakhong/role: {{ .role }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* Of the synthetic journeys, which are no service: one process beside them. */}}
{{- define "bakhong.journeys-labels" -}}
app.kubernetes.io/name: bakhong
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: journeys
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* The chart's settings of a role with those of the service. */}}
{{- define "bakhong.role" -}}
{{- $service := index .root.Values.services .service | default dict -}}
{{- mergeOverwrite (deepCopy (index .root.Values .role)) (index $service .role | default dict) | toYaml -}}
{{- end }}

{{- define "bakhong.image" -}}
{{ printf "%s/%s:%s" .root.Values.image.repository .service (.root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- end }}

{{/* How many workers make sense: one for each partition. */}}
{{- define "bakhong.partitions" -}}
{{ .Values.settings.KAFKA_PARTITIONS | default "12" }}
{{- end }}
