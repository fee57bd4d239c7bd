import t from 'tap';
import { captureOf } from '../../src/policy/captured-namespace.js';

t.test('tells by its labels what takes the calls of a namespace', (t) => {
  t.match(captureOf({ 'istio-injection': 'enabled' }), { by: 'sidecar', label: 'istio-injection' });
  t.match(captureOf({ 'istio.io/rev': 'canary' }), { by: 'sidecar', label: 'istio.io/rev', value: 'canary' });
  t.match(captureOf({ 'istio-injection': 'enabled', 'istio.io/rev': 'canary' }), { label: 'istio-injection' });
  t.match(captureOf({ 'istio.io/dataplane-mode': 'ambient' }), { by: 'ambient' });
  for (const labels of [
    {},
    { 'istio-injection': 'disabled', 'istio.io/rev': 'canary' },
    { 'istio-injection': 'yes' },
    { 'istio.io/rev': '' },
    { 'istio.io/dataplane-mode': 'none' },
  ]) {
    t.equal(captureOf(labels), undefined, JSON.stringify(labels));
  }
  t.end();
});
