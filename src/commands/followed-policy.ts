import { watchPolicyFile } from '../files/policy-file.js';
import { DEFAULT_POLICY, type Policy } from '../policy/policy.js';
import type { Logger } from '../telemetry/logger.js';

/** The policy in force, which changes with its file. */
export interface FollowedPolicy {
  current(): Policy;
  onChange(listener: (policy: Policy) => void): void;
  close(): Promise<void>;
}

/**
 * Follows the policy file; without one, the policy is all defaults and stays so. A change that cannot be followed is logged and
 * leaves the policy as it was, and `onFailure` is told.
 *
 * @throws PolicyFileError for a file that is bad from the start
 */
export async function followPolicy(
  file: string | undefined,
  logger: Logger,
  onFailure: () => void,
): Promise<FollowedPolicy> {
  if (file === undefined) {
    return { current: () => DEFAULT_POLICY, onChange: () => undefined, close: () => Promise.resolve() };
  }
  const listeners: ((policy: Policy) => void)[] = [];
  const watched = await watchPolicyFile({
    file,
    onChange: (policy) => {
      current = policy;
      for (const listener of listeners) listener(policy);
      logger.info({ file }, 'policy changed');
    },
    onRefusal: (error) => {
      logger.error({ err: error, file, faults: error.faults }, 'policy not changed: the file cannot be followed');
      onFailure();
    },
  });
  let current = watched.policy;
  return {
    current: () => current,
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: () => {
      watched.close();
      return Promise.resolve();
    },
  };
}
