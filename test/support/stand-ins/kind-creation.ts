/**
 * `kind create cluster`, as the stand-in does it: pkg/cluster/internal/create/create.go and the actions
 * beside it @v0.33.0; its words are held against those of kind itself (fixtures/kind/answers-0.33.json).
 */
import { load } from 'js-yaml';
import { quoteArgv, quoteWord } from '../../../harness/base/quote.ts';
import { KIND_CLUSTER_LABEL } from '../../../harness/platform/kind/labels.ts';
import type { Call, CreationFailure } from './calls.ts';
import type { Parsed } from './flags.ts';
import { configProblem } from './kind-config-problem.ts';
import { runNode, type WantedNode } from './kind-node.ts';
import { proxyWords } from './kind-proxies.ts';
import { print } from './shell.ts';

export interface CreationOptions {
  /** Image of the containers that stand in for nodes. */
  readonly nodeImage: string;
  readonly nodeOptions: readonly string[];
  /** Of the hub: it is told of a creation whose containers are there. */
  readonly socket: string;
  /** How long it goes on when the API server answers, to install the network plug-in and more. */
  readonly restSeconds?: number;
  /** How it fails. */
  readonly failure?: CreationFailure;
}

/** @param name - of the cluster */
export function createScript(name: string, call: Call, { flags }: Parsed, options: CreationOptions): string {
  const { files } = call;
  const { socket, failure } = options;
  const [file, text = ''] = Object.entries(files)[0] ?? [];
  if (file !== undefined && text === '')
    return refusal(`error reading file: open ${flags['--config']?.[0]}: no such file or directory`);
  const problem = configProblem(text);
  if (problem) return `${problem.isRead ? `${WARNS_OF_CGROUPS}\n` : ''}${refusal(problem.says)}`;
  const config = readConfig(text);
  const nodes = config.nodes.map((node, index) => ({
    name: `${name}-${nodeSuffix(index)}`,
    role: node.role,
    mounts: node.extraMounts ?? [],
  }));
  const kubeconfig = flags['--kubeconfig']?.[0] ?? '';
  const isQuiet = failure?.at === 'nodes are there';
  const say = (line: string) => (isQuiet ? ':' : print(`${line}\n`, 2));
  const begin = (phase: string) => say(` • ${phase}  ...`);
  const end = (phase: string) => say(` ✓ ${phase}`);
  const undo = flags['--retain'] ? [] : [removal(name)];
  const breakOff = (phase: string, says: string) =>
    [print(` ✗ ${phase}\n`, 2), ...undo, refusal(says)].join('\n');
  const kubeadm = (node: WantedNode | undefined, verb: string, args: string, output: string) =>
    `failed to ${verb} node with kubeadm: ${failed(`docker exec --privileged ${node?.name} kubeadm ${args} --v=6`, output)}`;
  return [
    WARNS_OF_CGROUPS,
    `[ -z "$(docker ps -aq --filter label=${KIND_CLUSTER_LABEL}=${name})" ] || {`,
    refusal(`node(s) already exist for a cluster with the name "${name}"`),
    '}',
    `echo 'Creating cluster "${name}" ...' >&2`,
    ...provision({ name, nodes, config, call, options, say, begin, breakOff }),
    end(`Preparing nodes ${'📦 '.repeat(nodes.length)}`),
    ...(failure?.at === 'nodes are there' ? failWith(failure, nodes, undo) : []),
    begin('Writing configuration 📜'),
    end('Writing configuration 📜'),
    begin('Starting control-plane 🕹️'),
    ...(failure?.at === 'kubeadm init'
      ? [breakOff('Starting control-plane 🕹️', kubeadm(nodes[0], 'init', INIT, failure.output))]
      : []),
    ...(failure === undefined ? [toldOf(name, nodes[0], kubeconfig, text, socket)] : []),
    end('Starting control-plane 🕹️'),
    ...(options.restSeconds === undefined ? [] : [`sleep ${options.restSeconds}`]),
    ...['Installing CNI 🔌', 'Installing StorageClass 💾'].flatMap(phase => [begin(phase), end(phase)]),
    ...(nodes.length > 1 ? [begin('Joining worker nodes 🚜')] : []),
    ...(failure?.at === 'kubeadm join'
      ? [breakOff('Joining worker nodes 🚜', kubeadm(nodes[1], 'join', JOIN, failure.output))]
      : []),
    ...(nodes.length > 1 ? [end('Joining worker nodes 🚜')] : []),
    say(`Set kubectl context to "kind-${name}"`),
    say(
      `You can now use your cluster with:\n\nkubectl cluster-info --context kind-${name}${suffix(kubeconfig)}`,
    ),
    say('\nHave a nice day! 👋'),
  ].join('\n');
}

const INIT = 'init --config=/kind/kubeadm.conf --skip-token-print';
const JOIN = 'join --config /kind/kubeadm.conf';
const suffix = (kubeconfig: string) => (kubeconfig === '' ? '' : ` --kubeconfig ${kubeconfig}`);

/** real-kind-2026-11 D9; pkg/cluster/internal/create/create.go @v0.33.0: validateProvider. */
const WARNS_OF_CGROUPS = `[ "$(docker info -f '{{.CgroupVersion}}')" = 2 ] || ${print(
  'cgroup v1 is deprecated in Kubernetes and will not be supported in a future kind release, please upgrade to cgroup v2\n',
  2,
)}`;

const refusal = (says: string): string => print(`ERROR: failed to create cluster: ${says}\n`, 2, 1);

/** cmd/kind/app/main.go, pkg/exec/types.go @v0.33.0. */
const failed = (command: string, output: string): string =>
  `command "${command}" failed with error: exit status 1\n\nCommand Output: ${output.trimEnd()}`;

