import type { Observation, Rule, Scene } from '../rule.js';

/** Calls that are sent on unfiltered because nothing is known of them. */
export const outboundAny: Rule = {
  id: 'outbound-any',
  reasons: {
    'sidecar-opens': {
      message:
        'calls to {host}:{port} are sent on unfiltered from {clients}: this Sidecar lets unknown traffic out of a mesh that refuses it',
      mend: 'remove outboundTrafficPolicy from the Sidecar, or set its mode to REGISTRY_ONLY',
    },
    'mesh-allows': {
      message:
        'calls to {host}:{port} are sent on unfiltered from {clients}: the mesh lets unknown traffic out, and no object declares this host and port for them',
      mend: 'set outboundTrafficPolicy.mode of the mesh to REGISTRY_ONLY, or declare the host and route it to the egress gateway',
    },
  },
  *check({ topology, calls, subject }: Scene): Generator<Observation> {
    const open = topology.world.mesh.outboundTrafficPolicy === 'ALLOW_ANY';
    for (const { touched, client, ways, verdict } of calls) {
      const way = ways.find(({ outcome }) => outcome.type === 'passthrough');
      const object = way?.source?.object ?? subject;
      if (way === undefined || object === undefined || verdict === 'leaks') continue;
      const { port, protocol, address = '' } = touched.call;
      yield {
        rule: 'outbound-any',
        reason: way.source === undefined ? 'mesh-allows' : 'sidecar-opens',
        ...(open ? { mode: 'warn' as const } : {}),
        object,
        field: way.source?.field ?? 'spec',
        host: touched.shownHost,
        port,
        client,
        identity: [touched.shownHost, port, protocol, address, client.description].join(' '),
        values: { host: touched.hostInWords, port: String(port), clients: client.description },
      };
    }
  },
};
