import t from 'tap';
import { calls, DELIVERED, DELIVERED_TLS, PAIR, scene } from './scene.js';

t.test('a right pair of routes takes every call through the egress gateway', (t) => {
  calls(t, scene(PAIR), {
    'http ext.com:80': DELIVERED,
    'tls ext.com:443': DELIVERED_TLS,
    'http ext.com:80 from shop': DELIVERED,
    'http other.com:80': 'blackhole',
  });
  t.equal(scene(PAIR).verdict('http ext.com:80'), 'delivered');
  t.end();
});
