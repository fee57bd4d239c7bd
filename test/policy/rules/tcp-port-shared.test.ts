import { egressGateway, entry, gateway, routes, server, subsets, toGateway, toHost } from '../manifests.js';
import { testRule, type Expected, type InvalidCase, type ValidCase } from './rule-table.js';

const ports = [5432, 5433].map((port) => ({ name: `tcp-${port}`, port }));
const bare = [egressGateway({ ports }), subsets()];
const db = (name: string, spec: object = {}, port = 5432) =>
  entry(
    [`${port} TCP`],
    { hosts: [`${name}.com`], addresses: [name === 'one' ? '240.0.0.1' : '240.0.0.2'], ...spec },
    { name },
  );
const open = (port = 5432, hosts = ['*']) => gateway({}, { servers: [server(port, 'TCP', undefined, hosts)] });
const pair = (name: string, port = 5432) =>
  routes(
    {
      hosts: [`${name}.com`],
      tcp: [
        { match: [{ gateways: ['mesh'] }], route: [toGateway(port)] },
        { match: [{ gateways: ['egress'], port }], route: [toHost(5432, `${name}.com`)] },
      ],
    },
    { name },
  );

function warned(reason: string, more: Partial<Expected> = {}): Expected {
  return {
    severity: 'warning',
    reason,
    object: 'VirtualService shop/two',
    field: 'spec.tcp[1].match[0]',
    host: 'two.com',
    port: 5432,
    client: { namespace: '*' },
    ...more,
  };
}

const VALID: readonly ValidCase[] = [
  { name: 'one host', ground: [...bare, open()], world: [db('one')], change: { create: pair('one') } },
  {
    name: 'a port of the gateway for each',
    ground: [
      ...bare,
      gateway({}, { servers: [server(5432, 'TCP', undefined, ['*']), server(5433, 'TCP', undefined, ['*'])] }),
    ],
    world: [db('one'), db('two'), pair('one')],
    change: { create: pair('two', 5433) },
  },
  {
    name: 'addresses for each',
    ground: [...bare, open()],
    world: [db('one')],
    change: { create: db('two') },
  },
  {
    name: 'ports of their own',
    ground: [...bare, open()],
    world: [db('one', { addresses: [] })],
    change: { create: db('two', { addresses: [] }, 5433) },
  },
];

const INVALID: readonly InvalidCase[] = [
  {
    name: 'two hosts on one port of the gateway',
    ground: [...bare, open()],
    world: [db('one'), db('two'), pair('one')],
    change: { create: pair('two') },
    findings: [
      warned('at-gateway', {
        says: [
          'calls to two.com:5432 from every namespace go to one.com:5432',
          'all bytes go where VirtualService shop/one says, not VirtualService shop/two',
          'give two.com a port of its own at the gateway',
        ],
      }),
    ],
  },
  {
    name: 'a second server on the port',
    ground: [...bare, gateway({ name: 'first' }, { servers: [server(5432, 'TCP', undefined, ['one.com'])] })],
    world: [db('two'), pair('two')],
    change: { create: open(5432, ['two.com']) },
    findings: [
      warned('port-taken', {
        object: 'Gateway shop/egress',
        field: 'spec.servers[0].port',
        says: ['Gateway shop/first has a server of protocol TCP, which goes before this one'],
      }),
    ],
  },
  {
    name: 'two entries without addresses on one port',
    ground: [...bare, open()],
    world: [db('one', { addresses: [] }), pair('one')],
    change: { create: db('two', { addresses: [] }) },
    findings: [
      warned('entries', {
        object: 'ServiceEntry shop/two',
        field: 'spec.ports[0]',
        says: [
          'go where those of ServiceEntry shop/one do',
          'give ServiceEntry shop/two addresses, or a port of its own',
        ],
      }),
    ],
  },
];

testRule('tcp-port-shared', VALID, INVALID);
