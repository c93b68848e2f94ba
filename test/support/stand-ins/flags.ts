/**
 * The commands and flags of the real programs that stand-ins know: a word that is not in these tables fails,
 * as it does there.
 */

/** `value`: takes one; `list`: may be given again; `switch`: takes none, or one after `=`. */
type Kind = 'value' | 'list' | 'switch';
export type Flags = Readonly<Record<string, Kind>>;

export interface KnownCommand {
  /** Repository, path and tag or commit of the file that declares the flags. */
  readonly source: string;
  readonly flags: Flags;
}

export type ProgramName = 'kind' | 'kubectl' | 'istioctl';

const KIND = 'kubernetes-sigs/kind @v0.33.0, the same @v0.30.0';
const KUBECTL = 'kubernetes/kubernetes staging/src/k8s.io/kubectl/pkg/cmd';

/**
 * staging/src/k8s.io/cli-runtime/pkg/genericclioptions/config_flags.go @v1.34.0: every kubectl command has
 * them.
 */
const KUBECTL_GLOBAL: Flags = {
  '--kubeconfig': 'value',
  '--context': 'value',
  '--namespace': 'value',
  '-n': 'value',
  '--request-timeout': 'value',
};

const KUBECTL_COMMANDS: Readonly<Record<string, KnownCommand>> = {
  apply: {
    source: `${KUBECTL}/apply/apply.go, util/kubectl_flags.go @v1.34.0`,
    flags: {
      '-f': 'list',
      '--filename': 'list',
      '-l': 'value',
      '--selector': 'value',
      '--server-side': 'switch',
      '-o': 'value',
    },
  },
  create: { source: `${KUBECTL}/create/create.go @v1.34.0`, flags: { '-f': 'list', '-o': 'value' } },
  'create namespace': { source: `${KUBECTL}/create/create_namespace.go @v1.34.0`, flags: { '-o': 'value' } },
  'create secret generic': {
    source: `${KUBECTL}/create/create_secret.go @v1.34.0`,
    flags: { '--from-file': 'list', '--from-literal': 'list', '--type': 'value', '-o': 'value' },
  },
  get: {
    source: `${KUBECTL}/get/get.go, get_flags.go @v1.34.0`,
    flags: { '-o': 'value', '--output': 'value', '-l': 'value', '--selector': 'value', '-A': 'switch' },
  },
  label: { source: `${KUBECTL}/label/label.go @v1.34.0`, flags: { '--overwrite': 'switch', '-l': 'value' } },
  annotate: {
    source: `${KUBECTL}/annotate/annotate.go @v1.34.0`,
    flags: { '--overwrite': 'switch', '-l': 'value' },
  },
  wait: {
    source: `${KUBECTL}/wait/wait.go @v1.34.0`,
    flags: { '--for': 'value', '--timeout': 'value', '-l': 'value', '--all': 'switch' },
  },
  'rollout status': {
    source: `${KUBECTL}/rollout/rollout_status.go @v1.34.0`,
    flags: { '--timeout': 'value', '-w': 'switch' },
  },
  exec: {
    source: `${KUBECTL}/exec/exec.go @v1.34.0`,
    flags: { '-c': 'value', '--container': 'value', '-i': 'switch', '-t': 'switch' },
  },
  version: {
    source: `${KUBECTL}/version/version.go @v1.34.0`,
    flags: { '--client': 'switch', '-o': 'value' },
  },
};

/** istio/istio istioctl/pkg/cli/option.go @1.30.3; istioctl/cmd/root.go @1.8.0. */
const ISTIOCTL_GLOBAL: Flags = {
  '--kubeconfig': 'value',
  '-c': 'value',
  '--context': 'value',
  '--namespace': 'value',
  '-n': 'value',
  '--istioNamespace': 'value',
  '-i': 'value',
};

const INSTALL: Flags = {
  '-f': 'list',
  '--filename': 'list',
  '--set': 'list',
  '-s': 'list',
  '-y': 'switch',
  '--skip-confirmation': 'switch',
  '--readiness-timeout': 'value',
  '-d': 'value',
  '--manifests': 'value',
  '-r': 'value',
  '--revision': 'value',
};
const GENERATE: Flags = { '-f': 'list', '--filename': 'list', '--set': 'list', '-s': 'list', '-d': 'value' };
const PROXY_CONFIG: Flags = { '-o': 'value', '--output': 'value' };

