/** What a step that failed points to: its own words first, then what the clusters hold. Pure. */

import { pickClientPod } from '../calling.ts';
import type { Diagnosis } from '../check.ts';
import { capitalized } from '../figures.ts';
import type { Symptom } from '../traffic.ts';
import { ISTIO_NAMESPACE, NAMESPACE } from '../workloads.ts';
import { diagnose } from './catalog.ts';
import type { Cause } from './causes.ts';
import { explainNotReady } from './control-plane.ts';
import type { CallFacts, ClusterFacts, Facts } from './facts.ts';
import { causeBehind, explainRefusal, refusalIn } from './refused-pods.ts';
import { inOrder, type StepIndex, type Topic } from './steps.ts';

/** A step that failed, and the clusters as they then were. */
interface FailedStep {
  /** The cluster that the command which failed acts on. */
  readonly cluster: string | undefined;
  /** What the command said. */
  readonly said: string;
  readonly facts: Facts;
  /** The `app` label of the workload that requests are sent from. */
  readonly client: string;
}

/** What a rule sees: the facts of the step's own cluster among them. */
interface Scene extends FailedStep {
  readonly own: ClusterFacts;
  readonly steps: StepIndex;
}

/** Words by which a failure is known, and what it then points to. */
interface Rule {
  readonly words: RegExp;
  readonly explain: (scene: Scene, match: RegExpExecArray) => Diagnosis | undefined;
}

const about = (
  cause: Cause,
  sentence: string,
  { own, steps }: Scene,
  ...topics: readonly Topic[]
): Diagnosis => ({
  cause,
  sentence,
  steps: inOrder(...topics.map(topic => steps.about(topic, own.spec.name))),
});

/** Explains calls that fail, or a client that is not there, as the checks of calls do. */
function asCalls(symptom: Symptom, { own, facts, steps, client }: Scene): Diagnosis | undefined {
  const clientPod = pickClientPod(own.pods, client);
  const asked: CallFacts = { ...facts, from: own, clientPod, endpoints: undefined, symptom, missing: [] };
  return diagnose(asked, steps);
}

/** Why something that was waited for does not become ready. */
function explainWait(scene: Scene, deployment: string): Diagnosis {
  const { own, facts, steps } = scene;
  const { name } = own.spec;
  const refusal = refusalIn(own);
  if (refusal !== undefined) {
    const why = explainRefusal(refusal, own, facts, steps);
    return { ...why, sentence: `${capitalized(why.sentence)}.` };
  }
  const why = explainNotReady(own, facts, steps);
  return { ...why, sentence: `${deployment} in ${name} does not become ready: ${why.sentence}.` };
}

/** The first whose words were said speaks. The words are kubectl's, curl's and istioctl's. */
const RULES: readonly Rule[] = [
  {
    words: /failed calling webhook|failed to call webhook/,
    explain: ({ own, facts, steps, said }) => {
      const { because, ...why } = causeBehind(said, own, facts, steps);
      const refuses = `the API server of ${own.spec.name} cannot call Istio's webhook, and so refuses`;
      return { ...why, sentence: `${capitalized(because ? `${because}: ${refuses}` : refuses)}.` };
    },
  },
  {
    words: new RegExp(`namespaces "(${ISTIO_NAMESPACE}|${NAMESPACE})" not found`),
    explain: (scene, [, namespace = '']) =>
      about(
        namespace === NAMESPACE ? 'sample-namespace-missing' : 'istio-namespace-missing',
        `The namespace ${namespace} does not exist in ${scene.own.spec.name}.`,
        scene,
        namespace === NAMESPACE ? 'sample-namespace' : 'istio-namespace',
      ),
  },
  {
    words: /\b(certs\/\S+\.pem): no such file/,
    explain: (scene, [, file = '']) =>
      about(
        'cacerts-missing',
        `The certificates have not been made: there is no file ${file}.`,
        scene,
        'certificates',
      ),
  },
  {
    words: /no matches for kind "(\w+)" in version "\w+\.istio\.io/,
    explain: (scene, [, kind = '']) =>
      about(
        'istio-not-installed',
        `${scene.own.spec.name} does not know Istio's kind ${kind}: Istio is not installed there.`,
        scene,
        'install',
      ),
  },
  {
    words: /services "istio-eastwestgateway" not found/,
    explain: scene =>
      about(
        'gateway-missing',
        `There is no east-west gateway in ${scene.own.spec.name}.`,
        scene,
        'gateway-install',
      ),
  },
  {
    words: /east-west gateway of \S+ to be given an address/,
    explain: scene =>
      about(
        scene.own.gatewayAddresses === undefined ? 'gateway-missing' : 'gateway-without-address',
        scene.own.gatewayAddresses === undefined
          ? `There is no east-west gateway in ${scene.own.spec.name}.`
          : `Nothing gives the east-west gateway of ${scene.own.spec.name} an address (type LoadBalancer).`,
        scene,
        'gateway-install',
      ),
  },
  {
    words: /curl: \(6\)/,
    explain: scene => asCalls('DNS', scene),
  },
  {
    words: /curl: \(7\)/,
    explain: scene => asCalls('CFG', scene),
  },
  {
    words: /--filename must be specified|array index out of bounds/,
    explain: scene => asCalls('NOPOD', scene),
  },
  {
    words: /deployments\.apps "([\w-]+)" not found/,
    explain: (scene, [, deployment = '']) => {
      const { own, client } = scene;
      if (deployment === client || !own.namespaceExists) return asCalls('NOPOD', scene);
      return about(
        'workload-missing',
        `${deployment} was not deployed in ${own.spec.name}.`,
        scene,
        'workload',
      );
    },
  },
  {
    words: /Deployment\/istio-system\/([\w-]+)/,
    explain: (scene, [, deployment = '']) => explainWait(scene, deployment),
  },
  {
    words: /timed out waiting for the condition on deployments(?:\.apps)?\/([\w-]+)/,
    explain: (scene, [, deployment = '']) => explainWait(scene, deployment),
  },
];

/** Diagnoses a step that failed. @returns undefined if its words tell nothing that the facts can explain */
export function diagnoseStep(failed: FailedStep, steps: StepIndex): Diagnosis | undefined {
  const own = failed.facts.clusters.get(failed.cluster as ClusterFacts['spec']['name']);
  if (!own) return undefined;
  const scene = { ...failed, own, steps };
  for (const { words, explain } of RULES) {
    const match = words.exec(failed.said);
    const diagnosis = match && explain(scene, match);
    if (diagnosis) return diagnosis;
  }
  return undefined;
}
