/** What went wrong, in order, and the verdict that follows. */
import type { Problem, Verdict } from './events.ts';

/**
 * A run has failed if something is the mesh's fault and no earlier step failed for its environment: later
 * failures may be mere consequences of that one. A check that the environment left without an answer does not
 * outweigh one that has its answer.
 */
export class Findings {
  readonly #all: { readonly problem: Problem; readonly from: 'step' | 'check' }[] = [];
  #interruption: Problem | undefined;
  #annulment: Problem | undefined;

  add(problem: Problem, from: 'step' | 'check'): void {
    this.#all.push({ problem, from });
  }

  /**
   * Takes the verdict off all that was found, before and after: the clusters are not what was asked for.
   * @param why - what they are instead
   */
  annul(why: Problem): void {
    this.#annulment ??= why;
  }

  /** @param why - the signal's reason */
  interrupt(why: string): void {
    this.#interruption ??= { kind: 'environment', message: `The run ended early. ${why}` };
  }

  get interrupted(): boolean {
    return this.#interruption !== undefined;
  }

  get verdict(): Verdict {
    if (this.interrupted || this.#annulment) return 'unknown';
    if (this.#meshFaults.length > 0) return 'failed';
    return this.#all.length > 0 ? 'unknown' : 'passed';
  }

  /** The first finding that the verdict rests on; where it points to nothing, with the first that does. */
  get reason(): Problem | undefined {
    const nothing = this.#interruption ?? this.#annulment;
    if (nothing) return nothing;
    const [first, ...later] = this.#meshFaults;
    if (!first) return this.#all[0]?.problem;
    const diagnosed = later.find(({ diagnosis }) => diagnosis !== undefined);
    if (first.diagnosis || !diagnosed?.diagnosis) return first;
    return { ...diagnosed, message: `${first.message}; ${diagnosed.message}` };
  }

  get #meshFaults(): readonly Problem[] {
    const poisoned = this.#all.findIndex(
      ({ problem, from }) => from === 'step' && problem.kind === 'environment',
    );
    const sound = poisoned < 0 ? this.#all : this.#all.slice(0, poisoned);
    return sound.flatMap(({ problem }) => (problem.kind === 'mesh' ? [problem] : []));
  }
}