/** By the release: `--server` came with 1.9, and the verb left `x`. */
const ISTIOCTL_COMMANDS: Readonly<Record<'1.8.0' | '1.30.3', Readonly<Record<string, KnownCommand>>>> = {
  '1.8.0': {
    install: { source: 'istio/istio operator/cmd/mesh/install.go @1.8.0', flags: INSTALL },
    'manifest generate': {
      source: 'istio/istio operator/cmd/mesh/manifest-generate.go @1.8.0',
      flags: GENERATE,
    },
    'x create-remote-secret': {
      source: 'istio/istio istioctl/pkg/multicluster/remote_secret.go @1.8.0: no --server',
      flags: { '--name': 'value', '--service-account': 'value', '--type': 'value', '--auth-type': 'value' },
    },
    'proxy-status': { source: 'istio/istio istioctl/cmd/proxystatus.go @1.8.0', flags: {} },
    'proxy-config': { source: 'istio/istio istioctl/cmd/proxyconfig.go @1.8.0', flags: PROXY_CONFIG },
    version: {
      source: 'istio/pkg version/cobra.go, istioctl/cmd/version.go @1.8.0',
      flags: { '--remote': 'switch' },
    },
  },
  '1.30.3': {
    install: { source: 'istio/istio operator/cmd/mesh/install.go @1.30.3', flags: INSTALL },
    'manifest generate': {
      source: 'istio/istio operator/cmd/mesh/manifest-generate.go @1.30.3',
      flags: GENERATE,
    },
    'create-remote-secret': {
      source: 'istio/istio istioctl/pkg/multicluster/remote_secret.go @1.30.3',
      flags: {
        '--name': 'value',
        '--server': 'value',
        '--tls-server-name': 'value',
        '--secret-name': 'value',
        '--service-account': 'value',
        '--type': 'value',
        '--auth-type': 'value',
      },
    },
    'remote-clusters': { source: 'istio/istio istioctl/pkg/proxyconfig/clusters.go @1.30.3', flags: {} },
    'proxy-status': {
      source: 'istio/istio istioctl/pkg/proxystatus/proxystatus.go @1.30.3',
      flags: PROXY_CONFIG,
    },
    'proxy-config': {
      source: 'istio/istio istioctl/pkg/proxyconfig/proxyconfig.go @1.30.3',
      flags: PROXY_CONFIG,
    },
    version: {
      source: 'istio/istio pkg/version/cobra.go @1.30.3',
      flags: { '--remote': 'switch', '-o': 'value' },
    },
  },
};

const KIND_COMMANDS: Readonly<Record<string, KnownCommand>> = {
  'create cluster': {
    source: `pkg/cmd/kind/create/cluster/createcluster.go, ${KIND}`,
    flags: {
      '--name': 'value',
      '-n': 'value',
      '--config': 'value',
      '--image': 'value',
      '--retain': 'switch',
      '--wait': 'value',
      '--kubeconfig': 'value',
    },
  },
  'load image-archive': {
    source: `pkg/cmd/kind/load/image-archive/image-archive.go, ${KIND}`,
    flags: { '--name': 'value', '-n': 'value', '--nodes': 'value' },
  },
  'export logs': {
    source: `pkg/cmd/kind/export/logs/logs.go, ${KIND}`,
    flags: { '--name': 'value', '-n': 'value' },
  },
  'delete cluster': {
    source: `pkg/cmd/kind/delete/cluster/deletecluster.go, ${KIND}`,
    flags: { '--name': 'value', '-n': 'value', '--kubeconfig': 'value' },
  },
  'get nodes': {
    source: `pkg/cmd/kind/get/nodes/nodes.go, ${KIND}`,
    flags: { '--name': 'value', '-n': 'value', '--all-clusters': 'switch', '-A': 'switch' },
  },
  version: { source: `pkg/cmd/kind/version/version.go, cmd/kind/app/main.go, ${KIND}`, flags: {} },
};
/** pkg/cmd/kind/root.go @v0.30.0: persistent. */
const KIND_GLOBAL: Flags = { '-q': 'switch', '--quiet': 'switch', '-v': 'value', '--verbosity': 'value' };

