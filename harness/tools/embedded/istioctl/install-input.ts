/** What `istioctl install`, `manifest generate` and `uninstall` read: flags, documents and an answer. */
import { codeOf, messageOf } from '../../../base/errors.ts';
import { InstallError } from '../../../simulator/istio/install/install-error.ts';
import type { InstallPlan } from '../../../simulator/istio/install/install-plan.ts';
import { renderInstall } from '../../../simulator/istio/install/render.ts';
import type { FlagTable, ParsedFlags } from '../flags.ts';
import { ToolExit } from '../invocation.ts';
import { releaseOf } from './releases.ts';
import type { Call } from './verb.ts';

/** Flags that say what an installation consists of. */
export const INPUT_FLAGS: FlagTable = {
  filename: { type: 'list', short: 'f' },
  set: { type: 'list', short: 's' },
  force: { type: 'boolean' },
  revision: { type: 'text', short: 'r' },
};

/**
 * Renders the installation that the flags describe.
 * @throws ToolExit with istioctl's words for a file that is missing or wrong
 */
export function renderInput(call: Call, purpose: 'install' | 'generate' = 'install'): InstallPlan {
  const { flags, invocation, istioVersion } = call;
  try {
    const documents = flags
      .list('filename')
      .map(path => (path === '-' ? (invocation.stdin ?? '') : invocation.readFile(path)));
    const plan = renderInstall(documents, {
      version: istioVersion,
      settings: [...flags.list('set'), ...revisionOf(flags)],
      force: flags.boolean('force'),
    });
    for (const what of plan.told) invocation.stderr(`! ${what}\n`);
    return plan;
  } catch (error) {
    const isFile = codeOf(error) === 'ENOENT';
    if (!(error instanceof InstallError || isFile)) throw error;
    const { noInput } = releaseOf(istioVersion);
    throw new ToolExit(`Error: ${noInput[purpose]}${isFile ? (noInput.file ?? '') : ''}${messageOf(error)}`);
  }
}

/** `--revision` comes after every `--set` (operator/cmd/mesh/shared.go, applyFlagAliases @1.30.3). */
function revisionOf(flags: ParsedFlags): readonly string[] {
  const revision = flags.text('revision');
  if (revision === undefined) return [];
  if (revision === '') throw new InstallError('invalid revision specified: ');
  return [`revision=${revision}`];
}

/** Asks a question and reads one word: only y and yes are a yes, not the end of the input either. */
export async function confirmed({ flags, invocation }: Call, question: string): Promise<boolean> {
  // `-f -` has used the standard input up.
  const isRead = flags.list('filename').includes('-');
  let answer = '';
  if (!isRead && invocation.ask) {
    answer = await invocation.ask(question);
  } else {
    invocation.stdout(question);
    if (!isRead) answer = invocation.stdin ?? '';
  }
  return /^\s*(y|yes)(\s|$)/i.test(answer);
}
