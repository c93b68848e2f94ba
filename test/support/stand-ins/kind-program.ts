/**
 * The commands of the stand-in for kind: for each a script, which the stand-in runs in its own process. Nodes
 * are containers that the script itself makes on the engine. Its answers are held against those of kind
 * itself: test/platform/kind/real/answers.test.ts.
 */
import { quoteWord } from '../../../harness/base/quote.ts';
import { KIND_CLUSTER_LABEL } from '../../../harness/platform/kind/labels.ts';
import type { Call } from './calls.ts';
import type { Parsed } from './flags.ts';
import { type CreationOptions, createScript, removal } from './kind-creation.ts';
import { print } from './shell.ts';

/** Writes the script for a call of kind. */
export function kindScript(call: Call, parsed: Parsed, options: CreationOptions): string {
  const name = parsed.flags['--name']?.[0] ?? 'kind';
  const { words } = parsed;
  if (parsed.command === 'version') {
    // pkg/cmd/kind/version/version.go @v0.33.0
    const isShort = parsed.flags['-q'] ?? parsed.flags['--quiet'];
    return print(isShort ? '0.33.0\n' : 'kind v0.33.0 go1.26.8 linux/amd64\n', 1, 0);
  }
  if (parsed.command === 'load image-archive' && words.length === 0)
    return print('ERROR: name of image archive is required\n', 2, 1);
  // pkg/internal/runtime/runtime.go @v0.33.0; real-kind-2026-11 D9
  const chosen = call.env['KIND_EXPERIMENTAL_PROVIDER'];
  const first = chosen === undefined ? '' : print(`using ${chosen} due to KIND_EXPERIMENTAL_PROVIDER\n`, 2);
  return `${first}\n${scriptOf(name, call, parsed, options)}`;
}

function scriptOf(name: string, call: Call, parsed: Parsed, options: CreationOptions): string {
  switch (parsed.command) {
    case 'load image-archive':
      return loadScript(name, parsed);
    case 'export logs':
      return exportScript(name, parsed);
    case 'delete cluster':
      // pkg/cmd/kind/delete/cluster/deletecluster.go @v0.33.0
      return [`echo 'Deleting cluster "${name}" ...' >&2`, removal(name)].join('\n');
    case 'get nodes':
      // pkg/cmd/kind/get/nodes/nodes.go @v0.33.0
      return [
        `nodes=$(${nodesOf(name)})`,
        `[ -n "$nodes" ] || { echo 'No kind nodes found for cluster "${name}".' >&2; exit 0; }`,
        'printf "%s\\n" "$nodes"',
      ].join('\n');
    default:
      return createScript(name, call, parsed, options);
  }
}

const nodesOf = (name: string): string =>
  `docker ps -a --filter label=${KIND_CLUSTER_LABEL}=${name} --format '{{.Names}}'`;

/**
 * pkg/cmd/kind/load/image-archive/image-archive.go, pkg/cluster/nodeutils/util.go @v0.33.0. An archive is one
 * of `docker save`, or a list of names: the nodes have these from then on.
 */