/** A command line as the program understands it. */
export interface Parsed {
  readonly command: string;
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** After the command, without flags. */
  readonly words: readonly string[];
}

/** The program ends with these words on standard error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * What a program says to a word that it does not know: cobra's words (spf13/cobra command.go, spf13/pflag
 * flag.go) in the program's own frame.
 * kind: cmd/kind/app/main.go @v0.30.0. kubectl: staging/src/k8s.io/kubectl/pkg/cmd/cmd.go,
 * component-base/cli/run.go @v1.34.0. istioctl:
 * istioctl/cmd/istioctl/main.go, istioctl/cmd/sysexits.go @1.30.3: 64.
 */
const refuse = (program: ProgramName, command: string, message: string): Refusal => {
  switch (program) {
    case 'kind':
      return new Refusal(`ERROR: ${message}\n`, 1);
    case 'kubectl':
      return new Refusal(`error: ${message}\nSee 'kubectl ${command} --help' for usage.\n`, 1);
    case 'istioctl':
      return new Refusal(`Error: ${message}\n`, 64);
  }
};

const globalsOf: Readonly<Record<ProgramName, Flags>> = {
  kind: KIND_GLOBAL,
  kubectl: KUBECTL_GLOBAL,
  istioctl: ISTIOCTL_GLOBAL,
};

export function commandsOf(
  program: ProgramName,
  istio: '1.8.0' | '1.30.3',
): Readonly<Record<string, KnownCommand>> {
  if (program === 'istioctl') return ISTIOCTL_COMMANDS[istio];
  return program === 'kind' ? KIND_COMMANDS : KUBECTL_COMMANDS;
}

/** @throws Refusal with the words of the real one */
export function parse(program: ProgramName, argv: readonly string[], istio: '1.8.0' | '1.30.3'): Parsed {
  const separator = argv.indexOf('--');
  const own = separator < 0 ? argv : argv.slice(0, separator);
  const commands = commandsOf(program, istio);
  const bare = bareWords(own, globalsOf[program]);
  const command = [3, 2, 1]
    .map(count => bare.slice(0, count).join(' '))
    .find(name => Object.hasOwn(commands, name));
  const known = command === undefined ? undefined : commands[command];
  // pkg/cmd/kind/load/load.go and its neighbours @v0.33.0; kind prints its help on standard output, too.
  const isHalf = program === 'kind' && Object.keys(commands).some(name => name.startsWith(`${bare[0]} `));
  if (command === undefined && isHalf) throw refuse(program, '', 'Subcommand is required');
  if (command === undefined || !known)
    throw refuse(
      program,
      '',
      `unknown command ${JSON.stringify(bare[0] ?? '')} for ${JSON.stringify(program)}`,
    );
  const table: Flags = { ...globalsOf[program], ...known.flags };
  const flags: Record<string, string[]> = {};
  const words: string[] = [];
  for (let at = 0; at < own.length; at++) {
    const word = own[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const [name = '', ...after] = word.split('=');
    const kind = table[name];
    if (kind === undefined) {
      const message = word.startsWith('--')
        ? `unknown flag: ${name}`
        : `unknown shorthand flag: ${JSON.stringify(name[1] ?? '').replaceAll('"', "'")} in ${name}`;
      throw refuse(program, command, message);
    }
    let value = after.length > 0 ? after.join('=') : undefined;
    if (kind !== 'switch' && value === undefined) {
      at += 1;
      value = own[at];
      if (value === undefined) throw refuse(program, command, `flag needs an argument: ${name}`);
    }
    flags[name] = [...(flags[name] ?? []), value ?? 'true'];
  }
  return { command, flags, words: words.slice(command.split(' ').length) };
}

/** Words that are neither flags nor values of the flags that may stand before the command. */
function bareWords(argv: readonly string[], globals: Flags): readonly string[] {
  const bare: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) bare.push(word);
    else if (!word.includes('=') && globals[word] === 'value') at += 1;
  }
  return bare;
}
