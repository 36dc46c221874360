{{- define "stoker.name" -}}
{{- if contains "stoker" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-stoker" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "stoker.selector" -}}
app.kubernetes.io/name: stoker
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "stoker.labels" -}}
{{ include "stoker.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "stoker.secret" -}}
{{- required "secret.name: expected the name of a Secret with STOKER_TOKEN in it, got none. Make one: kubectl create secret generic stoker --from-literal=STOKER_TOKEN=$(openssl rand -hex 24)" .Values.secret.name -}}
{{- end -}}

{{- define "stoker.metrics-token" -}}
{{- if and .Values.secret.name (eq .Values.serviceMonitor.token.secret .Values.secret.name) -}}
{{- fail "serviceMonitor.token.secret: expected a Secret of its own, got that of the servers, whose token is an operator's" -}}
{{- end -}}
{{- required "serviceMonitor.token.secret: expected the name of a Secret with a token of the role metrics, got none. Make one: kubectl create secret generic stoker-metrics --from-literal=token=$(stoker token create --role metrics --name prometheus)" .Values.serviceMonitor.token.secret -}}
{{- end -}}

{{- define "stoker.check" -}}
{{- if lt (int .Values.replicas) 0 -}}
{{- fail (printf "replicas: expected at least 0, got %d" (int .Values.replicas)) -}}
{{- end -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.state.postgres) -}}
{{- fail (printf "replicas: expected 1, since a file of SQLite is for one server, got %d. For more, put STOKER_ANSWERS_DATABASE_URL (postgres://user:password@host:5432/database) into the Secret and set state.postgres to true" (int .Values.replicas)) -}}
{{- end -}}
{{- end -}}
