/** What a scalar stands for once its tag, written or implied, is resolved. */
export type Scalar = string | number | boolean | null;

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))$/;

/**
 * Resolves a plain scalar as kubectl and the rest of Kubernetes read it (`resolve` of go.yaml.in/yaml/v2, which
 * sigs.k8s.io/yaml uses): YAML 1.1 words for booleans, integers with base prefixes and underscores, and dates as strings.
 */
export function resolvePlain(source: string): Scalar {
  const first = source.charCodeAt(0);
  // Most scalars are words that start with a letter that no special form starts with.
  if (first > 0x2e && !(first >= 0x30 && first <= 0x39) && !'~yYnNtTfFoO'.includes(source.charAt(0))) return source;
  const word = WORDS.get(source);
  if (word !== undefined) return word;
  if (first === 0x2e) return FLOAT.test(source) ? finiteOr(source, Number(source)) : source;
  const isNumeric = first === 0x2b || first === 0x2d || (first >= 0x30 && first <= 0x39);
  return isNumeric ? numberOf(source) : source;
}

function numberOf(source: string): Scalar {
  const plain = source.includes('_') ? source.replaceAll('_', '') : source;
  const integer = INTEGER.exec(plain);
  if (integer !== null) {
    const [, sign, hexadecimal, binary, octal, decimal] = integer;
    const size =
      hexadecimal !== undefined
        ? Number(`0x${hexadecimal}`)
        : binary !== undefined
          ? Number(`0b${binary}`)
          : octal !== undefined
            ? Number(`0o${octal}`)
            : Number(decimal);
    return finiteOr(source, sign === '-' ? 0 - size : size);
  }
  return FLOAT.test(plain) ? finiteOr(source, Number(plain)) : source;
}

function finiteOr(source: string, value: number): Scalar {
  return Number.isFinite(value) ? value : source;
}

/**
 * Resolves a scalar that carries a tag such as `!!int`, as `resolvePlain` does its own. Undefined where the text is none of
 * that tag; a tag that YAML 1.1 does not know leaves the text as it is.
 */
export function resolveTagged(tag: string, source: string): Scalar | undefined {
  switch (tag) {
    case 'bool':
      return only('boolean', source);
    case 'int': {
      const value = only('number', source);
      return Number.isInteger(value) ? value : undefined;
    }
    case 'float':
      return only('number', source);
    case 'null':
      return resolvePlain(source) === null ? null : undefined;
    case 'binary':
      return Buffer.from(source, 'base64').toString('utf8');
    default:
      return source;
  }
}

function only(type: 'boolean' | 'number', source: string): Scalar | undefined {
  const value = resolvePlain(source);
  return typeof value === type ? value : undefined;
}
