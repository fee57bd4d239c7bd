import { observed } from '../delivery/observed.js';
import type { Rule } from '../rule.js';

/** Calls to a port that the Service of the egress gateway does not have, or that no server can be reached by. */
export const gatewayPortClosed: Rule = {
  id: 'gateway-port-closed',
  messages: {
    'no-service-port': {
      message:
        '{calls} from {clients} fail: they are sent to port {port} of the gateway {service}, which has no such port, only {ports}',
      mend: 'send them to one of its ports, or give the Service port {port}',
    },
    'server-port': {
      message:
        '{calls} from {clients} fail: {gateway} serves {host} on port {served}, which the Service {service} does not open, only {ports}',
      mend: 'write one of these ports as port.number of the server, and in the rules that are for it',
    },
  },
  check: (scene) => observed(scene, 'gateway-port-closed'),
};