/** pkg/cluster/internal/delete/delete.go @v0.33.0. */
export const removal = (name: string): string =>
  [
    `nodes=$(docker ps -a --filter label=${KIND_CLUSTER_LABEL}=${name} --format '{{.Names}}')`,
    '[ -z "$nodes" ] || {',
    'docker rm -f -v $nodes >/dev/null || exit 1',
    `echo "Deleted nodes: [$(printf '"%s"\\n' $nodes | paste -sd ' ')]" >&2`,
    '}',
  ].join('\n');

interface Provision {
  readonly name: string;
  readonly nodes: readonly WantedNode[];
  readonly config: KindConfig;
  readonly call: Call;
  readonly options: CreationOptions;
  readonly say: (line: string) => string;
  readonly begin: (phase: string) => string;
  readonly breakOff: (phase: string, says: string) => string;
}

/** pkg/cluster/internal/providers/docker/provider.go, images.go @v0.33.0. */
function provision(parts: Provision): readonly string[] {
  const { name, nodes, config, call, options, say, begin, breakOff } = parts;
  const image = config.nodes[0]?.image ?? '';
  const ensures = `Ensuring node image (${image.replace(/@sha256:.*/, '')}) 🖼️`;
  const network = call.env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] ?? 'kind';
  const names = nodes.map(node => node.name);
  const proxies = proxyWords(call.env, { network, ...config.networking, nodes: names });
  const hasEnded = options.failure?.at === 'node ends';
  const surroundings = {
    cluster: name,
    network,
    image: options.nodeImage,
    options: options.nodeOptions,
    command: hasEnded ? ['/bin/sh', '-c', 'exit 3'] : ['/node'],
  };
  return [
    begin(ensures),
    ...(image.startsWith('nowhere.invalid/')
      ? [
          breakOff(
            ensures,
            `failed to pull image "${image}": ${failed(`docker pull ${image}`, 'Error response from daemon: it is nowhere')}`,
          ),
        ]
      : []),
    ...(call.env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] === undefined
      ? []
      : [
          say('WARNING: Overriding docker network due to KIND_EXPERIMENTAL_DOCKER_NETWORK'),
          say('WARNING: Here be dragons! This is not supported currently.'),
        ]),
    say(` ✓ ${ensures}`),
    begin(`Preparing nodes ${'📦 '.repeat(nodes.length)}`),
    ...nodes.map(node => `${runNode(node, surroundings, proxies)} >/dev/null || exit 1`),
    ...(hasEnded
      ? [
          breakOff(
            `Preparing nodes ${'📦 '.repeat(nodes.length)}`,
            'could not find a log line that matches "Reached target .*Multi-User System.*|detected cgroup v1"',
          ),
        ]
      : nodes.map((node, index) => podsOf(node, index, config.networking.podSubnet))),
  ];
}

const podsOf = ({ name }: WantedNode, index: number, range: string): string =>
  quoteArgv(['docker', 'exec', name, '/pod', range.replace(/\d+\.\d+\/\d+$/, `${index}.0/24`), range]);

function failWith(
  { stderr, kubeletLog = '' }: CreationFailure & { readonly at: 'nodes are there' },
  nodes: readonly WantedNode[],
  undo: readonly string[],
): readonly string[] {
  return [
    ...nodes.map(
      ({ name }) =>
        `printf %s ${quoteWord(kubeletLog)} | docker exec -i ${name} /bin/sh -c 'cat > /tmp/kubelet.log'`,
    ),
    print(stderr, 2),
    ...undo,
    'exit 1',
  ];
}

/** The hub starts a simulated API server, and writes the kubeconfig. */
const toldOf = (
  name: string,
  node: WantedNode | undefined,
  kubeconfig: string,
  config: string,
  socket: string,
): string =>
  [
    `address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' ${node?.name ?? ''})`,
    `answer=$(curl -sS --noproxy '*' --unix-socket ${quoteWord(socket)} --form-string name=${name} --form-string "address=$address" \\`,
    `  --form-string kubeconfig=${quoteWord(kubeconfig)} --form-string config=${quoteWord(config)} http://stand-in/created) || exit 70`,
    'eval "$answer"',
  ].join('\n');

interface KindConfig {
  readonly networking: { readonly podSubnet: string; readonly serviceSubnet: string };
  readonly nodes: readonly {
    readonly role: string;
    readonly image?: string;
    readonly extraMounts?: WantedNode['mounts'];
  }[];
  readonly kubeadmConfigPatches?: readonly string[];
}

export const readConfig = (text: string): KindConfig => load(text) as KindConfig; // `configProblem` has looked at it

/** The list in the patch for ClusterConfiguration: kind up to 0.31 takes it instead of its own. */
export function certificateNamesOf({ kubeadmConfigPatches = [] }: KindConfig): readonly string[] {
  return kubeadmConfigPatches.flatMap(patch => {
    const { kind, apiServer } = load(patch) as {
      kind?: string;
      apiServer?: { certSANs?: readonly string[] };
    }; // the harness's own
    return kind === 'ClusterConfiguration' ? (apiServer?.certSANs ?? []) : [];
  });
}

/** pkg/cluster/internal/providers/common/namer.go @fed268827e21 */
const nodeSuffix = (index: number): string =>
  index === 0 ? 'control-plane' : `worker${index === 1 ? '' : String(index)}`;

/** pkg/cluster/internal/kubeconfig/internal/kubeconfig/helpers.go @fed268827e21: KINDClusterKey. */
export const asKindWritesIt = (kubeconfig: string, name: string): string =>
  kubeconfig.replaceAll(
    new RegExp(`(name|cluster|user|current-context): ${name}$`, 'gm'),
    `$1: kind-${name}`,
  );
