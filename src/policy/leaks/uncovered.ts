import { overlaps, resolveHost } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import { familyOf } from '../../mesh/protocol.js';
import { callerOf, leadsOf, routesOver, type Lead } from '../leads.js';
import { nameOf } from '../object-name.js';
import { SECTIONS, type Section } from '../route-places.js';
import { hidden } from './hidden.js';
import { isSubject, type Leak, type LeakExplanation } from './leak.js';
import { outdone } from './outdone.js';
import { portField, protocolInWords, protocolOf, viewOf, type Standing } from './standing.js';
import { undelegated } from './undelegated.js';

/** What is known of a leak before it is told why. */
interface Circumstances {
  readonly leak: Leak;
  readonly standing: Standing;
  /** The one that Istio reads for the port and the bytes. */
  readonly section: Section;
  /** The VirtualServices over the host that the client sees. */
  readonly seen: readonly VirtualService[];
  /** What of theirs leads to an egress gateway, that of the section first. */
  readonly leads: readonly Lead[];
}

/**
 * Why none of the VirtualServices over a host takes the call to the gateway: the client does not see it, or none of its rules is for
 * this client, this port, this protocol. Undefined where there is no such VirtualService.
 */
export function uncovered(leak: Leak, standing: Standing): LeakExplanation | undefined {
  const caller = callerOf(leak);
  const view = viewOf(leak, standing);
  const section = sectionOf(leak, standing);
  const isKept = (lead: Lead): boolean => lead.section === section && lead.elimination === undefined;
  const all = routesOver(leak.scene.topology.world, leak.traced.touched.call).filter((one) =>
    isOver(leak, one, standing),
  );
  const seen = all.filter((route) => view?.routes.sees(route) === true);
  const unseen = all.filter((route) => !seen.includes(route) && leadsOf(caller, route).length > 0);
  const leads = seen
    .flatMap((route) => leadsOf(caller, route))
    .sort((a, b) => Number(b.section === section) - Number(a.section === section));
  const kept = leads.find(isKept);
  if (kept !== undefined) return outdone(leak, standing, kept);
  const hiding = unseen.find((route) => leadsOf(caller, route).some(isKept));
  if (hiding !== undefined) return hidden(leak, standing, hiding);
  const circumstances = { leak, standing, section, seen, leads };
  return (
    limitedToOthers(circumstances) ??
    misplaced(circumstances) ??
    undelegated(leak, standing, section === 'http' ? seen : []) ??
    offPort(circumstances) ??
    halved(circumstances) ??
    (unseen[0] === undefined ? undefined : hidden(leak, standing, unseen[0]))
  );
}

/** Whether a host of a VirtualService is one of those for which Istio reads it at this service. */
function isOver({ scene, traced }: Leak, { spec, metadata }: VirtualService, { declared }: Standing): boolean {
  const isHttp = traced.touched.call.protocol === 'http';
  const cased = (host: string): string => (isHttp ? host.toLowerCase() : host);
  const { domain } = scene.topology.world.mesh;
  return spec.hosts.some((host) => overlaps(cased(resolveHost(host, metadata.namespace, domain)), cased(declared)));
}

/** The section of a VirtualService that Istio reads for a port's protocol: of a port without one it depends on the bytes. */
function sectionOf({ traced }: Leak, standing: Standing): Section {
  const { port, protocol } = traced.touched.call;
  switch (familyOf(protocolOf(standing, port))) {
    case 'http':
      return 'http';
    case 'tls':
      return 'tls';
    case 'tcp':
    case 'udp':
      return 'tcp';
    case 'sniffed':
      return protocol === 'http' ? 'http' : 'tcp';
  }
}

/** The rules are for other pods, or for those of another namespace. */
function limitedToOthers({ standing, section, leads }: Circumstances): LeakExplanation | undefined {
  for (const { elimination, route, owner, field, section: written } of leads) {
    if (written !== section || (elimination !== 'other-labels' && elimination !== 'other-namespace')) continue;
    const condition = elimination === 'other-labels' ? 'sourceLabels' : 'sourceNamespace';
    const values = { ...standing.values, route: nameOf(route), condition };
    return { message: 'source-scope', object: owner, field: `${field}.${condition}`, values };
  }
  return undefined;
}

/** The rules are for the port, in a section that Istio does not read for its protocol. */
function misplaced({ leak, standing, section, leads }: Circumstances): LeakExplanation | undefined {
  const lead = leads.find((one) => one.section !== section && one.elimination === undefined);
  if (lead === undefined) return undefined;
  const { port } = leak.traced.touched.call;
  const values = {
    ...standing.values,
    route: nameOf(lead.route),
    ...sectionInWords(standing, port, section),
    written: lead.section,
    protocol: protocolInWords(standing, port),
    wanted: WANTED[lead.section],
  };
  if (isSubject(leak, lead.owner) || standing.object !== standing.service) {
    return { message: 'wrong-section', object: lead.owner, field: `spec.${lead.section}[${lead.rule}]`, values };
  }
  const field = `${portField(standing, port)}.protocol`;
  return { message: 'wrong-section/protocol', object: standing.object, field, values };
}

/** What Istio reads for a port, and where the rules that are not read belong. */
function sectionInWords(standing: Standing, port: number, section: Section): Pick<LeakExplanation, 'values'>['values'] {
  if (protocolOf(standing, port) !== 'unset') return { section, read: `spec.${section}` };
  return { section: 'tcp', read: 'spec.http for plain HTTP and spec.tcp for all else' };
}

/** The protocol whose ports obey a section. */
const WANTED: Readonly<Record<Section, string>> = { http: 'HTTP', tls: 'TLS', tcp: 'TCP' };

/** The rules are for other ports. */
function offPort({ leak, standing, section, leads }: Circumstances): LeakExplanation | undefined {
  const lead = leads.find(({ elimination }) => elimination === 'other-port');
  if (lead === undefined) return undefined;
  const { port } = leak.traced.touched.call;
  const values = { ...standing.values, route: nameOf(lead.route), section };
  if (isSubject(leak, lead.owner) || standing.object !== standing.service) {
    const field = lead.section === section ? `${lead.field}.port` : `spec.${section}`;
    return { message: 'port-uncovered', object: lead.owner, field, values };
  }
  return { message: 'port-uncovered', object: standing.object, field: portField(standing, port), values };
}

/** There is the gateway's half alone, in a VirtualService that is the sidecars' too. */
function halved({ leak, standing, section, seen }: Circumstances): LeakExplanation | undefined {
  const halves = seen.filter(
    ({ spec }) => spec.gateways.some((name) => name !== 'mesh') && SECTIONS.some((one) => spec[one].length > 0),
  );
  const route = halves.find((one) => isSubject(leak, one)) ?? halves[0];
  if (route === undefined) return undefined;
  const values = { ...standing.values, route: nameOf(route), section };
  return { message: 'no-route/no-mesh-rule', object: route, field: `spec.${section}`, values };
}
