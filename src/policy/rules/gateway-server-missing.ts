import { observed } from '../delivery/observed.js';
import type { Rule } from '../rule.js';

/** Calls that reach the egress gateway, where no server of a Gateway takes them. */
export const gatewayServerMissing: Rule = {
  id: 'gateway-server-missing',
  messages: {
    'no-gateway': {
      message:
        '{calls} from {clients} fail: {route} tells the gateway where to send them, at Gateway {gateway}, which does not exist',
      mend: 'apply Gateway {gateway} with a server for {host} on port {port}, or name one that is there',
    },
    'no-gateway/deleted': {
      message: '{calls} from {clients} would fail: {route} tells the gateway where to send them, at Gateway {gateway}',
      mend: 'delete {route} first, or have it name another Gateway',
    },
    'other-pods': {
      message:
        '{calls} from {clients} fail: {gateway} selects pods with {selector}, and those of the gateway {service} have {labels}',
      mend: 'write labels of these pods in spec.selector, such as {labels}',
    },
    'other-port': {
      message:
        '{calls} from {clients} fail: they arrive at port {port} of the gateway, and {gateway} serves {host} on port {served} only',
      mend: 'send them to port {open} of the gateway, or give {gateway} a server on port {port}',
    },
    'other-host': {
      message: '{calls} from {clients} fail: this server of {gateway} takes {hosts} on port {port}, and not {host}',
      mend: 'add {host} to spec.servers[{index}].hosts',
    },
    'other-namespace': {
      message:
        '{calls} from {clients} fail: this server of {gateway} takes {host} from VirtualServices of namespace {other} only, and {route} is not there',
      mend: 'write {namespace}/{host} in spec.servers[{index}].hosts, or {host} without a namespace',
    },
    rewritten: {
      message:
        '{calls} from {clients} fail: this rule gives them the host {arrived}, which nothing at the gateway takes',
      mend: 'leave the host as it is, or have a server and a rule for {arrived} at the gateway',
    },
  },
  check: (scene) => observed(scene, 'gateway-server-missing'),
};
