import {
  destination,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type LevelWithSilent,
  type Logger as Pino,
} from 'pino';
import { censored } from './censor.js';

export type Logger = Pino;
export type LogLevel = LevelWithSilent;

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** Where the lines go; standard error unless given. */
  readonly destination?: DestinationStream;
}

const STANDARD_ERROR = 2;

/**
 * The one way to a logger: JSON lines, a constant message each, the variables as fields. The lines go to standard error,
 * because standard output belongs to what a command was asked for.
 */
export function createLogger({ level = 'info', destination: stream }: LoggerOptions = {}): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: censored },
      // An error is a record of ours by now, which pino's own serializer would rewrite.
      serializers: { err: (record: unknown) => record },
    },
    stream ?? destination({ fd: STANDARD_ERROR, sync: true }),
  );
}
