/** Plans with something done wrong, as plans of their own: how the checks are shown to have teeth. */
import type { Command } from '../../harness/model/command.ts';
import {
  type ClusterSpec,
  controlPlaneOf,
  isMultiNetwork,
  isRemote,
  primariesOf,
  type Topology,
} from '../../harness/model/topology.ts';
import { hasGateway, hasWorkloads } from '../../harness/plan/mesh.ts';
import type { Plan, Step, StepId } from '../../harness/plan/step.ts';

/** A mistake that someone could make while following the guide. */
export interface Mutation {
  /** `cluster2/network-is-network1`; unique for a topology. */
  readonly id: string;
  /** What is done wrong, in a sentence. */
  readonly sentence: string;
  /** True: the mesh works nevertheless, so a run must pass. */
  readonly harmless: boolean;
  /** Why it is harmless, or what is seen. */
  readonly because: string;
  /** The plan with the mistake in it. */
  apply(plan: Plan): Plan;
}

/** The mistakes that can be made with the plan of a topology. */
export function mutationsOf(topology: Topology, plan: Plan): readonly Mutation[] {
  return [
    ...differentRoots(topology, plan),
    ...topology.clusters.filter(hasWorkloads).flatMap(cluster => wrongNetworks(topology, cluster)),
    ...wrongClusterNames(topology, plan),
    ...wrongRegistries(topology, plan),
    ...plan.steps.flatMap(step => (step.id.startsWith('remote-secret/') ? brokenSecrets(step) : [])),
    ...misplacedVersions(topology),
  ];
}

// ---- trust

function differentRoots(topology: Topology, plan: Plan): readonly Mutation[] {
  const cas = plan.steps.filter(({ id }) => id.endsWith('/create-cacerts'));
  if (cas.length < 2) return [];
  return [
    {
      id: 'different-roots',
      sentence: 'Each cluster has an intermediate of a root of its own.',
      harmless: false,
      because: topology.clusters.some(isRemote)
        ? "a remote's proxies refuse the primary's istiod, and calls between clusters fail in the TLS handshake"
        : 'calls between clusters fail in the TLS handshake',
      apply: changed => ({
        ...changed,
        steps: changed.steps.map(step => {
          if (step.id === 'make-certificates')
            return { ...step, commands: step.commands.flatMap(command => oneRootForEach(command)) };
          if (!step.id.endsWith('/create-cacerts') || step.cluster === undefined) return step;
          return mapArgs(step, arg => arg.replace('=certs/', `=certs-${step.cluster}/`));
        }),
      }),
    },
  ];
}

/** `certs --out certs a b` → `certs --out certs-a a`, `certs --out certs-b b` */
const oneRootForEach = (command: Command): readonly Command[] =>
  command.args.slice(2).map(cluster => ({ ...command, args: ['--out', `certs-${cluster}`, cluster] }));

// ---- names in the install files

function wrongNetworks(topology: Topology, cluster: ClusterSpec): readonly Mutation[] {
  const many = isMultiNetwork(topology);
  const other = topology.networks.find(({ name }) => name !== cluster.network)?.name;
  // On one network without any gateway endpoints of an unknown network are still dialled directly.
  const harmless = !topology.clusters.some(candidate => hasGateway(topology, candidate));
  const mutation = (network: string, because: string): Mutation => ({
    id: `${cluster.name}/network-is-${network}`,
    sentence: `${cluster.name} is installed as if it was on ${network}.`,
    harmless,
    because,
    apply: plan => inInstallFile(plan, cluster, text => withNetwork(text, cluster, network)),
  });
  const unknown = topology.networks.some(({ name }) => name === 'network9') ? 'network99' : 'network9';
  return [
    ...(many && other !== undefined
      ? [
          mutation(
            other,
            `its pods and those on ${other} take each other for neighbours and dial addresses that they cannot reach`,
          ),
        ]
      : []),
    mutation(
      unknown,
      harmless
        ? 'no network has a gateway, so all endpoints are dialled directly, which works on one network'
        : many
          ? `${unknown} has no gateway: clients elsewhere dial its pods' own addresses, which they cannot reach`
          : "endpoints on the other side count as foreign and are replaced by the gateway's address, which refuses (15443)",
    ),
  ];
}

/**
 * Its own network, and in `current` that of the injection path; meshNetworks and the gateway stay as they
 * are.
 */
const withNetwork = (text: string, cluster: ClusterSpec, network: string): string =>
  text
    .replace(new RegExp(`^(      network: )${cluster.network}$`, 'm'), `$1${network}`)
    .replace(new RegExp(`(/net/)${cluster.network}$`, 'm'), `$1${network}`);

/** The name by which a cluster's own proxies give themselves out, against the key of its remote secret. */
function wrongClusterNames(topology: Topology, plan: Plan): readonly Mutation[] {
  return topology.clusters
    .filter(cluster => isRemote(cluster) || !hasGateway(topology, cluster))
    .map((cluster): Mutation => {
      const harmless = !isRemote(cluster);
      return {
        id: `${cluster.name}/cluster-name-is-wrong`,
        sentence: `${cluster.name} is installed under another name than its remote secret has.`,
        harmless,
        because: harmless
          ? 'its own istiod knows it by that name, and others only by the secret'
          : `${controlPlaneOf(cluster)}'s istiod knows no cluster of that name to check its tokens with (edition ${plan.edition})`,
        apply: changed =>
          inInstallFile(changed, cluster, text =>
            text
              .replace(`clusterName: ${cluster.name}\n`, `clusterName: ${cluster.name}-misspelt\n`)
              .replace(`/inject/cluster/${cluster.name}/`, `/inject/cluster/${cluster.name}-misspelt/`),
          ),
      };
    });
}

