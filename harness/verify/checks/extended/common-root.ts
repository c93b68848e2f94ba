/** All proxies trust one root. */
import type { ClusterName } from '../../../model/names.ts';
import type { Check, CheckContext, CheckFamily, Diagnosis } from '../../check.ts';
import type { Facts } from '../../diagnose/facts.ts';
import { gatherFacts } from '../../diagnose/gather-facts.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { explainRoots } from '../../diagnose/trust.ts';
import { listPods } from '../../pods.ts';
import { askProxy } from '../../proxy-endpoints.ts';
import { NAMESPACE } from '../../workloads.ts';

/**
 * Reads the serial numbers of the roots that a proxy trusts from its `/certs`. The check compares them and
 * never shows them, as they come from keys.
 */
function readRoots(text: string): readonly string[] {
  const found: string[] = [];
  // The reviver visits every field of the document, wherever a release puts it.
  JSON.parse(text, function (this: unknown, key, value: unknown) {
    if (key === 'ca_cert' && Array.isArray(value)) {
      for (const entry of value) {
        const serial: unknown =
          typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'serial_number') : undefined;
        if (typeof serial === 'string') found.push(serial);
      }
    }
    return value;
  });
  return found;
}

async function rootsIn(context: CheckContext, cluster: ClusterName): Promise<readonly (readonly string[])[]> {
  const client = context.clusters.get(cluster)?.client;
  if (!client) return [];
  const pods = (await listPods(client, NAMESPACE, context.signal)).filter(
    ({ hasSidecar, status }) => hasSidecar && status === 'Running',
  );
  const answers: (readonly string[])[] = [];
  for (const { name } of pods) {
    const text = await askProxy(client, { namespace: NAMESPACE, pod: name }, 'certs', context);
    answers.push(text === undefined ? [] : readRoots(text));
  }
  return answers;
}

function diagnosisOf(facts: Facts, steps: StepIndex): Diagnosis {
  if (facts.roots > 1) {
    const why = explainRoots(facts, steps);
    return { ...why, sentence: `The clusters trust different roots. ${why.sentence}.` };
  }
  return {
    cause: 'roots-differ',
    sentence: 'The control planes publish one root, and their proxies trust another, or were not served yet.',
    steps: inOrder(steps.about('certificates'), steps.about('install')),
  };
}

/** Makes the check of the guide's "Configure Trust": "all clusters must share a common root". */
function rootsOfAll(steps: StepIndex): Check {
  return {
    id: 'common-root',
    sentence: 'The proxies of all clusters trust the same root certificate.',
    level: 'extended',
    run: async context => {
      const facts = await gatherFacts(context);
      const asked = await Promise.all(
        context.topology.clusters.map(async ({ name }) => ({
          cluster: name,
          roots: await rootsIn(context, name),
        })),
      );
      const distinct = [...new Set(asked.flatMap(({ roots }) => roots.flat()))];
      const silent = asked.flatMap(({ roots }) => roots).filter(roots => roots.length === 0).length;
      const proxies = asked.reduce((sum, { roots }) => sum + roots.length, 0);
      const evidence = {
        publishedRoots: facts.roots,
        proxies: asked.map(({ cluster, roots }) => ({
          cluster,
          trusts: roots.map(serials => serials.map(serial => `root ${distinct.indexOf(serial) + 1}`)),
        })),
      };
      if (facts.roots === 1 && distinct.length === 1 && silent === 0 && proxies > 0) {
        return { outcome: 'passed', found: `${proxies} proxies trust one root`, evidence };
      }
      const differ = distinct.length > 1 || facts.roots > 1;
      return {
        outcome: 'failed',
        ...(!differ && { unproved: true }),
        found: differ
          ? `${Math.max(distinct.length, facts.roots)} different roots are trusted`
          : `${proxies - silent} of ${proxies} proxies told which root they trust`,
        evidence,
        diagnosis: diagnosisOf(facts, steps),
      };
    },
  };
}

/** The claim of "Configure Trust". */
export const commonRoot: CheckFamily = {
  id: 'common-root',
  claim: 'The proxies of all clusters trust the same root certificate.',
  level: 'extended',
  guide: 'Configure Trust',
  appliesTo: 'every mesh',
  evidence: 'which root each proxy trusts, and which roots are published',
  checksOf: (_topology, steps) => [rootsOfAll(steps)],
};
