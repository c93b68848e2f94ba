/**
 * The stand-ins read their words as the real programs do: what those refuse, they refuse in the same words
 * and with the same exit code.
 */
import t from 'tap';
import { clusterName } from '../../../harness/model/names.ts';
import { remoteSecretAdjustments } from '../../../harness/platform/adjustments.ts';
import { createArguments } from '../../../harness/platform/kind/clusters.ts';
import { istioHas } from '../../../harness/platform/versions.ts';
import { commandsOf, type ProgramName, parse } from '../../support/stand-ins/flags.ts';

const RELEASES = ['1.8.0', '1.30.3'] as const;

t.test('words that the real ones do not know', async t => {
  const rows: readonly (readonly [ProgramName, (typeof RELEASES)[number], string, string, number])[] = [
    ['kind', '1.30.3', 'create cluster --nodes 2', 'ERROR: unknown flag: --nodes\n', 1],
    ['kind', '1.30.3', 'create network', 'ERROR: Subcommand is required\n', 1],
    ['kind', '1.30.3', 'frobnicate', 'ERROR: unknown command "frobnicate" for "kind"\n', 1],
    ['kind', '1.30.3', 'create cluster --name', 'ERROR: flag needs an argument: --name\n', 1],
    [
      'kubectl',
      '1.30.3',
      'apply -f x --nonsense',
      "error: unknown flag: --nonsense\nSee 'kubectl apply --help' for usage.\n",
      1,
    ],
    [
      'kubectl',
      '1.30.3',
      'get pods -z',
      "error: unknown shorthand flag: 'z' in -z\nSee 'kubectl get --help' for usage.\n",
      1,
    ],
    ['istioctl', '1.30.3', 'install --nonsense', 'Error: unknown flag: --nonsense\n', 64],
    [
      'istioctl',
      '1.30.3',
      'x create-remote-secret --name a',
      'Error: unknown command "x" for "istioctl"\n',
      64,
    ],
    ['istioctl', '1.8.0', 'x create-remote-secret --server https://a', 'Error: unknown flag: --server\n', 64],
    ['istioctl', '1.8.0', 'remote-clusters', 'Error: unknown command "remote-clusters" for "istioctl"\n', 64],
  ];
  for (const [program, release, line, message, exitCode] of rows) {
    t.throws(() => parse(program, line.split(' '), release), { message, exitCode }, `${program} ${line}`);
  }
});

t.test('words that they know, in any order', async t => {
  const rows: readonly (readonly [
    ProgramName,
    readonly string[],
    string,
    Record<string, readonly string[]>,
  ])[] = [
    [
      'kind',
      createArguments('mh-a-cluster1', '/c.yaml', '/k'),
      'create cluster',
      { '--name': ['mh-a-cluster1'], '--config': ['/c.yaml'], '--kubeconfig': ['/k'] },
    ],
    [
      'istioctl',
      ['--context=c', 'install', '--set', 'a=b', '--set', 'c=d', '-y'],
      'install',
      { '--set': ['a=b', 'c=d'] },
    ],
    ['kubectl', ['-n', 'istio-system', 'get', 'svc', '-o', 'name'], 'get', { '-n': ['istio-system'] }],
    ['kubectl', ['exec', 'p', '-c', 'curl', '--', 'curl', '--anything'], 'exec', { '-c': ['curl'] }],
    ['istioctl', ['proxy-status', '--kubeconfig', '/k'], 'proxy-status', { '--kubeconfig': ['/k'] }],
  ];
  for (const [program, argv, command, flags] of rows) {
    t.match(parse(program, argv, '1.30.3'), { command, flags }, argv.join(' '));
  }
});

t.test('each command says where it was read', async t => {
  for (const release of RELEASES) {
    for (const program of ['kind', 'kubectl', 'istioctl'] as const) {
      for (const [command, { source }] of Object.entries(commandsOf(program, release))) {
        t.match(source, /\.go.*@\S+/, `${program} ${command}`);
      }
    }
  }
});

t.test('an istioctl without --server is given a kubeconfig instead', async t => {
  for (const [release, has] of [
    ['1.7.3', false],
    ['1.8.6', false],
    ['1.9.0', true],
    ['1.18.2', true],
    ['1.30.3', true],
  ] as const) {
    t.equal(istioHas('serverFlag', release), has, release);
  }
  const servers = new Map([[clusterName('cluster1'), 'https://172.30.2.64:6443']]);
  const added = (file?: () => string) =>
    remoteSecretAdjustments(servers, 'why', file).map(({ addArgs }) => addArgs);
  t.same(added(), Array(2).fill(['--server', 'https://172.30.2.64:6443']));
  t.same(
    added(() => '/for-others'),
    Array(2).fill(['--kubeconfig', '/for-others']),
  );
});
