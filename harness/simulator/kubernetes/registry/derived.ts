/**
 * What is made of a stored object once for all readers: its text, its other versions. It is kept as long as
 * the object is the newest state; the history has older ones, and should not have all that as well.
 */

const all: WeakMap<object, unknown>[] = [];
const superseded = new WeakSet<object>();

/** One sort of thing that is made of objects. */
export class Derived<V extends object | string> {
  readonly #known = new WeakMap<object, V>();

  constructor() {
    all.push(this.#known);
  }

  /** Returns what is known, or makes it. Only frozen objects are sure to stay as they are. */
  of(object: object, make: () => V): V {
    const known = this.#known.get(object);
    if (known !== undefined) return known;
    const made = make();
    if (Object.isFrozen(object) && !superseded.has(object)) this.#known.set(object, made);
    return made;
  }
}

/** Forgets what was made of an object, for good: there is a newer state, or it is gone. */
export function supersede(object: object): void {
  superseded.add(object);
  for (const known of all) known.delete(object);
}
