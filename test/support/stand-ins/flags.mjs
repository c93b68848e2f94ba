/** The flags of the real programs that stand-ins know: a word that is not in the table fails, as it does there. */

/**
 * Command → its flags. `value`: takes one; `list`: may be given again; `switch`: takes none.
 * kind: kubernetes-sigs/kind pkg/cmd/kind/{create/cluster/createcluster,load/image-archive/image-archive,version/version}.go @fed268827e21
 * istioctl: istio/istio istioctl/cmd/{root,remote_cluster}.go, operator/cmd/mesh/install.go, istioctl/pkg/multicluster/remote_secret.go @1.30.3;
 *   operator/cmd/mesh/{install,root}.go, istioctl/pkg/multicluster/options.go @1.8.0
 * kubectl: kubernetes/kubernetes staging/src/k8s.io/kubectl/pkg/cmd/{apply,get,create,label,annotate,wait,exec,version} @v1.34.0;
 *   the persistent ones: staging/src/k8s.io/cli-runtime/pkg/genericclioptions/config_flags.go
 */
export const FLAGS = {
  kind: {
    'create cluster': {
      '--name': 'value',
      '--config': 'value',
      '--kubeconfig': 'value',
      '--image': 'value',
      '--retain': 'switch',
      '--wait': 'value',
    },
    'load image-archive': { '--name': 'value', '--nodes': 'value' },
    version: { '-q': 'switch', '--quiet': 'switch' },
  },
  istioctl: {
    install: {
      '--context': 'value',
      '-y': 'switch',
      '--skip-confirmation': 'switch',
      '-f': 'list',
      '--filename': 'list',
      '--set': 'list',
      '--kubeconfig': 'value',
    },
    'create-remote-secret': {
      '--context': 'value',
      '--name': 'value',
      '--server': 'value',
      '--kubeconfig': 'value',
      '-n': 'value',
      '--namespace': 'value',
    },
    'x create-remote-secret': {
      '--context': 'value',
      '--name': 'value',
      '--server': 'value',
      '--kubeconfig': 'value',
      '-n': 'value',
      '--namespace': 'value',
    },
    'proxy-status': { '--context': 'value', '--kubeconfig': 'value' },
    'proxy-config': { '--context': 'value', '--kubeconfig': 'value' },
    version: { '--remote': 'switch-value' },
  },
  kubectl: {
    apply: { '--context': 'value', '-f': 'list', '-n': 'value', '-l': 'value', '--kubeconfig': 'value' },
    create: { '--context': 'value', '-n': 'value', '--from-file': 'list' },
    get: { '--context': 'value', '-n': 'value', '-o': 'value', '-l': 'value' },
    label: { '--context': 'value', '-n': 'value', '--overwrite': 'switch' },
    annotate: { '--context': 'value', '-n': 'value', '--overwrite': 'switch' },
    wait: { '--context': 'value', '-n': 'value', '--for': 'value', '--timeout': 'value' },
    exec: { '--context': 'value', '-n': 'value', '-c': 'value' },
    version: { '--client': 'switch', '-o': 'value' },
  },
};

/**
 * @param {keyof typeof FLAGS} program
 * @param {readonly string[]} argv
 * @returns {{ command: string, flags: Record<string, string[]>, words: string[], rest: string[] }} `rest` is what follows `--`
 * @throws {Error} with the words of cobra, which all three are made with (spf13/pflag flag.go, spf13/cobra command.go)
 */
export function parse(program, argv) {
  const separator = argv.indexOf('--');
  const own = separator < 0 ? [...argv] : argv.slice(0, separator);
  const rest = separator < 0 ? [] : argv.slice(separator + 1);
  const commands = FLAGS[program];
  // Flags that stand before the command belong to it too.
  const bare = own.filter(
    (word, index) => !word.startsWith('-') && !(own[index - 1]?.startsWith('--') && !own[index - 1].includes('=')),
  );
  const command = [bare.slice(0, 2).join(' '), bare[0] ?? ''].find(name => Object.hasOwn(commands, name));
  if (command === undefined) throw new Error(`unknown command "${bare[0] ?? ''}" for "${program}"`);
  const table = commands[command];
  const flags = {};
  const words = [];
  for (let index = 0; index < own.length; index++) {
    const word = own[index];
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const [name, ...after] = word.split('=');
    const kind = table[name];
    if (kind === undefined)
      throw new Error(
        word.startsWith('--') ? `unknown flag: ${name}` : `unknown shorthand flag: '${name[1]}' in ${name}`,
      );
    let value = after.length > 0 ? after.join('=') : undefined;
    if (kind === 'value' || kind === 'list') {
      value ??= own[++index];
      if (value === undefined) throw new Error(`flag needs an argument: ${name}`);
    }
    flags[name] = [...(flags[name] ?? []), value ?? 'true'];
  }
  return { command, flags, words: words.slice(command.split(' ').length), rest };
}
