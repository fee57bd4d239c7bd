import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageFile } from '../files/package-file.js';

export interface InvitationOptions {
  readonly address: string;
  readonly paths: readonly string[];
  /** How many objects the files hold. */
  readonly size: number;
  /** The CA to trust; undefined where the certificate is the user's own. */
  readonly caFile: string | undefined;
}

/** The review that the invitation sends: it is denied whatever the world is. */
const REVIEW = 'examples/reviews/service-entry-without-routes.json';

/** What somebody who has just started a server over files reads: where it is, and a command that shows what it does. */
export function invitation({ address, paths, size, caFile }: InvitationOptions): string {
  const lines = [
    '',
    `Sallyport judges changes to ${paths.join(', ')} at ${address}`,
    `${size} objects; the files are read again when they change. Ctrl-C ends it.`,
    '',
  ];
  const review = reviewFile();
  if (caFile !== undefined && review !== undefined) {
    lines.push(
      'Ask it about a bad change, a ServiceEntry that no route takes to the egress gateway:',
      '',
      `  curl --silent --show-error --cacert ${shellWord(nearest(caFile))} --header 'Content-Type: application/json' \\`,
      `    --data-binary @${shellWord(nearest(review))} ${address}/validate`,
      '',
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Undefined in a package without examples. */
function reviewFile(): string | undefined {
  const file = path.join(path.dirname(packageFile('package.json')), REVIEW);
  return existsSync(file) ? file : undefined;
}

/** The shorter way to write a path: from the working folder, where it lies below that. */
function nearest(file: string): string {
  const relative = path.relative('', file);
  return relative.startsWith('..') ? file : relative;
}

/** A word as a shell takes it whole. */
function shellWord(word: string): string {
  return /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
