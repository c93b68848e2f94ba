/** Input that nothing good can come of: every command that takes it refuses it, before anything is started. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { runCli, temporaryFolder } from '../support/cli.ts';

const folder = temporaryFolder();
t.teardown(() => folder[Symbol.dispose]());
const file = (name: string, text: string) => {
  writeFileSync(path.join(folder.path, name), text);
  return `./${name}`;
};

/** Runs the command line in the folder, and expects a refusal without a stack trace. */
async function refuses(t: Test, argv: readonly string[], ...says: readonly RegExp[]): Promise<void> {
  const { code, stdout, stderr } = await runCli(argv, folder.path);
  t.equal(code, 2, argv.join(' '));
  t.equal(stdout, '', 'nothing on standard output');
  t.notMatch(stderr, /^\s+at |defect of ours/m, 'no stack trace');
  for (const pattern of says) t.match(stderr, pattern);
}

t.test('a placement that can prove nothing', async t => {
  const scenario = file(
    'together.yaml',
    'networks: [{name: network1}]\nclusters:\n' +
      '  - {name: cluster1, network: network1, role: primary, workloads: {helloWorld: [v1, v2]}}\n' +
      '  - {name: cluster2, network: network1, role: primary}\n',
  );
  for (const argv of [['plan'], ['run'], ['up'], ['verify'], ['diagnose'], ['matrix', '--list']])
    await refuses(
      t,
      [...argv, scenario],
      /puts v1 and v2 into clusters\[0\] together/,
      /docs\/scenarios\.md/,
    );
});
