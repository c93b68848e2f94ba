/**
 * Wrong words, flags and contexts: exit codes and error lines of a real istioctl (istio.io/istio 2026-08-27,
 * asked in November 2026 on `mesh-harness up`; `npm run peers` asks again).
 */
import t from 'tap';
import { toolsWorld } from '../../../support/tools-world.ts';

const NO_PROXY =
  'failure running port forward process: failure running port forward process: building port forwarded: failed ' +
  'retrieving: pods "nobody" not found in the "default" namespace';

/** Line → exit code, and the last line of the standard error. */
const ROWS: readonly (readonly [line: string, exitCode: number, error: string])[] = [
  ['foo', 64, `Run 'istioctl --help' for usage.`],
  ['--foo', 64, 'Error: unknown flag: --foo'],
  ['version --foo', 64, 'Error: unknown flag: --foo'],
  ['version -o foo', 1, `Error: --output must be 'yaml' or 'json'`],
  ['install foo', 1, 'Error: accepts 0 arg(s), received 1'],
  ['install --foo', 64, 'Error: unknown flag: --foo'],
  [
    'install -f none.yaml -y',
    1,
    'Error: generate config: merge inputs: open none.yaml: no such file or directory',
  ],
  ['manifest generate -f none.yaml', 1, 'Error: merge inputs: open none.yaml: no such file or directory'],
  ['manifest generate x', 1, 'Error: generate accepts no positional arguments, got []string{"x"}'],
  ['proxy-config clusters', 1, 'Error: cluster requires pod name or --file parameter'],
  ['pc clusters a b', 1, 'Error: cluster requires pod name or --file parameter'],
  ['pc secret', 1, 'Error: secret requires pod name or --file parameter'],
  ['pc endpoints', 1, 'Error: endpoints requires pod name or --file parameter'],
  ['pc listeners', 1, 'Error: listener requires pod name or --file parameter'],
  ['pc routes', 1, 'Error: route requires pod name or --file parameter'],
  ['pc clusters nobody', 1, `Error: failed to execute command on nobody.default sidecar: ${NO_PROXY}`],
  [
    'pc clusters foo/bar',
    1,
    `Error: failed retrieving: the server doesn't have a resource type "foo" in the "default" namespace`,
  ],
  [
    'pc clusters deploy/nobody -n default',
    1,
    'Error: failed retrieving: deployments.apps "nobody" not found in the "default" namespace',
  ],
  [
    'pc clusters svc/nobody',
    1,
    'Error: failed retrieving: services "nobody" not found in the "default" namespace',
  ],
  ['proxy-status -o foo', 1, 'Error: output format "foo" not supported'],
  ['tag set', 1, 'Error: must provide a tag for modification'],
  ['tag set a b', 1, 'Error: must provide a single tag for creation'],
  ['tag foo', 1, 'Error: unknown subcommand "foo"'],
  ['create-remote-secret x', 64, 'Error: unknown command "x" for "istioctl create-remote-secret"'],
  ['create-remote-secret --type foo', 1, 'error: unsupported type: foo'],
  ['create-remote-secret --auth-type foo', 1, 'error: unsupported authentication type: foo'],
  ['validate x', 64, 'Error: unknown command "x" for "istioctl validate"'],
  ['x injector foo', 1, 'Error: unknown subcommand "foo"'],
  [
    'uninstall foo',
    1,
    'Error: at least one of the --revision (or --set revision=<revision>), --filename or --purge flags must be set',
  ],
  [
    'analyze --output-threshold foo',
    64,
    'Error: invalid argument "foo" for "--output-threshold" flag: invalid level option',
  ],
  [
    'analyze --failure-threshold foo',
    64,
    'Error: invalid argument "foo" for "--failure-threshold" flag: invalid level option',
  ],
  ['--context nobody proxy-status', 1, 'Error: failed to setup client: context "nobody" does not exist'],
  [
    '--context nobody version',
    0,
    'Istio is not present in the cluster: failed to setup client: context "nobody" does not exist',
  ],
];

t.test('wrong invocations end as those of a real istioctl', async t => {
  await using world = await toolsWorld({}, { istioVersion: '1.30.3' });
  for (const [line, exitCode, error] of ROWS) {
    const ended = await world.run(`istioctl ${line}`);
    t.equal(ended.exitCode, exitCode, line);
    t.equal(ended.stderr.trimEnd().split('\n').at(-1), error, line);
  }
  t.match(await world.run('istioctl proxy-status nobody'), {
    exitCode: 1,
    stderr: /not simulated by mesh-harness: istioctl proxy-status with the name of a pod/,
  });
  t.match(await world.run('istioctl help version'), { exitCode: 0, stdout: /--remote/ });
  t.match(await world.run('istioctl help'), { exitCode: 0, stdout: /^Usage:/ });
  t.match(await world.run('istioctl version x'), { exitCode: 0 });
});
