/**
 * The fields that Sallyport reads, by the name that the CRDs know, with the name that they had in the v1alpha3 manifests of
 * 2019: the original name of the field in Istio's protocol buffers, which istiod took beside the camelCase one.
 *
 * Today's API server drops such a field before anything else sees it (but `mirror_percent`, which the CRD still lists). They
 * are read so that an old file is judged by what its author meant, and is told the new spelling.
 */
export const OLD_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['consistentHash', 'consistent_hash'],
  ['credentialName', 'credential_name'],
  ['defaultDestinationRuleExportTo', 'default_destination_rule_export_to'],
  ['defaultServiceExportTo', 'default_service_export_to'],
  ['defaultVirtualServiceExportTo', 'default_virtual_service_export_to'],
  ['destinationSubnets', 'destination_subnets'],
  ['directResponse', 'direct_response'],
  ['egressProxy', 'egress_proxy'],
  ['exportTo', 'export_to'],
  ['httpsRedirect', 'https_redirect'],
  ['ignoreUriCase', 'ignore_uri_case'],
  ['loadBalancer', 'load_balancer'],
  ['mirrorPercent', 'mirror_percent'],
  ['mirrorPercentage', 'mirror_percentage'],
  ['outboundTrafficPolicy', 'outbound_traffic_policy'],
  ['portLevelSettings', 'port_level_settings'],
  ['queryParams', 'query_params'],
  ['redirectCode', 'redirect_code'],
  ['rootNamespace', 'root_namespace'],
  ['serverCertificate', 'server_certificate'],
  ['sniHosts', 'sni_hosts'],
  ['sourceLabels', 'source_labels'],
  ['sourceNamespace', 'source_namespace'],
  ['targetPort', 'target_port'],
  ['trafficPolicy', 'traffic_policy'],
  ['withoutHeaders', 'without_headers'],
  ['workloadSelector', 'workload_selector'],
]);
