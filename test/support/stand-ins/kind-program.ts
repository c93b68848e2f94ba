/**
 * The commands of the stand-in for kind: for each a script, which the stand-in runs in its own process. Nodes are
 * containers that the script itself makes on the engine.
 */
import { load } from 'js-yaml';
import { quoteArgv, quoteWord } from '../../../harness/base/quote.ts';
import { KIND_CLUSTER_LABEL, KIND_ROLE_LABEL } from '../../../harness/platform/kind/labels.ts';
import type { Call } from './calls.ts';
import type { Parsed } from './flags.ts';
import { proxyWords } from './kind-proxies.ts';
import { print } from './shell.ts';

export interface KindScriptOptions {
  /** Image of the containers that stand in for nodes. */
  readonly nodeImage: string;
  readonly nodeOptions: readonly string[];
  /** Of the hub: it is told of a creation whose containers are there. */
  readonly socket: string;
  /** What `create cluster` says when it fails with its nodes there, and what their kubelets have said. */
  readonly failure?: { readonly stderr: string; readonly kubeletLog?: string };
}

/** Writes the script for a call of kind. */
export function kindScript(call: Call, parsed: Parsed, options: KindScriptOptions): string {
  const name = parsed.flags['--name']?.[0] ?? 'kind';
  switch (parsed.command) {
    case 'version':
      return print(`0.30.0\n`, 1, 0);
    case 'load image-archive':
      return loadScript(name, parsed);
    case 'export logs':
      return exportScript(name, parsed);
    default:
      return createScript(name, call, parsed, options);
  }
}

function loadScript(name: string, { words }: Parsed): string {
  const nodes = `docker ps -q --filter label=${KIND_CLUSTER_LABEL}=${name}`;
  // An archive here is a list of names: the nodes have these from then on.
  return words
    .map(file => quoteWord(file))
    .flatMap(file => [
      `[ -f ${file} ] || { echo ERROR: stat ${file}: no such file or directory >&2; exit 1; }`,
      `for node in $(${nodes}); do docker exec -i $node /bin/sh -c 'cat >> /tmp/archived' < ${file}; done`,
    ])
    .join('\n');
}

function exportScript(name: string, { words }: Parsed): string {
  // pkg/cluster/internal/providers/docker/provider.go @v0.30.0: one folder for each node, besides what is
  // Docker's own.
  const out = quoteWord(words[0] ?? '');
  return [
    `nodes=$(docker ps -a --filter label=${KIND_CLUSTER_LABEL}=${name} --format '{{.Names}}')`,
    `[ -n "$nodes" ] || { echo 'ERROR: unknown cluster "${name}"' >&2; exit 1; }`,
    `mkdir -p ${out} && docker info > ${out}/docker-info.txt 2>&1`,
    `for node in $nodes; do mkdir -p ${out}/$node; docker inspect $node > ${out}/$node/inspect.json`,
    // pkg/cluster/provider.go @v0.33.0: the journals as text; and all of the node's /var/log, which has them in
    // binary too, records of logins and the logs of Debian's packages (real-kind-2026-11 D10).
    `docker exec $node cat /tmp/kubelet.log > ${out}/$node/kubelet.log 2>/dev/null`,
    `echo 'systemd[1]: Started.' > ${out}/$node/journal.log; mkdir -p ${out}/$node/journal/1a2b ${out}/$node/apt`,
    `printf 'LPKSHHRH\\000' > ${out}/$node/journal/1a2b/system.journal; printf 'a\\000' > ${out}/$node/wtmp`,
    `echo 'Commandline: apt-get' | tee ${out}/$node/apt/history.log > ${out}/$node/dpkg.log`,
    `printf 'b\\000' > ${out}/$node/other; done`,
    `echo 'Exporting logs for cluster "${name}" to:' >&2; echo ${out}`,
  ].join('\n');
}

function createScript(
  name: string,
  { env, files }: Call,
  { flags }: Parsed,
  { nodeImage, nodeOptions, socket, failure }: KindScriptOptions,
): string {
  const config = readConfig(Object.values(files)[0] ?? '');
  const network = env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] ?? 'kind';
  const nodes = config.nodes.map((node, index) => ({
    name: `${name}-${nodeSuffix(index)}`,
    role: node.role,
    mounts: node.extraMounts ?? [],
    index,
  }));
  const kubeconfig = flags['--kubeconfig']?.[0] ?? '';
  const proxies = proxyWords(env, {
    network,
    ...config.networking,
    nodes: nodes.map(node => node.name),
  });
  return [
    // pkg/cluster/internal/providers/docker/provider.go @fed268827e21
    ...(env['KIND_EXPERIMENTAL_DOCKER_NETWORK'] === undefined
      ? []
      : [
          'echo "WARNING: Overriding docker network due to KIND_EXPERIMENTAL_DOCKER_NETWORK" >&2',
          'echo "WARNING: Here be dragons! This is not supported currently." >&2',
        ]),
    `echo 'Creating cluster "${name}" ...' >&2`,
    ...nodes.flatMap(node => [
      // pkg/cluster/internal/providers/docker/provision.go @fed268827e21: names, labels, the anonymous
      // volume, the network.
      `docker run ${proxies} ${quoteArgv([
        ...['--detach', '--hostname', node.name, '--name', node.name],
        ...['--label', `${KIND_ROLE_LABEL}=${node.role}`, '--label', `${KIND_CLUSTER_LABEL}=${name}`],
        ...['--volume', '/var', '--net', network, ...nodeOptions],
        ...node.mounts.flatMap(({ hostPath, containerPath, readOnly }) => [
          '--volume',
          `${hostPath}:${containerPath}${readOnly ? ':ro' : ''}`,
        ]),
        ...[nodeImage, '/node'],
      ])} >/dev/null || exit 1`,
      quoteArgv([
        ...['docker', 'exec', node.name, '/pod'],
        ...[
          config.networking.podSubnet.replace(/\d+\.\d+\/\d+$/, `${node.index}.0/24`),
          config.networking.podSubnet,
        ],
      ]),
    ]),
    ...(failure === undefined
      ? []
      : [
          ...nodes.map(
            node =>
              `printf %s ${quoteWord(failure.kubeletLog ?? '')} | docker exec -i ${node.name} /bin/sh -c 'cat > /tmp/kubelet.log'`,
          ),
          print(failure.stderr, 2),
          // pkg/cluster/internal/create/create.go @v0.30.0
          ...(flags['--retain']
            ? []
            : [quoteArgv(['docker', 'rm', '-f', '-v', ...nodes.map(node => node.name)])]),
          'exit 1',
        ]),
    `address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' ${nodes[0]?.name ?? ''})`,
    `answer=$(curl -sS --noproxy '*' --unix-socket ${quoteWord(socket)} --form-string name=${name} --form-string "address=$address" \\`,
    `  --form-string kubeconfig=${quoteWord(kubeconfig)} --form-string config=${quoteWord(Object.values(files)[0] ?? '')} http://stand-in/created) || exit 70`,
    'eval "$answer"',
  ].join('\n');
}

interface KindConfig {
  readonly networking: { readonly podSubnet: string; readonly serviceSubnet: string };
  readonly nodes: readonly {
    readonly role: string;
    readonly extraMounts?: readonly {
      readonly hostPath: string;
      readonly containerPath: string;
      readonly readOnly?: boolean;
    }[];
  }[];
  readonly kubeadmConfigPatches?: readonly string[];
}

export const readConfig = (text: string): KindConfig => load(text) as KindConfig; // what the harness has written

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
