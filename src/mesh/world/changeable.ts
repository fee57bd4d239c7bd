/** An index that values are put into and taken out of. */
interface Changeable<V> {
  add(key: string, value: V): unknown;
  remove(key: string, value: V): unknown;
}

/** One of the two things that can be done to an index. */
export type Act = <V>(index: Changeable<V>, key: string, value: V) => void;

export const putIn: Act = (index, key, value) => void index.add(key, value);
export const takeOut: Act = (index, key, value) => void index.remove(key, value);
