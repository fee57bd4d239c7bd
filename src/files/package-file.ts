import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The path of a file that lies beside the package's `package.json`, wherever the code was compiled to. Throws when there is
 * none: then the package is broken.
 */
export function packageFile(name: string): string {
  let folder = import.meta.dirname;
  for (;;) {
    const file = path.join(folder, name);
    if (existsSync(path.join(folder, 'package.json')) && existsSync(file)) return file;
    const above = path.dirname(folder);
    if (above === folder) throw new Error(`${name} is missing from the package`);
    folder = above;
  }
}
