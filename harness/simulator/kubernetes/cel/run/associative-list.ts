/**
 * Lists of objects whose order says nothing: `x-kubernetes-list-type: map` and `set`
 * (apiserver pkg/cel/common/valuesunstructured.go @v1.34).
 */
import { isMap, type Value } from './values.ts';

type Equal = (a: Value, b: Value) => boolean;

/** A list that knows what tells its elements apart. */
export class AssociativeList extends Array<Value> {
  /** The fields that are the elements' keys; undefined for a set. */
  identity: readonly string[] | undefined;

  static override get [Symbol.species]() {
    return Array;
  }

  static make(values: readonly Value[], keys: readonly string[] | undefined): AssociativeList {
    const list = new AssociativeList();
    for (const value of values) list.push(value);
    list.identity = keys;
    return list;
  }

  #isSame(a: Value, b: Value, equal: Equal): boolean {
    if (!this.identity) return equal(a, b);
    return this.identity.every(key => {
      const [left, right] = [a, b].map(value => (isMap(value) ? value.get(key) : undefined));
      return left === undefined || right === undefined ? left === right : equal(left, right);
    });
  }

  /** Tells whether both have the same elements, in whatever order. */
  hasSameElements(other: readonly Value[], equal: Equal): boolean {
    if (this.length !== other.length) return false;
    return other.every(value => {
      const own = this.find(candidate => this.#isSame(candidate, value, equal));
      return own !== undefined && equal(own, value);
    });
  }

  /** The union: an element of the other list takes the place of the one with its key. */
  merge(other: readonly Value[], equal: Equal): AssociativeList {
    const merged = AssociativeList.make(this, this.identity);
    for (const value of other) {
      const index = merged.findIndex(candidate => this.#isSame(candidate, value, equal));
      if (index < 0) merged.push(value);
      else if (this.identity) merged[index] = value;
    }
    return merged;
  }
}
