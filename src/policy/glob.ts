/**
 * Whether the glob stands for the whole name: `*` for any characters, `?` for one. In time linear in their product, for a
 * pattern with many stars must not cost more.
 */
export function matchesGlob(glob: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < name.length) {
    const sign = glob.charAt(at);
    if (sign === '*') {
      star = at++;
      resume = index;
    } else if (sign === '?' || (sign !== '' && sign === name.charAt(index))) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  while (glob.charAt(at) === '*') at++;
  return at === glob.length;
}
