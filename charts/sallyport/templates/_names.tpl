{{/* Webhook configurations, Service, Deployment and the rest are named by the release. */}}
{{- define "sallyport.name" -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects the pods; it never changes. */}}
{{- define "sallyport.selector" -}}
app.kubernetes.io/name: sallyport
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sallyport.labels" -}}
{{ include "sallyport.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The webhooks' way to the server; the path is given as `path`. */}}
{{- define "sallyport.clientConfig" -}}
service:
  namespace: {{ .root.Release.Namespace }}
  name: {{ include "sallyport.name" .root }}
  port: 443
  path: {{ .path }}
caBundle: {{ required "tls.caBundle is needed: the CA that signed the certificate in tls.secretName, as base64 of its PEM" .root.Values.tls.caBundle }}
{{- end -}}

{{/*
The namespaces in which Kubernetes' own kinds are judged: not those without which no replica starts. A Namespace is told by its
own labels.
*/}}
{{- define "sallyport.coreNamespaces" -}}
{{- $selector := .Values.webhooks.namespaceSelector | default dict -}}
{{- with $selector.matchLabels }}
matchLabels:
  {{- toYaml . | nindent 2 }}
{{- end }}
matchExpressions:
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values: [kube-system, {{ .Release.Namespace | quote }}]
  {{- with $selector.matchExpressions }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
