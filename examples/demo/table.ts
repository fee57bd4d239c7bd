import type { Decision } from './expectation.js';

export interface Row {
  readonly object: string;
  readonly operation: string;
  readonly decision: Decision;
  /** The first line of the message, or what else there is to say. */
  readonly line: string;
  readonly patch: string;
}

export interface TableStyle {
  /** Columns of the terminal; undefined where there is none, and nothing is cut. */
  readonly width: number | undefined;
  readonly colour: boolean;
}

const HEADINGS = { object: 'OBJECT', operation: 'OPERATION', decision: 'DECISION', line: 'SAYS', patch: 'PATCH' };
const COLUMNS = ['object', 'operation', 'decision', 'line', 'patch'] as const;
const GAP = '  ';
/** What a column that gives way keeps: a word or two. */
const LEAST = 16;
/** Who gives way first where a terminal is too narrow: the sentence, then the patch, then the object's name. */
const GIVES_WAY = ['line', 'patch', 'object'] as const;

/** The lines of the table, the headings first; no line is wider than the terminal, down to about 90 columns. */
export function tableLines(rows: readonly Row[], style: TableStyle): readonly string[] {
  const widths = columnWidths([HEADINGS, ...rows], style.width);
  const line = (row: Record<Column, string>, paint: (cell: string) => string): string =>
    COLUMNS.map((column) => {
      const cell = fit(row[column], widths[column]);
      return column === 'decision' ? paint(cell) : cell;
    })
      .join(GAP)
      .trimEnd();
  return [
    line(HEADINGS, (cell) => cell),
    ...rows.map((row) => line({ ...row }, (cell) => (style.colour ? painted(cell, row.decision) : cell))),
  ];
}

type Column = (typeof COLUMNS)[number];

function columnWidths(rows: readonly Record<Column, string>[], width: number | undefined): Record<Column, number> {
  const natural = (column: Column): number => Math.max(...rows.map((row) => lengthOf(row[column])));
  const widths = {
    object: natural('object'),
    operation: natural('operation'),
    decision: natural('decision'),
    line: natural('line'),
    patch: natural('patch'),
  };
  if (width === undefined) return widths;
  let excess = COLUMNS.reduce((sum, column) => sum + widths[column], GAP.length * (COLUMNS.length - 1)) - width;
  for (const column of GIVES_WAY) {
    const less = Math.max(0, Math.min(excess, widths[column] - LEAST));
    widths[column] -= less;
    excess -= less;
  }
  return widths;
}

/** Exactly `width` characters, cut with an ellipsis or filled with blanks. */
function fit(text: string, width: number): string {
  const characters = Array.from(text);
  if (characters.length > width) return `${characters.slice(0, width - 1).join('')}…`;
  return text + ' '.repeat(width - characters.length);
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function painted(cell: string, decision: Decision): string {
  return `\u001B[${decision === 'allowed' ? 32 : 31}m${cell}\u001B[39m`;
}
