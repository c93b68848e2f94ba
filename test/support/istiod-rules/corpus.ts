/** The rules that are given to a real istiod and to ours: YAML files, each a list of cases. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import type { Edition } from '../../../harness/simulator/istio/registry/names.ts';
import { ROOT } from '../cli.ts';
import { isKnownTo } from './known-values.ts';
import { readPolicies } from './policies.ts';

const FOLDER = path.join(ROOT, 'test/peers/istiod-rules');

/** One set of rules that hold at the same time. */
export interface RuleCase {
  /** `virtual-services: weights`; no other case has it. */
  readonly name: string;
  /** Lines of the mesh's configuration, beside those of the mesh. */
  readonly mesh: string;
  readonly objects: readonly KubernetesObject[];
  /** In the second cluster. */
  readonly remote: readonly KubernetesObject[];
}

/** As it is written: without what each object of its kind has. */
interface WrittenCase {
  readonly name: string;
  readonly mesh?: string;
  readonly objects?: readonly WrittenObject[];
  readonly remote?: readonly WrittenObject[];
}

interface WrittenObject {
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: object;
  readonly [more: string]: unknown;
}

/** Kind → API version; of others it is that of networking. */
const VERSIONS: Readonly<Record<string, string>> = {
  AuthorizationPolicy: 'security.istio.io/v1beta1',
  PeerAuthentication: 'security.istio.io/v1beta1',
  RequestAuthentication: 'security.istio.io/v1beta1',
  Service: 'v1',
  Pod: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
};

function objectOf(
  { kind, name, namespace = 'sample', labels, annotations, ...more }: WrittenObject,
  at: number,
): KubernetesObject {
  return {
    apiVersion: VERSIONS[kind] ?? 'networking.istio.io/v1alpha3',
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

/**
 * Reads all cases, those of a file together.
 * @param edition - cases with values that it lacks are left out: its API servers refuse them
 */
export function readCorpus(edition: Edition): readonly RuleCase[] {
  const folder = path.join(FOLDER, 'corpus');
  const files = readdirSync(folder)
    .sort()
    .flatMap(file => {
      // A cast: the files lie beside this one.
      const cases = yaml.load(readFileSync(path.join(folder, file), 'utf8')) as readonly WrittenCase[];
      return cases.map(({ name, mesh = '', objects = [], remote = [] }) => ({
        name: `${path.basename(file, '.yaml')}: ${name}`,
        mesh,
        objects: objects.map(objectOf),
        remote: remote.map(objectOf),
      }));
    });
  const known = files.filter(({ objects, remote }) =>
    [...objects, ...remote].every(object => isKnownTo(edition, object)),
  );
  return [...known, ...readPolicies(FOLDER, edition)];
}

/** A difference that is known: of which fields, and why. */
export interface KnownDifference {
  /** Matches the field's path after the short name of its type: `rds ….metadata`. */
  readonly field: RegExp;
  readonly why: string;
}

/** What has no case: which names of executed.ts, and what sees their effect instead. */
interface Elsewhere {
  readonly pattern: RegExp;
  readonly why: string;
}

/** Reads what stands in no case. */
export function readElsewhere(): readonly Elsewhere[] {
  // A cast: the file lies beside the corpus.
  const rows = yaml.load(readFileSync(path.join(FOLDER, 'elsewhere.yaml'), 'utf8')) as {
    name: string;
    why: string;
  }[];
  return rows.map(({ name, why }) => ({ pattern: new RegExp(name), why }));
}

/** Reads what is known to differ. */
export function readKnown(edition: Edition): readonly KnownDifference[] {
  const file = edition === 'current' ? 'known.yaml' : `known-${edition}.yaml`;
  // A cast: the file lies beside the corpus.
  const rows = yaml.load(readFileSync(path.join(FOLDER, file), 'utf8')) as {
    field: string;
    why: string;
  }[];
  return rows.map(({ field, why }) => ({ field: new RegExp(field), why }));
}