function wrongRegistries(topology: Topology, plan: Plan): readonly Mutation[] {
  const files = plan.steps.flatMap(step => step.files);
  return topology.clusters
    .filter(({ name }) => files.some(({ content }) => content.includes(`- fromRegistry: ${name}\n`)))
    .map(
      (cluster): Mutation => ({
        id: `${cluster.name}/registry-is-misspelt`,
        sentence: `meshNetworks names ${cluster.name} wrongly in fromRegistry, in every primary.`,
        harmless: true,
        because: 'injected pods carry their network as a label, and gateways are found by theirs',
        apply: changed =>
          primariesOf(topology).reduce(
            (result, primary) =>
              inInstallFile(result, primary, text =>
                text.replace(
                  `- fromRegistry: ${cluster.name}\n`,
                  `- fromRegistry: ${cluster.name}-misspelt\n`,
                ),
              ),
            changed,
          ),
      }),
    );
}

// ---- remote secrets

/** 192.0.2.0/24 is kept for documentation: nothing answers there. */
const UNREACHABLE_SERVER = 'https://192.0.2.1:6443';

function brokenSecrets(secret: Step): readonly Mutation[] {
  const { harmless, because } = secret.omission;
  const [create, apply] = secret.commands;
  if (harmless || !create || !apply || create.cluster === undefined) return [];
  const watched = create.cluster;
  const variable = 'REMOTE_SECRET';
  const replaced = (commands: readonly Command[]) => (plan: Plan) =>
    mapStep(plan, secret.id, step => ({ ...step, commands }));
  return [
    {
      id: `${secret.id}/bad-token`,
      sentence: `The token in ${secret.id} is no longer valid when the secret is installed.`,
      harmless: false,
      because,
      // The account is deleted after its token was written down; this is how a token is revoked in a real
      // cluster too.
      apply: replaced([
        { ...create, output: { to: 'variable', name: variable } },
        {
          tool: 'kubectl',
          cluster: watched,
          args: ['delete', 'serviceaccount', 'istio-reader-service-account', '-n', 'istio-system'],
          timeoutMs: apply.timeoutMs,
        },
        { ...apply, stdin: `\${${variable}}` },
      ]),
    },
    {
      id: `${secret.id}/unreachable-server`,
      sentence: `The server in ${secret.id} is an address where nothing answers.`,
      harmless: false,
      because,
      apply: replaced([{ ...create, args: [...create.args, `--server=${UNREACHABLE_SERVER}`] }, apply]),
    },
  ];
}

// ---- workloads

function misplacedVersions(topology: Topology): readonly Mutation[] {
  const homes = topology.clusters.filter(({ helloWorld }) => helloWorld.length > 0);
  const [first] = homes;
  if (!first || homes.length < 2) return [];
  return [
    {
      id: 'both-versions-everywhere',
      sentence: "The guide's own selector (-l app=helloworld) deploys both versions in every cluster.",
      harmless: false,
      because: 'answers alternate whether the clusters are joined or not; the answering pods give it away',
      apply: plan => ({
        ...plan,
        steps: plan.steps.map(step => {
          if (step.id.endsWith('/create-helloworld-service'))
            return mapArgs(step, arg => arg.replace(/^service=helloworld$/, 'app=helloworld'));
          // Whoever follows the guide deploys after this step, and not at the same time: two that create one
          // thing get in each other's way.
          return isOfDeployment(step) && step.cluster !== undefined
            ? { ...step, dependsOn: [...step.dependsOn, `${step.cluster}/create-helloworld-service`] }
            : step;
        }),
      }),
    },
    {
      id: `both-versions-in-${first.name}`,
      sentence: `All of HelloWorld is deployed in ${first.name}.`,
      harmless: false,
      because: 'no request ever crosses to another cluster; the answering pods give it away',
      apply: plan => ({
        ...plan,
        steps: plan.steps.map(step =>
          isOfDeployment(step)
            ? {
                ...step,
                dependsOn: step.dependsOn.map(id => inCluster(plan, id, first.name)),
                commands: step.commands.map(command => ({ ...command, cluster: first.name })),
              }
            : step,
        ),
      }),
    },
  ];
}

const isOfDeployment = ({ id }: Step): boolean => /\/(deploy|wait-for)-helloworld-/.test(id);

/**
 * What the step needs is needed in the other cluster now, save for what is done only once:
 * `cluster2/enable-injection` → `cluster1/…`.
 */
function inCluster(plan: Plan, id: StepId, cluster: string): StepId {
  const other = id.replace(/^[^/]+/, cluster);
  return plan.steps.some(step => step.id === other) ? other : id;
}

// ---- how steps are changed

const mapStep = (plan: Plan, id: StepId, change: (step: Step) => Step): Plan => ({
  ...plan,
  steps: plan.steps.map(step => (step.id === id ? change(step) : step)),
});

const mapArgs = (step: Step, change: (arg: string) => string): Step => ({
  ...step,
  commands: step.commands.map(command => ({ ...command, args: command.args.map(change) })),
});

const inInstallFile = (plan: Plan, cluster: ClusterSpec, change: (text: string) => string): Plan =>
  mapStep(plan, `${cluster.name}/install-istio`, step => ({
    ...step,
    files: step.files.map(file => ({ ...file, content: change(file.content) })),
  }));
