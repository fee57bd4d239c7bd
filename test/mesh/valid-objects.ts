/**
 * Manifests that Istio's CRDs take, which together hold every field that Sallyport reads and a share of those that it does not:
 * what the tests of the parsers take apart.
 */
export const VALID_OBJECTS: readonly Readonly<Record<string, unknown>>[] = [
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: {
      name: 'cnn',
      namespace: 'shop',
      labels: { team: 'edge', 'app.kubernetes.io/name': 'cnn' },
      annotations: { note: 'text' },
      creationTimestamp: '2024-01-01T00:00:05Z',
    },
    spec: {
      hosts: ['edition.cnn.com', '*.cnn.com'],
      addresses: ['203.0.113.9', '198.51.100.0/24'],
      ports: [
        { number: 80, name: 'http', protocol: 'HTTP', targetPort: 8080 },
        { number: 443, name: 'tls', protocol: 'TLS' },
      ],
      location: 'MESH_EXTERNAL',
      resolution: 'STATIC',
      endpoints: [
        {
          address: '203.0.113.66',
          ports: { http: 8080, tls: 8443 },
          labels: { version: 'one' },
          network: 'n',
          weight: 3,
        },
        { address: 'unix:///var/run/socket', locality: 'a/b' },
      ],
      exportTo: ['.', 'istio-system'],
      subjectAltNames: ['spiffe://x'],
    },
  },
  {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'ServiceEntry',
    metadata: { name: 'vms', namespace: 'shop' },
    spec: {
      hosts: ['vms.internal'],
      ports: [{ number: 80, name: 'http' }],
      location: 'MESH_INTERNAL',
      resolution: 'DNS_ROUND_ROBIN',
      workloadSelector: { labels: { app: 'vm' } },
    },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'through-egress', namespace: 'shop', deletionTimestamp: '2024-01-01T00:00:05Z' },
    spec: {
      hosts: ['edition.cnn.com'],
      gateways: ['mesh', 'istio-system/egress'],
      exportTo: ['*'],
      http: [
        {
          name: 'first',
          match: [
            {
              name: 'all',
              gateways: ['mesh'],
              port: 80,
              sourceLabels: { app: 'web' },
              sourceNamespace: 'shop',
              uri: { prefix: '/a' },
              method: { exact: 'GET' },
              authority: { regex: '.*cnn.*' },
              scheme: { exact: 'http' },
              headers: { 'x-egress': { exact: 'yes' }, present: {} },
              withoutHeaders: { 'x-no': { prefix: 'n' } },
              queryParams: { v: { exact: '2' } },
              ignoreUriCase: true,
            },
          ],
          route: [
            {
              destination: { host: 'egress.istio-system.svc.cluster.local', port: { number: 80 }, subset: 'cnn' },
              weight: 90,
              headers: { request: { set: { Host: 'one.example.com' }, add: { 'x-a': 'b' }, remove: ['x-b'] } },
            },
            { destination: { host: 'edition.cnn.com' }, weight: 10 },
          ],
          rewrite: { authority: 'two.example.com', uri: '/b' },
          headers: { request: { add: { ':authority': 'three.example.com' } } },
          mirror: { host: 'mirror.example.com', port: { number: 80 }, subset: 'v1' },
          mirrorPercentage: { value: 12.5 },
          timeout: '5s',
          retries: { attempts: 3, perTryTimeout: '1s' },
        },
        {
          route: [{ destination: { host: 'edition.cnn.com' } }],
          mirrors: [{ destination: { host: 'copy.example.com', port: { number: 80 } }, percentage: { value: 1 } }],
          mirrorPercent: 5,
        },
        { redirect: { authority: 'elsewhere.example.com', redirectCode: 302, port: 8080 } },
        { directResponse: { status: 503, body: { string: 'no' } } },
        { delegate: { name: 'part', namespace: 'billing' } },
      ],
      tls: [
        {
          match: [
            {
              sniHosts: ['edition.cnn.com'],
              gateways: ['mesh'],
              port: 443,
              sourceLabels: { app: 'web' },
              sourceNamespace: 'shop',
              destinationSubnets: ['203.0.113.0/24'],
            },
          ],
          route: [{ destination: { host: 'edition.cnn.com', port: { number: 443 } }, weight: 100 }],
        },
      ],
      tcp: [
        {
          match: [
            {
              gateways: ['mesh'],
              port: 3306,
              sourceLabels: { app: 'web' },
              sourceNamespace: 'shop',
              destinationSubnets: ['203.0.113.0/24'],
            },
          ],
          route: [{ destination: { host: 'db.example.com', port: { number: 3306 } }, weight: 1 }],
        },
      ],
    },
  },
  {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'DestinationRule',
    metadata: { name: 'egress', namespace: 'istio-system' },
    spec: {
      host: 'egress.istio-system.svc.cluster.local',
      exportTo: ['*'],
      workloadSelector: { matchLabels: { app: 'web' } },
      trafficPolicy: {
        loadBalancer: { simple: 'ROUND_ROBIN' },
        tls: { mode: 'SIMPLE', sni: 'edition.cnn.com', credentialName: 'client' },
        connectionPool: { tcp: { maxConnections: 10 } },
        portLevelSettings: [
          {
            port: { number: 443 },
            tls: { mode: 'MUTUAL', clientCertificate: '/c', privateKey: '/k', caCertificates: '/ca' },
            loadBalancer: { consistentHash: { useSourceIp: true } },
          },
        ],
      },
      subsets: [
        {
          name: 'cnn',
          labels: { version: 'one' },
          trafficPolicy: {
            loadBalancer: { simple: 'PASSTHROUGH' },
            tls: { mode: 'ISTIO_MUTUAL' },
            portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'DISABLE' } }],
          },
        },
      ],
    },
  },
  {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'Gateway',
    metadata: { name: 'egress', namespace: 'istio-system' },
    spec: {
      selector: { istio: 'egressgateway' },
      servers: [
        {
          name: 'one',
          bind: '0.0.0.0',
          port: { number: 443, name: 'tls', protocol: 'HTTPS', targetPort: 8443 },
          hosts: ['edition.cnn.com', './other.example.com'],
          tls: {
            mode: 'MUTUAL',
            httpsRedirect: true,
            credentialName: 'c',
            serverCertificate: '/etc/certs/cert-chain.pem',
            privateKey: '/etc/certs/key.pem',
            caCertificates: '/etc/certs/root-cert.pem',
          },
        },
        {
          port: { number: 80, name: 'http', protocol: 'HTTP' },
          hosts: ['*'],
          tls: { credentialNames: ['a'], mode: 'SIMPLE' },
        },
      ],
    },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name: 'default', namespace: 'shop' },
    spec: {
      workloadSelector: { labels: { app: 'web' } },
      egress: [
        {
          port: { number: 443, protocol: 'TLS', name: 'listen' },
          bind: '127.0.0.1',
          captureMode: 'IPTABLES',
          hosts: ['./*', 'istio-system/*'],
        },
        { hosts: ['~/*'] },
      ],
      outboundTrafficPolicy: {
        mode: 'ALLOW_ANY',
        egressProxy: { host: 'egress.istio-system.svc.cluster.local', subset: 'all', port: { number: 443 } },
      },
    },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'WorkloadEntry',
    metadata: { name: 'vm', namespace: 'shop', labels: { app: 'vm' } },
    spec: { address: '203.0.113.5', ports: { http: 8080 }, labels: { app: 'other', version: 'one' }, network: 'n' },
  },
  {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name: 'patch', namespace: 'shop' },
    spec: { configPatches: [{ applyTo: 'CLUSTER', patch: { operation: 'MERGE', value: { name: 'x' } } }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'egress', namespace: 'istio-system', annotations: { 'networking.istio.io/exportTo': '., shop' } },
    spec: {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.10',
      clusterIPs: ['10.96.0.10'],
      selector: { istio: 'egressgateway' },
      ports: [
        { name: 'http2', port: 80, targetPort: 8080, protocol: 'TCP' },
        { name: 'tls', port: 443, targetPort: 'https', appProtocol: 'tls' },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'alias', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: 'edition.cnn.com' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'egress', namespace: 'shop' },
    spec: {
      podSelector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] },
      policyTypes: ['Egress', 'Ingress'],
      egress: [
        { to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }, { podSelector: {} }] },
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 'dns', endPort: 54 },
          ],
        },
      ],
    },
  },
  {
    apiVersion: 'sallyport.dev/v1alpha1',
    kind: 'EgressExemption',
    metadata: { name: 'legacy', namespace: 'shop' },
    spec: {
      hosts: ['cnn.com', '*.cnn.com'],
      ports: [80, 443],
      rules: ['direct-egress'],
      reason: 'until the routes are there',
      expires: '2026-01-01T00:00:00Z',
    },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { egress: 'yes' } } },
];
