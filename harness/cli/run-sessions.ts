/** The sessions of `mesh-harness run`: one for each scenario. */
import path from 'node:path';
import { messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { editionOf } from '../plan/plan.ts';
import type { Programs } from '../platform/platform.ts';
import type { RunEvent, RunListener } from '../run/events.ts';
import { Listeners } from '../run/listeners.ts';
import type { OpenedOptions } from '../session/opened.ts';
import { type PreparedSession, prepareSession } from '../session/prepare.ts';
import { newRunId } from '../session/run-id.ts';
import type { RunFlags } from './commands/run.flags.ts';
import { placeOf } from './report-folder.ts';
import type { RunBeginning } from './run-beginning.ts';
import { InOrder } from './threads/in-order.ts';
import type { Answer, OrderedSession } from './threads/orders.ts';

/** What the sessions of a command have said, in the order of their scenarios. */
export class Heard {
  readonly events: RunEvent[] = [];
  /** What stays, and how to remove it. */
  readonly kept: string[] = [];
  /** What was lost besides reports. */
  readonly troubles: string[] = [];
  readonly order = new InOrder();
  readonly #listeners: readonly RunListener[];

  /** @param listeners - hear the events of one session after the other */
  constructor(listeners: readonly RunListener[]) {
    this.#listeners = [event => void this.events.push(event), ...listeners];
  }

  /**
   * Returns what hears a session.
   * @param index - of its scenario
   * @param onFailure - told of listeners that throw
   */
  earOf(index: number, onFailure: (message: string) => void): (answer: Answer) => void {
    const listeners = new Listeners(this.#listeners, onFailure);
    const take = (answer: Answer) => {
      if (answer.type === 'event') listeners.tell(answer.event);
      else if (answer.type === 'kept') this.kept.push(...answer.lines);
      else if (answer.type === 'trace-lost')
        this.troubles.push(redact(`mesh-harness: The trace ends early: ${answer.reason}`));
    };
    return answer => this.order.tell(index, () => take(answer));
  }
}

/** A session that nothing is wrong with. */
export interface RunSession {
  readonly prepared: PreparedSession;
  /** The same, for another thread. */
  readonly ordered: OrderedSession;
  /** Hears it, wherever it runs. */
  readonly ear: (answer: Answer) => void;
}

/** What all sessions of a command share. */
interface Sessions extends Pick<OpenedOptions, 'real'> {
  readonly flags: RunFlags;
  readonly beginning: RunBeginning;
  readonly heard: Heard;
  readonly programs: Programs | undefined;
  readonly signal: AbortSignal;
  /** Told of what fails besides. */
  readonly trouble: (text: string) => void;
}

/** Prepares a session for each scenario. @throws HarnessError for options that are wrong */
export async function prepareSessions(shared: Sessions): Promise<readonly RunSession[]> {
  const { flags, beginning, heard, signal, real, trouble } = shared;
  const { works, platform, edition } = beginning;
  const sessions: RunSession[] = [];
  for (const [index, work] of works.entries()) {
    const { name } = work.topology;
    const runId = newRunId();
    const { folder } = placeOf(sessions[0]?.ordered.runId ?? runId, flags);
    const ordered: OrderedSession = {
      ...workOptions(work, flags),
      ...{ platform, edition, runId },
      ...(flags.trace !== undefined && {
        traceFolder: works.length === 1 ? flags.trace : path.join(flags.trace, name),
      }),
      diagnosticsFolder: path.join(folder, 'diagnostics', name),
    };
    const ear = heard.earOf(index, trouble);
    const prepared = await prepareSession({
      ...ordered,
      ...openingOf(shared),
      ...(real && { real }),
      signal,
      listeners: [event => ear({ type: 'event', event })],
      onKept: lines => ear({ type: 'kept', lines }),
      onTraceLost: error => ear({ type: 'trace-lost', reason: messageOf(error) }),
    });
    sessions.push({ prepared, ordered, ear });
  }
  return sessions;
}

/** Returns the options that flags and the scenario's file decide. */
function workOptions({ topology, verify, plan }: RunBeginning['works'][number], flags: RunFlags) {
  const requests = flags.requests ?? verify.requests;
  const risk = flags.risk ?? verify.risk;
  return {
    topology: flags.allowNotSimulated ? { ...topology, allowNotSimulated: true } : topology,
    ...(plan && { plan }),
    ...(flags.seed !== undefined && { seed: flags.seed }),
    ...(flags.kubernetesVersion && { kubernetes: flags.kubernetesVersion }),
    omit: flags.omit,
    faults: flags.fault,
    keepGoing: flags.keepGoing,
    extended: flags.extended,
    onlyChecks: flags.check,
    skipChecks: flags.skipCheck,
    ...(flags.allowChanges && { allowChanges: true }),
    ...(flags.keep ? { keep: 'always' as const } : flags.keepOnFailure && { keep: 'on-failure' as const }),
    ...(requests !== undefined && { requests }),
    ...(risk !== undefined && { risk }),
  };
}

/** Returns how the simulator is opened: to programs, to a real istiod, or not at all. */
function openingOf({ programs, beginning }: Sessions): Pick<OpenedOptions, 'open'> {
  const { edition, istiod, istioctl } = beginning;
  if (!programs && !istiod) return {};
  return {
    open: {
      istioVersion: editionOf(edition).istioVersion,
      ...(programs && { programs }),
      ...(istioctl && { istioctlVersion: istioctl.version }),
      ...(istiod && { istiod }),
    },
  };
}
