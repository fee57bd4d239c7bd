import { covers } from '../../mesh/host.js';
import type { VirtualService } from '../../mesh/kinds/virtual-service.js';
import type { ClusterOutcome } from '../../routing/outcome.js';
import { nameOf } from '../object-name.js';
import type { Candidate } from './candidates.js';
import type { Cause } from './cause.js';
import { hostInWords, rootsOf, type Arrived, type Hop } from './hop.js';

/**
 * A call that the gateway sends to another host by somebody else's rule, although one of its own is there: an older VirtualService
 * for the same host goes first, or the one to which all bytes of the port go.
 */
export function outdone(
  hop: Hop,
  arrived: Arrived,
  outcome: ClusterOutcome,
  fitting: () => readonly Candidate[],
): Cause | undefined {
  const { arrival, next, proxy } = arrived;
  const winner = next.source?.object;
  if (outcome.host === arrival.host || winner?.kind !== 'VirtualService' || hop.sender === winner) return undefined;
  const winners = rootsOf(proxy.world, winner);
  const loser = fitting().find(({ route }) => !winners.includes(route));
  if (loser === undefined) return undefined;
  const isOver = winners.some((route) => hasHost(proxy.routes.hosts(route), arrival.host));
  return {
    rule: isOver ? 'host-conflict' : 'tcp-port-shared',
    message: 'at-gateway',
    tell: (one) => tellOutdone(one, winner, loser, outcome),
  };
}

function tellOutdone(
  hop: Hop,
  winner: VirtualService,
  loser: Candidate,
  outcome: ClusterOutcome,
): ReturnType<Cause['tell']> {
  const isWinners = hop.scene.subject === winner;
  const values = {
    winner: nameOf(winner),
    loser: nameOf(loser.route),
    destination: `${outcome.host}:${outcome.port}`,
    host: hostInWords(hop),
    gateway: loser.name,
    port: String(loser.bound?.server.port.number ?? hop.cluster.port),
  };
  return isWinners
    ? { object: winner, field: hop.arrived?.next.source?.field ?? 'spec', values }
    : { object: loser.owner, field: loser.field, values };
}

function hasHost(hosts: readonly string[], host: string): boolean {
  return hosts.some((one) => covers(one.toLowerCase(), host));
}
