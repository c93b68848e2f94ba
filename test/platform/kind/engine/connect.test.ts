/** What a person reads where Docker's client was left out, or is broken. */
import t from 'tap';
import { connectEngine } from '../../../../harness/platform/kind/engine/connect.ts';
import { problemOf } from '../../../../harness/run/judge.ts';

const failing = (message: string) => async () => {
  throw Object.assign(new Error(message), { code: 'MODULE_NOT_FOUND' });
};
const toldOf = async (message: string) =>
  problemOf(await connectEngine(failing(message)).catch((error: unknown) => error));
const stack = '\nRequire stack:\n- /home/me/node_modules/mesh-harness/dist/index.cjs';

for (const [name, message] of [
  ['module', `Cannot find module 'testcontainers'${stack}`],
  ['package', "Cannot find package 'testcontainers' imported from /home/me/dist/index.js"],
] as const)
  t.test(`a ${name} that was left out`, async t => {
    t.match(await toldOf(message), {
      kind: 'environment',
      message: /^The package testcontainers, through which Docker is reached, is not installed\.$/,
      hint: /npm .*; the simulator does without\.$/,
    });
  });

t.test('a package that is there, and lacks another', async t => {
  t.match(await toldOf(`Cannot find module 'ssh2'${stack}`), {
    message: /^The package testcontainers, .*, cannot be loaded: Cannot find module 'ssh2'$/,
  });
});
