import { observed } from '../delivery/observed.js';
import { portConflicts } from '../delivery/port-conflicts.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** Bytes without a name that share a port with those for another host: all go to the first. */
export const tcpPortShared: Rule = {
  id: 'tcp-port-shared',
  messages: {
    'at-gateway': {
      message:
        '{calls} from {clients} go to {destination}: at port {port} of the gateway all bytes go where {winner} says, not {loser}',
      mend: 'give {host} a port of its own at the gateway, with a server and rules for it',
    },
    'port-taken': {
      message:
        '{calls} from {clients} fail: on port {port} of the gateway {rival} has a server of protocol {protocol}, which goes before this one',
      mend: 'give the server of {gateway} a port of its own',
    },
    entries: {
      message:
        '{calls} from {clients} go where those of {rival} do: neither has an address, and on port {port} the first takes all bytes',
      mend: 'give {entry} addresses, or a port of its own',
    },
  },
  *check(scene: Scene): Generator<Observation> {
    yield* observed(scene, 'tcp-port-shared');
    yield* portConflicts(scene);
  },
};
