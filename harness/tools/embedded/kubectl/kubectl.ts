/** kubectl inside this process: the table of its verbs, and the search for the verb of a command line. */
import { FlagError, type FlagTable } from '../flags.ts';
import { type Program, ToolExit } from '../invocation.ts';
import { apply } from './apply.ts';
import {
  createConfigMap,
  createNamespace,
  createSecretGeneric,
  createServiceAccount,
  createToken,
} from './create.ts';
import { createFromFile } from './create-from-file.ts';
import { remove } from './delete.ts';
import { endOf } from './errors.ts';
import { exec } from './exec.ts';
import { get } from './get.ts';
import { annotate, label } from './label.ts';
import { logs } from './logs.ts';
import { patch } from './patch.ts';
import { rolloutRestart, rolloutStatus } from './rollout.ts';
import { scale } from './scale.ts';
import { runVerb, splitVerb, type Verb } from './verb.ts';
import { KUBECTL_VERSION, version } from './version.ts';
import { wait } from './wait.ts';

export { KUBECTL_VERSION };

/** A verb, or a word with verbs below it; `own` is what the word does by itself. */
type Entry = Verb | { readonly own?: Verb; readonly below: Readonly<Record<string, Entry>> };

const secret: Entry = { below: { generic: createSecretGeneric } };
const VERBS: Readonly<Record<string, Entry>> = {
  annotate,
  apply,
  create: {
    own: createFromFile,
    below: {
      configmap: createConfigMap,
      cm: createConfigMap,
      namespace: createNamespace,
      ns: createNamespace,
      secret,
      serviceaccount: createServiceAccount,
      sa: createServiceAccount,
      token: createToken,
    },
  },
  delete: remove,
  exec,
  get,
  label,
  logs,
  patch,
  rollout: { below: { restart: rolloutRestart, status: rolloutStatus } },
  scale,
  version,
  wait,
};

/** Runs kubectl 1.32, for the verbs in `VERBS`; it refuses others by name. */
export const kubectl: Program = async invocation => {
  const path: string[] = [];
  let entry: Entry = { below: VERBS };
  let argv = invocation.argv;
  while (!('run' in entry)) {
    const { own, below }: { own?: Verb; below: Readonly<Record<string, Entry>> } = entry;
    const found = nextWord(argv, own?.flags ?? {}, path.join(' '));
    const next: Entry | undefined = found.verb === undefined ? undefined : below[found.verb];
    if (next && found.verb !== undefined) {
      path.push(found.verb);
      argv = found.rest;
      entry = next;
    } else if (own) {
      entry = own;
    } else if (found.verb === undefined) {
      throw new ToolExit(
        path.length === 0
          ? overview()
          : `error: a command is needed after "kubectl ${path.join(' ')}"; there are: ${Object.keys(below).join(', ')}`,
      );
    } else {
      throw new ToolExit(
        path.length === 0
          ? `error: unknown command "${found.verb}" for "kubectl"`
          : `error: unknown command "${found.verb}"\nSee 'kubectl ${path.join(' ')} -h' for help and examples`,
      );
    }
  }
  return await runVerb(path.join(' '), entry, argv, invocation);
};

function nextWord(argv: readonly string[], flags: FlagTable, command: string) {
  try {
    return splitVerb(argv, flags);
  } catch (error) {
    if (error instanceof FlagError) throw endOf(error, command);
    throw error;
  }
}

const overview = () =>
  `kubectl controls the Kubernetes cluster manager.\n\nCommands inside this process: ${Object.keys(VERBS).join(', ')}`;
