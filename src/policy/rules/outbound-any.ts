import { callsInWords } from '../calls-in-words.js';
import type { Observation, Rule, Scene } from '../rule.js';

/** Calls that are sent on unfiltered because nothing is known of them. */
export const outboundAny: Rule = {
  id: 'outbound-any',
  messages: {
    'sidecar-opens': {
      message: '{calls} from {clients} leave the mesh unfiltered: this Sidecar lets out whatever nothing declares',
      mend: 'remove outboundTrafficPolicy, or set its mode to REGISTRY_ONLY',
    },
    'mesh-allows': {
      message: '{calls} from {clients} leave the mesh unfiltered: the mesh lets out whatever nothing declares',
      mend: "declare the host and route it to the egress gateway, or set the mesh's outboundTrafficPolicy.mode to REGISTRY_ONLY",
    },
  },
  *check({ topology, calls, subject, removed }: Scene): Generator<Observation> {
    const isOpen = topology.world.mesh.outboundTrafficPolicy === 'ALLOW_ANY';
    for (const call of calls) {
      const { touched, client, ways, verdict } = call;
      const way = ways.find(({ outcome }) => outcome.type === 'passthrough');
      // What leaks besides is told by `direct-egress`.
      if (way === undefined || verdict === 'leaks') continue;
      const { port, protocol, address = '' } = touched.call;
      yield {
        identity: [touched.shownHost, port, protocol, address, client.description].join(' '),
        call,
        host: touched.shownHost,
        port,
        explain: () => {
          const object = way.source?.object ?? subject ?? removed;
          if (object === undefined) throw new Error('what is new comes from an object that is changed');
          return {
            message: way.source === undefined ? 'mesh-allows' : 'sidecar-opens',
            ...(isOpen ? { mode: 'warn' } : {}),
            object,
            field: way.source?.field ?? (object.kind === 'ConfigMap' ? 'data.mesh' : 'spec'),
            values: { calls: callsInWords(touched) },
          };
        },
      };
    }
  },
};
