import t from 'tap';
import { changeOf } from '../../src/admission/subject.js';
import { deployment, gatewayApi, pod, type PodDocument } from '../policy/kubernetes-manifests.js';
import type { Document } from '../policy/manifests.js';
import { requestFor, worldWith } from './request.js';

const world = worldWith([]);

function change(objects: { readonly object?: Document; readonly oldObject?: Document }, more = {}) {
  return changeOf(requestFor(objects, more), world);
}

t.test('a workload and a route are what they were and what they will be', (t) => {
  t.match(change({ object: pod({}) }), { old: undefined, object: { kind: 'Pod', metadata: { namespace: 'shop' } } });
  const labelled = deployment({ labels: { a: 'b' } });
  t.match(change({ object: labelled, oldObject: deployment({}) }), {
    old: { pod: { labels: { app: 'web' } } },
    object: { kind: 'Deployment', pod: { labels: { a: 'b' } } },
  });
  t.match(change({ object: gatewayApi('HTTPRoute', { parentRefs: [{ name: 'a' }] }) }), {
    object: { parents: [{ kind: 'Gateway', name: 'a' }] },
  });
  t.end();
});

t.test('an object whose namespace is only in the request is of that', (t) => {
  const { metadata, ...rest } = pod({});
  const { name } = Object(metadata) as { readonly name: string };
  const nowhere = { ...rest, metadata: { name } };
  t.match(change({ object: nowhere }, { namespace: 'billing' }), { object: { metadata: { namespace: 'billing' } } });
  t.end();
});

t.test('containers beside the others come by a subresource', (t) => {
  const debugging: PodDocument = {
    spec: { ephemeralContainers: [{ name: 'debug', securityContext: { runAsUser: 1337 } }] },
  };
  const objects = { object: pod(debugging), oldObject: pod({}) };
  t.match(change(objects, { subResource: 'ephemeralcontainers' }), { object: { pod: { impostors: [{}] } } });
  for (const subResource of ['status', 'resize', 'eviction']) t.equal(change(objects, { subResource }), undefined);
  const others = { object: deployment({}), oldObject: deployment({}) };
  t.equal(change(others, { subResource: 'ephemeralcontainers' }), undefined);
  t.end();
});

t.test('what goes, what cannot be read and what is something else is not judged', (t) => {
  t.equal(change({ oldObject: pod({}) }), undefined);
  t.equal(change({ object: pod({}) }, { object: null }), undefined);
  t.equal(change({ object: pod({}) }, { object: { kind: 'Pod' } }), undefined);
  t.equal(change({ object: pod({}) }, { object: deployment({}) }), undefined, 'another version than the request');
  t.ok(change({ object: { ...pod({}), spec: 7 } }), 'fields of the wrong type are no reason to refuse it');
  t.ok(change({ object: pod({}) }, { keysDropped: true }), 'nor are keys that nobody reads');
  t.end();
});
