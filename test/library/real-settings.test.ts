/** Settings of real clusters are checked before anything is looked for. */
import t from 'tap';
import { makeTopology, type RunOptions, run } from '../../harness/index.ts';

const topology = makeTopology('mine', {
  networks: [{ name: 'network1' }],
  clusters: [{ name: 'east', network: 'network1', role: 'primary' }],
});
const on = (real: object) => run({ topology, platform: 'kind', real } as RunOptions);

t.test('all that is missing or wrong is told at once', async t => {
  await t.rejects(on({}), {
    code: 'ERR_USAGE',
    message: /^real needs the option edition\.\nreal needs the option state\.\nreal needs the option cache\./,
  });
  await t.rejects(on({ edition: 'current', state: 5, imageArchive: [] }), {
    message:
      /The option state of real is 5; it has to be a text\.\nreal has no option "imageArchive"\. Did you mean/,
  });
});

t.test('they are for the edition that is run', async t => {
  const texts = { contexts: [], apiServers: [], kubeconfigs: [], imageArchives: [], set: [] };
  const real = {
    edition: '1.8',
    state: '/s',
    cache: '/c',
    variables: {},
    noCache: false,
    offline: true,
    ...texts,
  };
  await t.rejects(on(real), {
    code: 'ERR_USAGE',
    message: 'real is for edition 1.8, and edition current is run.',
  });
});
