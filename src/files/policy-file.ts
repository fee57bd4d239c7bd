import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { load, YAMLException } from 'js-yaml';
import { parsePolicy, PolicyError } from '../policy/parse-policy.js';
import type { PolicyProblem } from '../policy/policy-section.js';
import type { Policy } from '../policy/policy.js';
import { FileWatch } from './file-watch.js';
import { reasonOf } from './manifest-paths.js';
import { packageFile } from './package-file.js';
import { readText } from './text-file.js';
import { lineOfField } from './yaml/field-line.js';
import { isSilent } from './yaml/stream.js';

/** A policy file that cannot be followed: each fault with its line. */
export class PolicyFileError extends Error {
  readonly code = 'policy-file';
  readonly file: string;
  readonly faults: readonly PolicyFault[];

  constructor(file: string, faults: readonly PolicyFault[], options?: ErrorOptions) {
    super(
      faults.map(({ line, problem }) => `${line === undefined ? file : `${file}:${line}`}: ${problem}`).join('\n'),
      options,
    );
    this.name = 'PolicyFileError';
    this.file = file;
    this.faults = faults;
  }
}

export interface PolicyFault {
  /** Undefined where it is the file as a whole. */
  readonly line?: number;
  readonly problem: string;
}

/** Reads a policy file. Throws `PolicyFileError` with everything that is wrong with it. */
export async function readPolicyFile(file: string): Promise<Policy> {
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    throw new PolicyFileError(file, [{ problem: reasonOf(error) }], { cause: error });
  }
  return parsePolicyText(file, text);
}

/**
 * Reads the text of a policy file, by YAML 1.2: there `off` is a word, and a key that is written twice is refused. JSON is
 * YAML. Throws `PolicyFileError`.
 */
export function parsePolicyText(file: string, text: string): Policy {
  const document = parseText(file, text);
  try {
    const policy = parsePolicy(document);
    refuseUnlike(document);
    return policy;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const faults = error.problems.map(({ path, problem }) => ({
      line: lineOfField(text, path),
      problem: path === '' ? `the policy ${problem}` : `${path} ${problem}`,
    }));
    throw new PolicyFileError(file, faults, { cause: error });
  }
}

function parseText(file: string, text: string): unknown {
  // The loader takes no empty text, and a file of comments is one.
  if (isSilent(text)) return null;
  try {
    return load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = (error.mark?.line ?? 0) + 1;
    throw new PolicyFileError(file, [{ line, problem: error.reason }], { cause: error });
  }
}

/**
 * The published schema has the last word, so that what an editor marks is refused here too. It says no more than the parser
 * does (a test compares them), and the parser says it better.
 */
function refuseUnlike(document: unknown): void {
  schemaCheck ??= new Ajv({ allErrors: true, allowUnionTypes: true }).compile(readSchema());
  if (schemaCheck(document)) return;
  throw new PolicyError((schemaCheck.errors ?? []).map(problemOf));
}

let schemaCheck: ReturnType<Ajv['compile']> | undefined;

function readSchema(): Record<string, unknown> {
  const schema: unknown = JSON.parse(readFileSync(packageFile('policy.schema.json'), 'utf8'));
  if (typeof schema !== 'object' || schema === null) throw new Error('policy.schema.json is no JSON object');
  return { ...schema };
}

function problemOf({ instancePath, message = 'is not allowed' }: ErrorObject): PolicyProblem {
  const path = instancePath
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');
  return { path, problem: message };
}

export interface PolicyWatchOptions {
  readonly file: string;
  readonly onChange: (policy: Policy) => void;
  /** Told of a file that cannot be followed, or is gone: the policy of before stays. */
  readonly onRefusal: (error: PolicyFileError) => void;
  /** See `FileWatch`. */
  readonly interval?: number;
}

/** A policy that follows its file. */
export interface WatchedPolicy {
  /** The policy that the file held at the start. */
  readonly policy: Policy;
  close(): void;
}

/** Reads a policy file and tells of every later change of it. Throws `PolicyFileError` for one that is bad from the start. */
export async function watchPolicyFile(options: PolicyWatchOptions): Promise<WatchedPolicy> {
  const { file, onChange, onRefusal, interval } = options;
  const refuse = (problem: string, cause?: unknown): void => {
    onRefusal(new PolicyFileError(file, [{ problem }], { cause }));
  };
  const watch = new FileWatch({
    ...(interval === undefined ? {} : { interval }),
    list: () => Promise.resolve([file]),
    onChange: async ({ gone }) => {
      if (gone.length > 0) {
        refuse('there is no such file any more');
        return;
      }
      try {
        onChange(await readPolicyFile(file));
      } catch (error) {
        if (!(error instanceof PolicyFileError)) throw error;
        onRefusal(error);
      }
    },
    onTrouble: (failure) => {
      if (failure !== undefined) refuse(reasonOf(failure), failure);
    },
  });
  await watch.remember();
  const policy = await readPolicyFile(file);
  watch.start();
  return {
    policy,
    close: () => {
      watch.close();
    },
  };
}
