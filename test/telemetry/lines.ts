/** A destination for a logger that keeps what was logged. */
export class Lines {
  readonly #lines: string[] = [];

  write(line: string): void {
    this.#lines.push(line);
  }

  text(): string {
    return this.#lines.join('');
  }

  records(): readonly Readonly<Record<string, unknown>>[] {
    return this.#lines.map((line) => {
      const record: unknown = JSON.parse(line);
      if (typeof record !== 'object' || record === null) throw new Error(`not a record: ${line}`);
      return { ...record };
    });
  }
}
