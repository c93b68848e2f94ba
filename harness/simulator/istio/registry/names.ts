/** What Istio has, release by release: names and types out of its Go modules (test/peers/istio-names.ts). */
import old from './names/1.8.json' with { type: 'json' };
import current from './names/current.json' with { type: 'json' };
import { type FieldType, parseType } from './type-text.ts';

/** An edition of the guide, each for a line of Istio's releases. */
export type Edition = '1.8' | 'current';

/** A kind of resource as a release installs it. */
interface KindNames {
  readonly group: string;
  readonly plural: string;
  /** Apart by spaces. */
  readonly versions: string;
  /** The type of its spec, see type-text.ts. */
  readonly spec: string;
}

/** All names of a release. */
interface Names {
  readonly source: string;
  readonly kinds: Readonly<Record<string, KindNames>>;
  /** Name → kinds of objects, apart by spaces. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly meshConfig: string;
  readonly operator: string;
  readonly values: string;
  /** Program → variables, apart by spaces. */
  readonly environment: Readonly<Record<string, string>>;
}

const NAMES: Readonly<Record<Edition, Names>> = { '1.8': old, current };

/** Returns the names of a release. */
export const namesOf = (edition: Edition): Names => NAMES[edition];

/** Returns the kind that has a plural name; without one the plural itself. */
export const kindOf = (edition: Edition, plural: string): string =>
  Object.entries(namesOf(edition).kinds).find(([, names]) => names.plural === plural)?.[0] ?? plural;

const types = new Map<string, FieldType | undefined>();

/**
 * Returns the type of a kind's spec, or of one of the documents.
 * @returns undefined for a kind that the release has not
 */
export function typeOf(edition: Edition, root: string): FieldType | undefined {
  const key = `${edition}/${root}`;
  if (!types.has(key)) {
    const text = textOf(namesOf(edition), root);
    types.set(key, text === undefined ? undefined : parseType(text));
  }
  return types.get(key);
}

const textOf = (names: Names, root: string): string | undefined =>
  root === 'MeshConfig'
    ? names.meshConfig
    : root === 'IstioOperator'
      ? names.operator
      : root === 'values'
        ? names.values
        : names.kinds[root]?.spec;
