/** The rules that are given to a real istiod and to ours: YAML files, each a list of cases. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { ROOT } from '../cli.ts';

const FOLDER = path.join(ROOT, 'test/peers/istiod-rules');

/** One set of rules that hold at the same time. */
export interface RuleCase {
  /** `virtual-services: weights`; no other case has it. */
  readonly name: string;
  /** Lines of the mesh's configuration, beside those of the mesh. */
  readonly mesh: string;
  readonly objects: readonly KubernetesObject[];
}

/** As it is written: without what each object of its kind has. */
interface WrittenCase {
  readonly name: string;
  readonly mesh?: string;
  readonly objects: readonly {
    readonly kind: string;
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly apiVersion?: string;
    readonly spec?: object;
    readonly [more: string]: unknown;
  }[];
}

const SECURITY = new Set(['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication']);

function objectOf(
  {
    kind,
    name,
    namespace = 'sample',
    labels,
    annotations,
    apiVersion,
    ...more
  }: WrittenCase['objects'][number],
  at: number,
): KubernetesObject {
  const group = SECURITY.has(kind) ? 'security.istio.io/v1beta1' : 'networking.istio.io/v1alpha3';
  return {
    apiVersion: apiVersion ?? group,
    kind,
    metadata: {
      name: name ?? `rule-${at}`,
      namespace,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    ...more,
  };
}

/** Reads all cases, those of a file together. */
export function readCorpus(): readonly RuleCase[] {
  const folder = path.join(FOLDER, 'corpus');
  return readdirSync(folder)
    .sort()
    .flatMap(file => {
      // A cast: the files lie beside this one.
      const cases = yaml.load(readFileSync(path.join(folder, file), 'utf8')) as readonly WrittenCase[];
      return cases.map(({ name, mesh = '', objects }) => ({
        name: `${path.basename(file, '.yaml')}: ${name}`,
        mesh,
        objects: objects.map(objectOf),
      }));
    });
}

/** A difference that is known: of which fields, and why. */
export interface KnownDifference {
  /** Matches the field's path after the short name of its type: `rds ….metadata`. */
  readonly field: RegExp;
  readonly why: string;
}

/** Reads what is known to differ. */
export function readKnown(): readonly KnownDifference[] {
  // A cast: the file lies beside the corpus.
  const rows = yaml.load(readFileSync(path.join(FOLDER, 'known.yaml'), 'utf8')) as {
    field: string;
    why: string;
  }[];
  return rows.map(({ field, why }) => ({ field: new RegExp(field), why }));
}
