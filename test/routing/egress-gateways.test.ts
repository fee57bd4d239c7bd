import t from 'tap';
import { egressGatewayNamed } from '../../src/routing/egress-gateways.js';
import { GATEWAY_SERVICE, scene } from './scene.js';

t.test('the egress gateway whose Service has a host name', (t) => {
  const { world, isEgressGateway } = scene(
    GATEWAY_SERVICE,
    'Service net/web: {clusterIP: 10.0.0.9, selector: {app: web}, ports: [80 http]}\n',
  ).topology;
  const named = (host: string) => egressGatewayNamed(world, isEgressGateway, host)?.metadata.name;
  t.equal(named('istio-egressgateway.istio-system.svc.cluster.local'), 'istio-egressgateway');
  for (const host of [
    'web.net.svc.cluster.local',
    'istio-egressgateway.net.svc.cluster.local',
    'istio-egressgateway.istio-system',
    'istio-egressgateway.istio-system.svc.other.local',
    'a.istio-egressgateway.istio-system.svc.cluster.local',
    'istio-system.svc.cluster.local',
    'e.com',
    '',
  ]) {
    t.equal(named(host), undefined, host);
  }
  t.end();
});
