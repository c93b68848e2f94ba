/** What a pipe of commands is about, so that those of a page can be held against those of our plans. */
import type { Command } from '../../model/command.ts';
import type { ClusterName } from '../../model/names.ts';

/** What a pipe does, and where. */
export interface Subject {
  /** Tool, verb and object, in one form: `kubectl create namespace/sample`, `gateway`. */
  readonly key: string;
  /** The cluster that is changed or asked. */
  readonly cluster: ClusterName | undefined;
  /** What tells two of one key apart: the last selector, the namespace, whether a variable takes it. */
  readonly details: readonly [selector: string, namespace: string, captured: string];
}

/** Flags that have their value in the next word. */
const VALUED: ReadonlySet<string> = new Set([
  ...['-n', '--namespace', '-f', '--filename', '-l', '--selector', '-o', '--output', '-c', '--container'],
  ...['--timeout', '--for', '-p', '--type', '--set', '--name'],
]);
const KINDS: Readonly<Record<string, string>> = {
  ns: 'namespace',
  namespaces: 'namespace',
  svc: 'service',
  services: 'service',
  po: 'pod',
  pods: 'pod',
  deploy: 'deployment',
  deployments: 'deployment',
};

const NO_DETAILS: Subject['details'] = ['', '', ''];

interface Words {
  readonly words: readonly string[];
  /** The last value of each flag. */
  readonly flags: ReadonlyMap<string, string>;
}

/** Splits arguments into words and flags, those behind `--` left out. */
export function wordsAndFlags(args: readonly string[]): Words {
  const words: string[] = [];
  const flags = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') words.push(word);
    else if (word.includes('='))
      flags.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
    else flags.set(word, VALUED.has(word) ? (args[++index] ?? '') : '');
  }
  return { words, flags };
}

const flag = ({ flags }: Words, short: string, long: string): string | undefined =>
  flags.get(short) ?? flags.get(long);

const namespaceOf = (read: Words): string => flag(read, '-n', '--namespace') ?? '';

/** Says what a pipe is about; commands that only find out a word for the next are passed over. */
export function subjectOf(commands: readonly Command[]): Subject {
  const [first] = commands;
  const last = commands.at(-1);
  if (!first || !last) return { key: '', cluster: undefined, details: NO_DETAILS };
  if (first.tool === 'gen-eastwest-gateway')
    return { key: 'gateway', cluster: last.cluster, details: NO_DETAILS };
  const verbs = verbsOf(first);
  if (verbs[0] === 'create-remote-secret' && last !== first)
    return { key: `remote-secret of ${first.cluster}`, cluster: last.cluster, details: NO_DETAILS };
  return subjectOfOne(last);
}

/** Words without `x`, behind which istioctl keeps what it may still change. */
const verbsOf = ({ args }: Command): readonly string[] =>
  wordsAndFlags(args).words.filter(word => word !== 'x' && word !== 'experimental');

/** The charts of Istio, and what they stand for. */
const CHARTS: readonly (readonly [chart: RegExp, key: string])[] = [
  [/(?:^|\/)(?:base|istiod)$/, 'istioctl install'],
  [/(?:^|\/)gateway$/, 'gateway'],
];

function subjectOfOne(command: Command): Subject {
  const { tool, cluster, args, output } = command;
  const read = wordsAndFlags(args);
  const [verb = '', ...rest] = verbsOf(command);
  const chart = CHARTS.find(
    ([pattern]) => tool === 'helm' && verb === 'install' && pattern.test(rest[1] ?? ''),
  );
  if (chart) return { key: chart[1], cluster, details: NO_DETAILS };
  // Ours asks for the address of a gateway again and again; kubectl can wait for it by itself.
  const awaited = objectOf(rest, verb)[0] ?? '';
  if (tool === 'kubectl' && verb === 'wait' && awaited.startsWith('service/'))
    return { key: `kubectl get ${awaited}`, cluster, details: ['', namespaceOf(read), 'captured'] };
  const file = flag(read, '-f', '--filename');
  const about = verb === 'install' && file !== undefined ? [] : objectOf(rest, verb);
  const isPlain = verb !== 'install' && file !== undefined;
  return {
    key: [tool, verb, ...about, ...(isPlain ? [file.replace(/^\.\//, '')] : [])].join(' '),
    cluster,
    details: [
      flag(read, '-l', '--selector') ?? '',
      namespaceOf(read),
      output?.to === 'variable' ? 'captured' : '',
    ],
  };
}

/** `ns sample`, `namespace/sample` → `namespace/sample`; of labels only the names count. */
function objectOf(words: readonly string[], verb: string): readonly string[] {
  if (verb === 'exec') return [];
  const [kind = '', ...names] = words;
  const isPair = kind.includes('/');
  const [type = '', name = ''] = isPair ? kind.split('/') : [kind, names[0] ?? ''];
  const others = (isPair ? names : names.slice(1)).map(word => word.replace(/=.*/, ''));
  const kindName = KINDS[type.toLowerCase()] ?? type.toLowerCase();
  return kind === '' ? [] : [name === '' ? kindName : `${kindName}/${name}`, ...others];
}
