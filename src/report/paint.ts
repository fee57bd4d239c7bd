/** Gives words their colour. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** For everything that is no terminal, and for people who want none (https://no-color.org). */
export const PLAIN: Paint = { good: same, bad: same, strong: same, faint: same };

/** For terminals: the four attributes that every one of them knows (ECMA-48, SGR). */
export const COLOURED: Paint = { good: sgr(32, 39), bad: sgr(31, 39), strong: sgr(1, 22), faint: sgr(2, 22) };

function same(text: string): string {
  return text;
}

function sgr(on: number, off: number): (text: string) => string {
  return (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`);
}
