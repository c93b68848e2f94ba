/** Every command and flag that a real istioctl has is executed, harmless or told as not simulated. */
import t from 'tap';
import { systemClock } from '../../../../harness/base/clock.ts';
import { createRandom } from '../../../../harness/base/random.ts';
import type { Classified } from '../../../../harness/simulator/istio/registry/classify.ts';
import { commandsOf } from '../../../../harness/simulator/istio/registry/commands.ts';
import { classified } from '../../../../harness/simulator/istio/registry/registry.ts';
import { ToolExit } from '../../../../harness/tools/embedded/invocation.ts';
import { istioctlOf } from '../../../../harness/tools/embedded/istioctl/istioctl.ts';
import { verdictOf } from '../../../support/registry-entries.ts';

const NOT_SIMULATED = /^Error: not simulated by mesh-harness: istioctl /;
const VALUES = ['', '=true', '=1', '=1s'];

/** Runs a line that asks for help, so that nothing else happens. @returns what it fails with */
async function failureOf(version: string, argv: readonly string[]): Promise<string | undefined> {
  try {
    await istioctlOf(version)({
      argv,
      stdin: undefined,
      stdout() {},
      stderr() {},
      readFile: () => '',
      writeFile() {},
      listFolder: () => undefined,
      connect: () => t.fail('help needs no cluster') as never,
      clock: systemClock,
      signal: new AbortController().signal,
      onProgress() {},
      random: createRandom('help'),
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolExit)) throw error;
    t.equal(error.exitCode === 0, false);
    return error.message;
  }
}

/** A flag with the first value that it takes, if it takes one. */
async function failureOfFlag(version: string, words: readonly string[], flag: string) {
  let failure: string | undefined;
  for (const value of VALUES) {
    failure = await failureOf(version, [...words, '--help', `${flag}${value}`]);
    if (failure === undefined || NOT_SIMULATED.test(failure)) return failure;
  }
  return failure;
}

for (const [version, edition] of [
  ['1.8.0', '1.8'],
  ['1.30.3', 'current'],
] as const)
  t.test(version, async t => {
    const wrong: string[] = [];
    for (const [command, flags] of commandsOf(edition)) {
      const words = command.split(' ').filter(word => word !== '');
      const isExecuted = words.length === 0 || verdictOf(edition, words).kind === 'executed';
      const failure = await failureOf(version, [...words, '--help']);
      if (isExecuted ? failure !== undefined : !NOT_SIMULATED.test(failure ?? ''))
        wrong.push(`${command}: ${failure}`);
      for (const flag of flags) {
        const said = await failureOfFlag(version, words, flag);
        if (!flag.startsWith('--')) {
          // Short forms share the lot of the long ones, which stand beside them.
          if (said !== undefined && !NOT_SIMULATED.test(said)) wrong.push(`${command} ${flag}: ${said}`);
          continue;
        }
        const { kind } = verdictOf(edition, [...words, flag]);
        const isTaken = said === undefined;
        if (kind === 'not simulated' ? !NOT_SIMULATED.test(said ?? '') : !isTaken)
          wrong.push(`${command} ${flag} (${kind}): ${said}`);
      }
    }
    t.same(wrong, []);
    t.ok(commandsOf(edition).size > 100);
  });

t.test('rules name only what a release has', async t => {
  for (const edition of ['1.8', 'current'] as const) {
    const commands = commandsOf(edition);
    const strange: string[] = [];
    const walk = (at: Classified, words: readonly string[]): void => {
      for (const [name, below] of at.within) {
        const isThere = name.startsWith('--')
          ? commands.get(words.join(' '))?.has(name)
          : commands.has([...words, name].join(' '));
        if (!isThere) strange.push([...words, name].join(' '));
        walk(below, [...words, name]);
      }
    };
    walk(classified(edition, 'istioctl'), []);
    t.same(strange, [], edition);
  }
});

t.test('what no istioctl has is unknown', async t => {
  t.match(await failureOf('1.30.3', ['profiles']), /unknown command "profiles" for "istioctl"/);
  t.match(await failureOf('1.30.3', ['install', '--revisions']), /unknown flag: --revisions/);
  t.match(await failureOf('1.8.0', ['remote-clusters']), /unknown command/);
  t.match(await failureOf('1.8.0', ['profile', 'list']), 'not simulated by mesh-harness: istioctl profile');
});
