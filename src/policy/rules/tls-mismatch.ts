import { observed } from '../delivery/observed.js';
import type { Rule } from '../rule.js';

/** Calls that reach the egress gateway in other wrapping than its server takes. */
export const tlsMismatch: Rule = {
  id: 'tls-mismatch',
  messages: {
    'plain-into-tls': {
      message: '{calls} from {clients} fail: {sent} arrives at a server of {gateway} that is {server}',
      mend: 'for port {port}{subset} write tls.mode ISTIO_MUTUAL with sni {host} in the DestinationRule of the gateway, or give the server protocol HTTP',
    },
    'plain-into-tls/passthrough': {
      message:
        '{calls} from {clients} fail: {sent} arrives at a server of {gateway} that is {server} and asks for the TLS of the client',
      mend: 'send them to a port whose server has protocol HTTP, or have the clients call a port of protocol TLS',
    },
    'tls-into-plain': {
      message: '{calls} from {clients} fail: {sent} arrives at a server of {gateway} that is {server}',
      mend: 'send them to a port whose server has protocol TLS and tls.mode PASSTHROUGH, with a rule for it in spec.tls',
    },
    'tls-into-plain/mutual': {
      message: '{calls} from {clients} fail: {sent} arrives at a server of {gateway} that is {server}',
      mend: 'take tls for port {port}{subset} out of {rule}, or give the server protocol HTTPS and tls.mode ISTIO_MUTUAL',
    },
    'no-certificate': {
      message: '{calls} from {clients} fail: {sent} arrives at a server of {gateway} that is {server}',
      mend: 'for port {port}{subset} write tls.mode ISTIO_MUTUAL with sni {host} in the DestinationRule of the gateway',
    },
    'bytes-into-http': {
      message: '{calls} from {clients} fail: what is in their TLS is no HTTP, and this server of {gateway} is {server}',
      mend: 'give the server protocol TLS, and its rule a place in spec.tcp',
    },
    'bytes-into-http/plain': {
      message: '{calls} from {clients} fail: they are no HTTP, and this server of {gateway} is {server}',
      mend: 'send them to a port whose server has protocol TCP, with a rule for it in spec.tcp',
    },
    'mutual-into-passthrough': {
      message:
        '{calls} from {clients} fail: the sidecar wraps them in mutual TLS, which this server of {gateway} does not end: it is {server}',
      mend: 'write tls.mode ISTIO_MUTUAL in the server, or take tls for port {port}{subset} out of {rule}',
    },
    section: {
      message:
        '{calls} from {clients} fail: this server of {gateway} reads spec.{read}, and {route} has its rules for it in spec.{written}',
      mend: 'move these rules to spec.{read}, or give the server a protocol and tls.mode for which spec.{written} is read',
    },
    redirect: {
      message: '{calls} from {clients} fail: this server of {gateway} sends plain HTTP away to HTTPS',
      mend: 'remove httpsRedirect, or send them to a port with TLS',
    },
  },
  check: (scene) => observed(scene, 'tls-mismatch'),
};
