import { observed } from '../delivery/observed.js';
import type { Rule } from '../rule.js';

/** Calls whose TLS arrives at the egress gateway with an SNI that nothing there has. */
export const sniMismatch: Rule = {
  id: 'sni-mismatch',
  messages: {
    'default-sni': {
      message:
        '{calls} from {clients} fail: the sidecar sends the SNI {sni}, as nothing sets another, and this server of {gateway} asks for {hosts}',
      mend: 'write sni {host} beside tls.mode ISTIO_MUTUAL for port {port}{subset} in {rule}',
    },
    'other-sni': {
      message:
        '{calls} from {clients} fail: the sidecar sends the SNI {sni}, and this server of {gateway} asks for {hosts}',
      mend: 'write sni {host} for port {port}{subset} in {rule}',
    },
    'other-sni/none': {
      message: '{calls} from {clients} fail: the sidecar sends no SNI, and this server of {gateway} asks for {hosts}',
      mend: 'write sni {host} for port {port}{subset} in {rule}',
    },
    'other-sni/client': {
      message:
        '{calls} from {clients} fail: the SNI of the client is {sni}, and this server of {gateway} asks for {hosts}',
      mend: 'add {host} to the hosts of the server',
    },
    'no-match': {
      message:
        '{calls} from {clients} fail: the gateway passes TLS on by its SNI, and this match has {hosts}, not {sni}',
      mend: 'add {host} to sniHosts',
    },
  },
  check: (scene) => observed(scene, 'sni-mismatch'),
};
