/** A copy of a collection, as seen by what keeps it. */
export interface Mirror {
  /** Begins a new list. What is added shows only when the list is complete. */
  list(): Listing;
  put(document: unknown): void;
  remove(document: unknown): void;
}

export interface Listing {
  add(document: unknown): void;
  complete(): void;
}
