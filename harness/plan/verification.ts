/**
 * "Verify the Installation": HelloWorld and the client, in every cluster that is to have them. Both editions
 * go the same way here.
 */
import type { ClusterName } from '../model/names.ts';
import type { ClusterSpec, Topology } from '../model/topology.ts';
import { applySample, callHelloWorld, kubectl, waitForDeployment } from './commands.ts';
import type { StepDraft } from './edition.ts';
import { hasWorkloads, podVariable } from './mesh.ts';
import type { GuideReference, StepId } from './step.ts';

type Subject = 'namespace' | 'injection' | 'service' | 'deploy' | 'wait' | 'client' | 'call';

/** The parts of the verification that differ between editions. */
export interface VerifyText {
  /** Name of the client's sample, Deployment and container. */
  readonly client: string;
  /**
   * Returns the passage of the guide on a subject.
   * @param version - for `deploy` and `wait`
   */
  passage(subject: Subject, isFirst: boolean, version?: string): GuideReference;
  readonly errata: Readonly<Record<Subject, readonly string[]>>;
  /**
   * Returns the ids of the steps that must be done in a cluster before pods with sidecars are created there.
   */
  injectionNeeds(cluster: ClusterSpec): readonly StepId[];
  /** Returns the ids of the steps that wait for the gateways through which calls from other networks come. */
  entryWaits(topology: Topology): readonly StepId[];
}

export function verificationSteps(topology: Topology, text: VerifyText): readonly StepDraft[] {
  const clusters = topology.clusters.filter(hasWorkloads);
  const perSubject = (make: (cluster: ClusterSpec, isFirst: boolean) => readonly StepDraft[]) =>
    clusters.flatMap(cluster => make(cluster, cluster === topology.clusters[0]));
  const waits = [
    ...text.entryWaits(topology),
    ...clusters.flatMap(({ name, helloWorld }) =>
      helloWorld.map(version => `${name}/wait-for-helloworld-${version}`),
    ),
  ];
  return [
    ...perSubject((cluster, isFirst) => [namespaceStep(cluster, isFirst, text)]),
    ...perSubject((cluster, isFirst) => [injectionStep(cluster, isFirst, text)]),
    ...perSubject((cluster, isFirst) => [serviceStep(cluster, isFirst, text)]),
    ...perSubject((cluster, isFirst) =>
      cluster.helloWorld.flatMap(version => helloWorldSteps(cluster, version, isFirst, text)),
    ),
    ...perSubject((cluster, isFirst) => (cluster.client ? [clientStep(cluster, isFirst, text)] : [])),
    ...perSubject((cluster, isFirst) => (cluster.client ? [callStep(cluster, isFirst, waits, text)] : [])),
  ];
}

function base(cluster: ClusterSpec, subject: Subject, isFirst: boolean, text: VerifyText, version?: string) {
  return {
    cluster: cluster.name,
    guide: text.passage(subject, isFirst, version),
    files: [],
    errata: text.errata[subject],
  };
}

const namespaceStep = (cluster: ClusterSpec, isFirst: boolean, text: VerifyText): StepDraft => ({
  ...base(cluster, 'namespace', isFirst, text),
  id: `${cluster.name}/create-sample-namespace`,
  title: 'Create the namespace sample',
  dependsOn: [`${cluster.name}/install-istio`],
  commands: [kubectl(cluster.name, ['create', 'namespace', 'sample'])],
  omission: { harmless: false, because: 'namespaces "sample" not found: nothing can be deployed' },
});

const injectionStep = (cluster: ClusterSpec, isFirst: boolean, text: VerifyText): StepDraft => ({
  ...base(cluster, 'injection', isFirst, text),
  id: `${cluster.name}/enable-injection`,
  title: 'Enable automatic sidecar injection for the namespace sample',
  dependsOn: [`${cluster.name}/create-sample-namespace`],
  commands: [kubectl(cluster.name, ['label', 'namespace', 'sample', 'istio-injection=enabled'])],
  omission: { harmless: false, because: 'its pods get no sidecar (1/1 ready) and are not part of the mesh' },
});

const serviceStep = (cluster: ClusterSpec, isFirst: boolean, text: VerifyText): StepDraft => ({
  ...base(cluster, 'service', isFirst, text),
  id: `${cluster.name}/create-helloworld-service`,
  title: 'Create the HelloWorld Service',
  dependsOn: [`${cluster.name}/create-sample-namespace`],
  commands: [
    applySample(cluster.name, 'helloworld/helloworld.yaml', '-l', 'service=helloworld', '-n', 'sample'),
  ],
  omission: {
    harmless: false,
    because: cluster.client
      ? 'its client cannot resolve helloworld.sample, and its HelloWorld pods are no endpoints for anyone'
      : 'its HelloWorld pods are no endpoints for anyone',
  },
});

function helloWorldSteps(
  cluster: ClusterSpec,
  version: string,
  isFirst: boolean,
  text: VerifyText,
): readonly StepDraft[] {
  const name = `helloworld-${version}`;
  const deploy = `${cluster.name}/deploy-${name}`;
  return [
    {
      ...base(cluster, 'deploy', isFirst, text, version),
      id: deploy,
      title: `Deploy HelloWorld ${version}`,
      dependsOn: [`${cluster.name}/enable-injection`, ...text.injectionNeeds(cluster)],
      commands: [
        applySample(cluster.name, 'helloworld/helloworld.yaml', '-l', `version=${version}`, '-n', 'sample'),
      ],
      omission: { harmless: false, because: `no one answers as ${version} from ${cluster.name}` },
    },
    {
      ...base(cluster, 'wait', isFirst, text, version),
      id: `${cluster.name}/wait-for-${name}`,
      title: `Wait until ${name} is running`,
      dependsOn: [deploy],
      commands: [
        waitForDeployment(cluster.name, name),
        kubectl(cluster.name, ['get', 'pod', '-n', 'sample', '-l', 'app=helloworld']),
      ],
      omission: { harmless: true, because: 'the verification waits until all pods are ready' },
    },
  ];
}

function clientStep(cluster: ClusterSpec, isFirst: boolean, text: VerifyText): StepDraft {
  return {
    ...base(cluster, 'client', isFirst, text),
    id: `${cluster.name}/deploy-${text.client}`,
    title: `Deploy ${text.client}`,
    dependsOn: [`${cluster.name}/enable-injection`, ...text.injectionNeeds(cluster)],
    commands: [applySample(cluster.name, `${text.client}/${text.client}.yaml`, '-n', 'sample')],
    omission: {
      harmless: false,
      because: `there is no pod in ${cluster.name} from which requests could be sent`,
    },
  };
}

/** Waits for the client itself, so that leaving out any wait before it does no harm. */
function callStep(
  cluster: ClusterSpec,
  isFirst: boolean,
  waits: readonly StepId[],
  text: VerifyText,
): StepDraft {
  const name: ClusterName = cluster.name;
  return {
    ...base(cluster, 'call', isFirst, text),
    id: `${name}/call-helloworld`,
    title: `Wait until ${text.client} is running, and send requests from it to HelloWorld`,
    dependsOn: [`${name}/deploy-${text.client}`, `${name}/create-helloworld-service`, ...waits],
    commands: [
      waitForDeployment(name, text.client),
      kubectl(name, ['get', 'pod', '-n', 'sample', '-l', `app=${text.client}`]),
      ...callHelloWorld(name, text.client, podVariable(text.client, name)),
    ],
    omission: { harmless: true, because: 'the verification sends requests of its own, and more of them' },
  };
}
