import { Ajv, type SchemaObject } from 'ajv';
import type { Crd, Schema } from './shared-folder.js';

/** One thing that the CRD refuses: the way to it, as keys joined by `/`. */
export interface Refusal {
  readonly place: string;
  readonly problem: string;
}

/** What the API server makes of the `spec` of a document: first the nulls are dropped, then schema and rules are applied. */
export type CrdValidator = (document: unknown) => readonly Refusal[];

type Rule = (self: unknown) => boolean;

function field(self: unknown, name: string): unknown {
  if (typeof self !== 'object' || self === null) return undefined;
  return (Object.getOwnPropertyDescriptor(self, name)?.value as unknown) ?? undefined;
}

function atMostOne(...names: string[]): Rule {
  return (self) => names.filter((name) => field(self, name) !== undefined).length <= 1;
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function keys(self: unknown): readonly string[] {
  return typeof self === 'object' && self !== null ? Object.keys(self) : [];
}

const inPortRange: Rule = (self) => Number(self) > 0 && Number(self) <= 65535;
const holdsNoStar: Rule = (self) => !String(self).includes('*');

/** The CEL rules of the CRDs by their text, so that a rule that changes is a rule that nobody has translated. */
const RULES: Readonly<Record<string, Rule>> = {
  // Of fields that Sallyport does not read.
  "duration(self) >= duration('1ms')": () => true,
  '0 < self && self <= 65535': inPortRange,
  "!self.contains('*')": holdsNoStar,
  '!self.contains("*")': holdsNoStar,
  'self != "*"': (self) => self !== '*',
  'self.all(key, !key.contains("*"))': (self) => keys(self).every(holdsNoStar),
  'self.all(key, key.size() != 0)': (self) => keys(self).every((key) => key !== ''),
  'self.all(key, size(key) < 63 && key.matches("^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$"))': (self) =>
    keys(self).every((key) => key.length < 63 && /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(key)),
  'self.all(l1, self.exists_one(l2, l1.number == l2.number))': (self) =>
    new Set(items(self).map((port) => field(port, 'number'))).size === items(self).length,
  'has(self.address) || has(self.network)': (self) =>
    field(self, 'address') !== undefined || field(self, 'network') !== undefined,
  '(has(self.address) ? self.address : "").startsWith("unix://") ? !has(self.ports) : true': (self) =>
    !String(field(self, 'address')).startsWith('unix://') || field(self, 'ports') === undefined,
  'self.startsWith("unix://") ? (self.substring(7, 8) == "/" || self.substring(7, 8) == "@") : true': (self) =>
    !/^unix:\/\/(?![/@])/.test(String(self)),
  'self.startsWith("unix://") ? !self.endsWith("/") : true': (self) => !/^unix:\/\/(?:.*\/)?$/s.test(String(self)),
  '(has(self.workloadSelector) ? 1 : 0) + (has(self.endpoints) ? 1 : 0) <= 1': atMostOne(
    'workloadSelector',
    'endpoints',
  ),
  '(has(self.tlsCertificates) ? 1 : 0) + (has(self.credentialNames) ? 1 : 0) <= 1': atMostOne(
    'tlsCertificates',
    'credentialNames',
  ),
  '(has(self.credentialName) ? 1 : 0) + (has(self.credentialNames) ? 1 : 0) <= 1': atMostOne(
    'credentialName',
    'credentialNames',
  ),
  '(has(self.credentialNames) ? 1 : 0) + (has(self.tlsCertificates) ? 1 : 0) <= 1': atMostOne(
    'tlsCertificates',
    'credentialNames',
  ),
  '!((has(self.addresses) ? self.addresses : []).exists(k, k.contains("/")) && !((has(self.resolution) ? self.resolution : "NONE") in ["STATIC", "NONE"]))':
    (self) =>
      !items(field(self, 'addresses')).some((address) => String(address).includes('/')) ||
      ['NONE', 'STATIC'].some((name) => name === (field(self, 'resolution') ?? 'NONE')),
  '((has(self.resolution) ? self.resolution : "NONE") == "NONE") ? !has(self.endpoints) : true': (self) =>
    (field(self, 'resolution') ?? 'NONE') !== 'NONE' || field(self, 'endpoints') === undefined,
  '((has(self.resolution) ? self.resolution : "") == "DNS_ROUND_ROBIN") ? ((has(self.endpoints) ? self.endpoints : []).size() <= 1) : true':
    (self) => field(self, 'resolution') !== 'DNS_ROUND_ROBIN' || items(field(self, 'endpoints')).length <= 1,
};

/** A validator for the newest version of the CRD. */
export function crdValidator(crd: Crd): CrdValidator {
  const [version] = crd.spec.versions;
  if (version === undefined) throw new Error(`${crd.spec.names.kind} has no version`);
  const { spec, ...others } = version.schema.openAPIV3Schema.properties ?? {};
  if (spec === undefined) throw new Error(`${crd.spec.names.kind} has no spec: ${Object.keys(others).join()}`);
  const schema: Schema & SchemaObject = { ...version.schema.openAPIV3Schema, properties: { spec } };
  const validate = validatorOf(schema);
  return (document) => {
    if (validate(withoutNulls(document, schema)) === true) return [];
    return (validate.errors ?? []).map(({ instancePath, params, message = '' }) => {
      const missing: unknown = params['missingProperty'];
      const place = decodePointer(instancePath);
      return { place: typeof missing === 'string' ? `${place}/${missing}` : place, problem: message };
    });
  };
}

function validatorOf(schema: SchemaObject): ReturnType<Ajv['compile']> {
  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const format of ['byte', 'date-time', 'double']) ajv.addFormat(format, true);
  ajv.addFormat('int32', {
    type: 'number',
    validate: (value) => value === Math.trunc(value) && Math.abs(value) < 2 ** 31,
  });
  ajv.addKeyword({
    keyword: 'x-kubernetes-validations',
    validate: (rules: readonly { readonly rule: string }[], data: unknown) =>
      rules.every(({ rule }) => ruleOf(rule)(data)),
  });
  ajv.addKeyword({
    keyword: 'x-kubernetes-list-map-keys',
    validate: ([key = '']: readonly string[], data: unknown) =>
      new Set(items(data).map((item) => field(item, key))).size === items(data).length,
  });
  return ajv.compile(schema);
}

function ruleOf(text: string): Rule {
  const rule = RULES[text];
  if (rule === undefined) throw new Error(`a rule of the CRDs that the parsers may have to know: ${text}`);
  return rule;
}

/** What the API server drops before anything else: the nulls of fields and entries that are not nullable. */
function withoutNulls(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, schema?.items));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const below = schema?.properties?.[key] ?? schema?.additionalProperties;
    return inner === null && below !== undefined && below.nullable !== true ? [] : [[key, withoutNulls(inner, below)]];
  });
  return Object.fromEntries(kept);
}

function decodePointer(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('/');
}
