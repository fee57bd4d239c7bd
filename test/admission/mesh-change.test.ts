import t from 'tap';
import { parseYaml as parseMeshText } from '../../src/files/yaml/parse.js';
import { validate } from '../../src/admission/validate.js';
import { DEFAULT_POLICY, type Policy } from '../../src/policy/policy.js';
import { entry, fullPair, type Document } from '../policy/manifests.js';
import { requestFor, worldWith } from './request.js';

function configMap(mesh: string | undefined, meta: Document = {}): Document {
  const metadata = { name: 'istio', namespace: 'istio-system', ...meta };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...(mesh === undefined ? {} : { data: { mesh } }) };
}

const closed = configMap('outboundTrafficPolicy: {mode: REGISTRY_ONLY}\n');
const open = configMap('outboundTrafficPolicy: {mode: ALLOW_ANY}\n');
const both = entry(['80 HTTP', '443 TLS']);

interface Circumstances {
  readonly world?: readonly Document[];
  readonly policy?: Partial<Policy>;
  readonly parseYaml?: (text: string) => unknown;
}

function answer(
  objects: { readonly object?: Document; readonly oldObject?: Document },
  { world = [both, fullPair()], policy = {}, parseYaml = parseMeshText }: Circumstances = {},
) {
  const grounds = {
    world: worldWith(world),
    policy: { ...DEFAULT_POLICY, ...policy },
    now: 0,
    worldAge: 0,
    parseYaml,
  };
  return validate(requestFor(objects), grounds);
}

t.test('a mesh that comes to let everything out is warned of, whatever does it', (t) => {
  for (const [name, objects] of Object.entries({
    'another mode': { object: open, oldObject: closed },
    'no mode': { object: configMap(''), oldObject: closed },
    'no text': { object: configMap(undefined), oldObject: closed },
    'no ConfigMap': { oldObject: closed },
  })) {
    const { allowed, warnings = [] } = answer(objects);
    t.equal(allowed, true, name);
    t.match(warnings, [
      /^\[outbound-any\] data\.mesh: calls to undeclared hosts on port 80 from every namespace leave the mesh unfiltered/,
      /^\[outbound-any\] data\.mesh: calls to undeclared hosts on port 443 /,
    ]);
  }
  t.end();
});

t.test('what leaves it as strict is silent', (t) => {
  for (const [name, objects] of Object.entries({
    'a first ConfigMap': { object: closed },
    'another key': { object: { ...closed, data: { ...Object(closed['data']), other: 'x' } }, oldObject: closed },
    'a setting that is not read': {
      object: configMap('outboundTrafficPolicy: {mode: REGISTRY_ONLY}\ntrustDomain: x\n'),
      oldObject: closed,
    },
    'a mesh that closes': { object: closed, oldObject: open },
    'one that cannot be read mended': { object: closed, oldObject: configMap('{') },
  })) {
    const { allowed, warnings, auditAnnotations } = answer(objects);
    t.strictSame([allowed, warnings], [true, []], name);
    t.match(auditAnnotations, { verdict: 'allowed' });
  }
  t.end();
});

t.test('where the policy says what the mesh does, its ConfigMap changes nothing', (t) => {
  const policy = { mesh: { ...DEFAULT_POLICY.mesh, outboundTrafficPolicy: 'REGISTRY_ONLY' } } as const;
  t.strictSame(answer({ object: open, oldObject: closed }, { policy }).warnings, []);
  t.end();
});

t.test('routes that others lose from sight by a narrower default leave their entry open', (t) => {
  const narrow = configMap('outboundTrafficPolicy: {mode: REGISTRY_ONLY}\ndefaultVirtualServiceExportTo: [.]\n');
  const { allowed, status } = answer({ object: narrow, oldObject: closed });
  t.equal(allowed, false);
  t.match(
    status?.message,
    /\[direct-egress\] .*in VirtualService shop\/cnn, calls to cnn\.com:80 from every namespace but/,
  );
  const own = fullPair({}, { exportTo: ['*'] });
  t.equal(answer({ object: narrow, oldObject: closed }, { world: [both, own] }).allowed, true, 'not what says its own');
  const all = configMap(
    'outboundTrafficPolicy: {mode: REGISTRY_ONLY}\ndefaultVirtualServiceExportTo: [.]\ndefaultServiceExportTo: [.]\n',
  );
  t.match(answer({ object: all, oldObject: closed }).allowed, true, 'nor where the entry is lost from sight too');
  t.end();
});

t.test('a text that cannot be read is denied with its field', (t) => {
  t.match(answer({ object: configMap('{'), oldObject: closed }), {
    allowed: false,
    status: { message: /^Sallyport cannot read ConfigMap istio-system\/istio\.\ndata\.mesh: is no YAML$/ },
  });
  t.match(answer({ object: configMap('outboundTrafficPolicy: {mode: SOME}'), oldObject: closed }), {
    allowed: false,
    status: { message: /mesh\.outboundTrafficPolicy\.mode: must be one of/ },
  });
  t.end();
});

t.test('a manifest whose old text nobody has is held against the mesh as it is', (t) => {
  const grounds = { world: worldWith([both]), policy: DEFAULT_POLICY, now: 0, worldAge: 0, parseYaml: parseMeshText };
  const request = requestFor({ object: open }, { operation: 'UPDATE' });
  t.match(validate(request, grounds).warnings?.[0], /^\[outbound-any\] data\.mesh/);
  t.strictSame(validate(requestFor({ object: closed }, { operation: 'UPDATE' }), grounds).warnings, []);
  t.end();
});

t.test("ConfigMaps that are not the mesh's are allowed at once, unread", (t) => {
  const parseYaml = (): unknown => {
    throw new Error('it is read');
  };
  for (const meta of [{ name: 'other' }, { namespace: 'shop' }]) {
    const others = { object: configMap('{', meta), oldObject: configMap('', meta) };
    t.strictSame(answer(others, { parseYaml }), { uid: 'u-1', allowed: true });
  }
  const root = { mesh: { ...DEFAULT_POLICY.mesh, rootNamespace: 'mesh' } };
  t.strictSame(answer({ object: open, oldObject: closed }, { policy: root }), { uid: 'u-1', allowed: true });
  t.end();
});

t.test('who gives no parser has it unjudged', (t) => {
  const grounds = { world: worldWith([]), policy: DEFAULT_POLICY, now: 0, worldAge: 0 };
  t.strictSame(validate(requestFor({ object: open, oldObject: closed }), grounds), { uid: 'u-1', allowed: true });
  t.end();
});
