/**
 * What a kind of random requests is: what a valid object of it holds beside its metadata, and how it may
 * change.
 */
import type { Random } from '../../../../harness/base/random.ts';

export type Content = Readonly<Record<string, unknown>>;

/** What an object may speak of: others of the same sequence. */
export interface Surroundings {
  readonly random: Random;
  readonly namespace: string;
  /** A label `app`, of which a sequence has few: selectors match by chance. */
  readonly app: string;
  /** The name of the object itself. */
  readonly name: string;
}

export interface Kind {
  /** As the registry has it: `deployments.apps`. */
  readonly key: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  /** Everything but apiVersion, kind and metadata. */
  content(at: Surroundings): Content;
  /** A JSON merge patch of it that leaves it valid. */
  change(at: Surroundings): Content;
  /** A JSON merge patch of the status; undefined where it has none. */
  status?(at: Surroundings): Content;
  readonly hasScale?: true;
}

/** Makes a short text. */
export const text = (random: Random): string => random.text(6, 'abcdefghij');
/** A note on an object. */
export const annotated = ({ random }: Surroundings): Content => ({
  metadata: { annotations: { 'example.com/note': text(random) } },
});

/** A pod that runs until it is told to end. */
export function podSpec({ random }: Surroundings): Content {
  return {
    terminationGracePeriodSeconds: random.pick([0, 1, 2]),
    // Few accounts do not exist: a workload that can make no pods.
    ...(random.integer(20) === 0 && { serviceAccountName: 'nobody' }),
    containers: [
      {
        name: 'main',
        image: random.integer(15) === 0 ? 'example.com/no-such-image' : 'registry.k8s.io/pause:3.10',
        ...(random.integer(3) === 0 && { env: [{ name: 'NOTE', value: text(random) }] }),
        ports: [{ name: 'http', containerPort: random.pick([80, 8080]) }],
      },
    ],
  };
}

/** The template of a workload's pods. */
export const template = (at: Surroundings): Content => ({
  metadata: { labels: { app: at.app } },
  spec: podSpec(at),
});
/** Some equal pods. */
export const workload = (at: Surroundings): Content => ({
  replicas: at.random.integer(4),
  selector: { matchLabels: { app: at.app } },
  template: template(at),
});
/** Another number of pods. */
export const replicas = ({ random }: Surroundings): Content => ({ spec: { replicas: random.integer(4) } });

/** What differs from kind to kind. */
export type Row = Omit<Kind, 'key' | 'apiVersion' | 'plural' | 'kind' | 'isNamespaced'>;

/** Makes a kind of its group's version. */
export function kind(
  apiVersion: string,
  plural: string,
  name: string,
  isNamespaced: boolean,
  row: Row,
): Kind {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return { key: `${plural}${group}`, apiVersion, plural, kind: name, isNamespaced, ...row };
}
