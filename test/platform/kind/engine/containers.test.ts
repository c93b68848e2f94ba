/**
 * On a real Docker engine: programs in containers, also in those that are on their way out. Nothing is
 * pulled.
 */
import t from 'tap';
import { docker, dockerMissing, testEngine, testImage } from '../../../support/docker.ts';

const skip = dockerMissing() ?? false;
const NAME = 'mh-testengine';

t.before(() => {
  if (!skip) docker('run', '--detach', '--rm', '--name', NAME, testImage(), '/bin/sleep', '300');
});
t.teardown(
  () =>
    skip ||
    docker('ps', '-aq', '--filter', `name=^${NAME}$`)
      .split('\n')
      .map(id => id && docker('rm', '-f', id)),
);

t.test('a program in a container: its exit code and both of its streams', { skip }, async t => {
  const engine = await testEngine();
  t.same(await engine.exec(NAME, ['sh', '-c', 'echo one; exit 3']), { exitCode: 3, output: 'one\n' });
  t.same(await engine.exec(NAME, ['sh', '-c', 'echo two >&2']), { exitCode: 0, output: 'two\n' });
  const { output } = await engine.exec(NAME, ['seq', '100000']);
  t.equal(
    output,
    Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join(''),
    'also in many pieces',
  );
  t.ok([126, 127].includes((await engine.exec(NAME, ['/nowhere'])).exitCode), 'one that is not there');
});

t.test(
  'programs that the engine can no longer start leave no connection, which would keep this process',
  { skip },
  async t => {
    const engine = await testEngine();
    const connections = () => process.getActiveResourcesInfo().filter(kind => kind === 'PipeWrap').length;
    const before = connections();
    const start = () => Array.from({ length: 10 }, () => engine.exec(NAME, ['true']));
    const outcomes = await Promise.allSettled([...start(), engine.removeContainer(NAME), ...start()]);
    t.ok(
      outcomes.some(
        outcome => outcome.status === 'rejected' || (outcome.value ?? { exitCode: 0 }).exitCode !== 0,
      ),
      'some could not be started',
    );
    t.equal(connections(), before);
  },
);
