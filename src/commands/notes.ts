import { createLogger, type Logger } from '../telemetry/logger.js';
import type { Terminal } from './terminal.js';

/** A logger for commands that somebody waits for: its warnings are notes in words, and not lines for a machine. */
export function noteLogger(terminal: Terminal): Logger {
  const destination = {
    write: (line: string) => {
      terminal.complain(`sallyport: ${noteOf(JSON.parse(line))}\n`);
    },
  };
  return createLogger({ level: 'warn', destination });
}

/** What every line of a logger has, and nobody who looks at a terminal wants. */
const MACHINERY: readonly string[] = ['level', 'time', 'msg', 'err'];

/** What a logged error says. */
function causeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

function noteOf(record: unknown): string {
  if (typeof record !== 'object' || record === null) return '';
  const message = 'msg' in record ? String(record.msg) : '';
  const fields = Object.entries(record)
    .filter(([name]) => !MACHINERY.includes(name))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const known = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  return `${message}${known}${'err' in record ? `: ${causeOf(record.err)}` : ''}`;
}