function loadScript(name: string, { words, flags }: Parsed): string {
  const exec = 'docker exec --privileged';
  const files = words.map(file => quoteWord(file));
  const only = (flags['--nodes'] ?? []).flatMap(list => list.split(','));
  return [
    ...files.map(
      file => `[ -f ${file} ] || { echo ERROR: stat ${file}: no such file or directory >&2; exit 1; }`,
    ),
    `nodes=$(${nodesOf(name)})`,
    `[ -n "$nodes" ] || { echo 'ERROR: no nodes found for cluster "${name}"' >&2; exit 1; }`,
    ...only.map(
      node => `echo "$nodes" | grep -qx ${node} || { echo 'ERROR: unknown node: ${node}' >&2; exit 1; }`,
    ),
    ...(only.length > 0 ? [`nodes=${quoteWord(only.join(' '))}`] : []),
    'for node in $nodes; do',
    // The node's own words are Docker's.
    'said=$(docker exec $node /bin/true 2>&1) || {',
    `echo "ERROR: failed to detect containerd snapshotter: command \\"${exec} $node containerd config dump\\" failed with error: exit status 1" >&2`,
    'printf "\\nCommand Output: %s\\n" "$said" >&2; exit 1; }',
    ...files.flatMap(file => [
      `tags=$(tar -xOf ${file} manifest.json 2>/dev/null | tr '{' '\\n' | sed -n 's/.*"RepoTags":\\["\\([^]]*\\)"\\].*/\\1/p' | sed 's/","/\\n/g')`,
      `[ -n "$tags" ] || tags=$(grep -xE '[A-Za-z0-9.:/@_-]+' ${file})`,
      '[ -n "$tags" ] || {',
      `echo "ERROR: failed to load image: command \\"${exec} -i $node ctr --namespace=k8s.io images import --all-platforms --digests --snapshotter=overlayfs -\\" failed with error: exit status 1" >&2`,
      'printf "\\nCommand Output: ctr: unrecognized image format\\n" >&2; exit 1; }',
      `printf '%s\\n' "$tags" | docker exec -i $node /bin/sh -c 'cat >> /tmp/archived'`,
    ]),
    'done',
  ].join('\n');
}

/** What is asked of each node, and where its answer goes: pkg/cluster/provider.go @v0.33.0. */
const ASKED_FOR_LOGS = [
  ['cat /kind/version', 'kubernetes-version.txt'],
  ['journalctl --no-pager', 'journal.log'],
  ['journalctl --no-pager -u kubelet.service', 'kubelet.log'],
  ['journalctl --no-pager -u containerd.service', 'containerd.log'],
  ['crictl images', 'images.log'],
] as const;
const DUMP = "sh -c 'tar --hard-dereference -C /var/log/ -chf - . || (r=\\$?; [ \\$r -eq 1 ] || exit \\$r)'";

/**
 * pkg/cluster/provider.go, pkg/cluster/internal/providers/docker/provider.go @v0.33.0: files of what is
 * asked, and all of a node's /var/log, which has the journal in binary too, records of logins and the logs of
 * packages (real-kind-2026-11 D10). A node that has ended has the files, with Docker's refusal in them.
 */
function exportScript(name: string, { words }: Parsed): string {
  const out = quoteWord(words[0] ?? '');
  const failures = [...ASKED_FOR_LOGS.map(([command]) => command), DUMP]
    .map(
      command => `command \\"docker exec --privileged $node ${command}\\" failed with error: exit status 1`,
    )
    .join(', ');
  return [
    `nodes=$(${nodesOf(name)})`,
    `[ -n "$nodes" ] || { echo 'ERROR: unknown cluster "${name}"' >&2; exit 1; }`,
    `echo 'Exporting logs for cluster "${name}" to:' >&2; echo ${out}; failures=`,
    `mkdir -p ${out} && docker info > ${out}/docker-info.txt 2>&1; printf 'kind v0.33.0' > ${out}/kind-version.txt`,
    `for node in $nodes; do to=${out}/$node; mkdir -p $to; docker inspect $node > $to/inspect.json`,
    'docker logs $node > $to/serial.log 2>&1',
    ...ASKED_FOR_LOGS.map(([, file]) => `echo 'Error response from daemon: not running' > $to/${file}`),
    `docker exec $node /bin/true 2>/dev/null || { failures="${failures}"; continue; }`,
    'docker exec $node cat /tmp/kubelet.log > $to/kubelet.log 2>/dev/null',
    "echo v1.34.0 > $to/kubernetes-version.txt; echo 'systemd[1]: Started.' > $to/journal.log",
    'journal=$to/journal/0123456789abcdef0123456789abcdef; mkdir -p $journal $to/apt',
    "printf 'LPKSHHRH\\000' > $journal/system.journal; printf 'wtmp\\000' > $to/wtmp",
    "echo 'Commandline: apt-get' | tee $to/apt/history.log > $to/dpkg.log; printf 'b\\000' > $to/other; done",
    '[ -z "$failures" ] || { echo "ERROR: [$failures]" >&2; exit 1; }',
  ].join('\n');
}
