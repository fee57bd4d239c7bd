import { entry, gateway, gatewayTls, meshTls, routes, type Document } from '../manifests.js';
import { testRule, type InvalidCase, type ValidCase } from './rule-table.js';

const tls = entry(['443 TLS']);
const pair = routes({ tls: [meshTls(), gatewayTls()] });
const old = routes({
  tls: [meshTls(), { ...gatewayTls(), match: [{ gateways: ['egress'], port: 443, sni_hosts: ['cnn.com'] }] }],
});

function server(serverCertificate: string): Document {
  return {
    port: { number: 443, name: 'https', protocol: 'HTTPS' },
    hosts: ['*'],
    tls: { mode: 'MUTUAL', serverCertificate, privateKey: '/etc/certs/key.pem', caCertificates: '/etc/certs/root.pem' },
  };
}

function serving(serverCertificate: string): Document {
  return gateway({ name: 'other' }, { servers: [server(serverCertificate)] });
}

const VALID: readonly ValidCase[] = [
  { name: 'the spelling of today', world: [tls], change: { create: pair } },
  { name: 'what was so already', world: [tls], change: { update: old, from: old } },
  { name: 'files that are mounted', change: { create: serving('/etc/istio/certs/tls.crt') } },
  { name: 'a secret', change: { create: gateway({ name: 'other' }) } },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'a spelling of 2019',
    world: [tls],
    change: { create: old },
    findings: [
      {
        severity: 'warning',
        reason: 'old-spelling',
        object: 'VirtualService shop/cnn',
        field: 'spec.tls[1].match[0].sni_hosts',
        says: ['write sniHosts'],
      },
    ],
  },
  {
    name: 'the files of 2019',
    change: { create: serving('/etc/certs/cert-chain.pem') },
    findings: [
      {
        severity: 'warning',
        reason: 'certificate-files',
        object: 'Gateway shop/other',
        field: 'spec.servers[0].tls.serverCertificate',
        says: ['ISTIO_MUTUAL'],
      },
    ],
  },
];

testRule('deprecated-field', VALID, INVALID);
