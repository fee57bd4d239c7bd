import type { LogLevel } from '../telemetry/logger.js';
import { InputError } from './input-error.js';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

/**
 * The level that the environment asks for.
 *
 * @throws InputError when it is none
 */
export function logLevel(written: string | undefined): LogLevel {
  if (written === undefined || written === '') return 'info';
  const level = LEVELS.find((one) => one === written);
  if (level !== undefined) return level;
  throw new InputError([`SALLYPORT_LOG_LEVEL is "${written}": it may be ${LEVELS.join(', ')}`]);
}
