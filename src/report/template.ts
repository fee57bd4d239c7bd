/** Fills the `{name}`s of a text. One without a value is a slip of ours, and stays as it is for a test to see. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (written, name: string) => values[name] ?? written);
}
