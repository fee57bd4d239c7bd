import { familyOf } from '../../mesh/protocol.js';
import { listenerFor } from '../../routing/sidecar/listener.js';
import { SidecarProxy } from '../../routing/sidecar/sidecar-proxy.js';
import { callsInWords } from '../calls-in-words.js';
import { nameOf } from '../object-name.js';
import type { Observation, Scene } from '../rule.js';

/** An entry for bytes without an address, on a port where the sidecar takes all bytes for another one (A8). */
export function* portConflicts({ subject, calls, topology }: Scene): Generator<Observation> {
  if (subject?.kind !== 'ServiceEntry' || subject.spec.addresses.length > 0) return;
  const { ports, hosts } = subject.spec;
  const numbers = new Set(ports.filter(({ protocol }) => familyOf(protocol) === 'tcp').map(({ number }) => number));
  if (numbers.size === 0) return;
  for (const traced of calls) {
    const { touched, client, verdict } = traced;
    const { host, port, protocol, address } = touched.call;
    if (verdict === 'leaks' || protocol !== 'tcp' || address !== undefined || !numbers.has(port)) continue;
    if (!hosts.includes(host)) continue;
    const listener = listenerFor(new SidecarProxy(topology.world, client.namespace, client.labels), undefined, port);
    const first = listener?.services.bytes?.declaration;
    if (first === undefined || first.host === host) continue;
    if (listener?.view.services.declared(host).some(({ object }) => object === subject) !== true) continue;
    const index = ports.findIndex(({ number }) => number === port);
    yield {
      identity: [touched.hostInWords, port, client.description].join(' '),
      call: traced,
      host: touched.shownHost,
      port,
      explain: () => ({
        message: 'entries',
        object: subject,
        field: `spec.ports[${index}]`,
        values: {
          calls: callsInWords(touched),
          rival: nameOf(first.object),
          entry: nameOf(subject),
          port: String(port),
        },
      }),
    };
  }
}
