import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { HarnessError } from '../../harness/base/errors.ts';
import { listScenarios, loadScenario } from '../../harness/scenario/load.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));

const failure = async (nameOrPath: string): Promise<HarnessError> => {
  try {
    await loadScenario(nameOrPath, { folder });
  } catch (error) {
    if (error instanceof HarnessError) return error;
    throw error;
  }
  throw new Error(`${nameOrPath} was loaded`);
};

t.test('the four scenarios of the guide', async t => {
  t.same(await listScenarios({ folder }), [
    'multi-primary',
    'multi-primary-multi-network',
    'primary-remote',
    'primary-remote-multi-network',
  ]);
  const { topology } = await loadScenario('primary-remote-multi-network', { folder });
  t.equal(topology.name, 'primary-remote-multi-network');
  t.same(
    topology.clusters.map(({ name, network, role, helloWorld }) => ({ name, network, role, helloWorld })),
    [
      { name: 'cluster1', network: 'network1', role: { kind: 'primary' }, helloWorld: ['v1'] },
      {
        name: 'cluster2',
        network: 'network2',
        role: { kind: 'remote', controlPlane: 'cluster1' },
        helloWorld: ['v2'],
      },
    ],
  );
});

t.test('the examples are valid', async t => {
  const sizes: Record<string, number> = {};
  for (const name of await listScenarios({ folder: path.join(folder, 'examples') })) {
    const { topology } = await loadScenario(path.join(folder, 'examples', `${name}.yaml`), { folder });
    sizes[name] = topology.clusters.length;
  }
  t.same(sizes, {
    'fifty-clusters': 50,
    'three-networks': 3,
    'two-primaries-48-remotes': 50,
    'two-primaries-one-remote': 3,
  });
});

t.test('an unknown name is answered with the known ones', async t => {
  const error = await failure('multi-primry');
  t.equal(error.code, 'ERR_UNKNOWN_SCENARIO');
  t.match(
    error.hint,
    /^Did you mean multi-primary\? Known scenarios: multi-primary, multi-primary-multi-network, primary-remote,/,
  );
});

t.test('a file that cannot be read', async t => {
  t.match(await failure('./no-such-file.yaml'), { code: 'ERR_UNREADABLE_FILE', message: /no-such-file/ });
  t.match(await failure(`${folder}/`), { code: 'ERR_UNREADABLE_FILE', message: /it is a folder/ });
});

t.test('files that are not a scenario', async t => {
  const root = t.testdir();
  const cases: readonly (readonly [name: string, text: string, message: RegExp])[] = [
    ['empty', '# nothing\n', /has a problem:\n {2}the file is empty/],
    ['syntax', 'networks:\n  - name: a\n clusters: [', /not valid YAML, line 3/],
    ['twice', 'networks: []\nnetworks: []\n', /not valid YAML, line 2.*duplicated mapping key/],
    ['several', 'networks: []\n', /has 2 problems:\n {2}networks: is empty\n {2}clusters: is missing/],
    ['text', 'hello', /file: should be a mapping, is "hello"/],
  ];
  for (const [name, text, message] of cases) {
    const file = path.join(root, `${name}.yaml`);
    writeFileSync(file, text);
    const error = await failure(file);
    t.equal(error.code, 'ERR_INVALID_SCENARIO', name);
    t.equal(error.exitCode, 2);
    t.match(error.message, message, name);
    t.ok(error.hint, 'has a hint');
  }
});

t.test('of a file with very many problems the first are told, and how many there are', async t => {
  const root = t.testdir();
  const messageOf = async (count: number) => {
    const file = path.join(root, `${count}.yaml`);
    const clusters = Array.from(
      { length: count },
      (_, index) => `  - {name: cluster${index}, network: net2}`,
    );
    writeFileSync(file, `networks: [{name: net1}]\nclusters:\n${clusters.join('\n')}\n`);
    return (await failure(file)).message;
  };
  t.match(await messageOf(20_000), /has a problem:\n {2}clusters: has 20000 entries; 240 are possible$/);
  const message = await messageOf(200);
  t.match(message, /has 401 problems:/);
  t.match(message, /\n {2}and 381 more$/);
  t.ok(message.length < 4000, 'it can be read');
});

t.test('long values are told without their middle', async t => {
  const root = t.testdir();
  const long = 'k'.repeat(300_000);
  for (const [name, text] of [
    ['key', `{"${long}": 1}`],
    ['name', `networks: [{name: ${long}}]\nclusters: [{name: ${long}, network: x, role: ${long}}]`],
    ['text', long],
  ] as const) {
    const file = path.join(root, `${name}.yaml`);
    writeFileSync(file, text);
    const { message } = await failure(file);
    t.match(message, /kkk… \(\d+ characters\) …/, name);
    t.ok(message.length < 4000, `${name} can be read`);
  }
});

t.test('control characters are told as escapes, and a file names no folder above', async t => {
  const root = t.testdir({ '\x1b[31m.yaml': '{"\\e[31m\\u202e": 1}', '...yaml': '', '.yaml': '' });
  const { message } = await failure(path.join(root, '\x1b[31m.yaml'));
  t.match(message, '\\x1b[31m\\u202e: unknown key');
  const valid = 'networks: [{name: net1}]\nclusters: [{name: c1, network: net1, role: primary}]';
  for (const [name, expected] of [
    ['\x1b[31m.yaml', '\\x1b[31m'],
    ['...yaml', 'scenario'],
    ['.yaml', 'scenario'],
    ['a\nb.yaml', 'a b'],
    ['Mein Netz.yml', 'Mein Netz'],
  ] as const) {
    writeFileSync(path.join(root, name), valid);
    t.equal((await loadScenario(path.join(root, name), { folder })).topology.name, expected);
  }
});
