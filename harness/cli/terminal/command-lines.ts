/** Commands with their output as they run, for `--verbose`: each line says which step it is of. Pure. */
import type { StepId } from '../../plan/step.ts';
import type { RunEvent } from '../../run/events.ts';

/** Turns the events of commands into lines. Steps run side by side, so no line stands without its step. */
export class CommandLines {
  /** Lines that programs have said before they ended, by step. */
  readonly #said = new Map<StepId, Set<string>>();

  /** Writes the lines of an event, without colours; none for what is not about a command. */
  of(event: RunEvent): readonly string[] {
    switch (event.type) {
      case 'command-started':
        this.#said.set(event.step, new Set());
        return within(event.step, `$ ${event.line}`);
      case 'step-progress':
        this.#said.get(event.step)?.add(event.message.trim());
        return within(event.step, event.message);
      case 'command-ended': {
        const { stdout, stderr, exitCode, fault } = event.command.result;
        const said = this.#said.get(event.step);
        const printed = [stdout, stderr].flatMap(text => text.trimEnd().split('\n'));
        const news = printed.filter(line => line !== '' && !said?.has(line.trim()));
        const end = fault ?? (exitCode === 0 ? undefined : `exit code ${exitCode}`);
        return [...news, ...(end === undefined ? [] : [`(${end})`])].flatMap(line =>
          within(event.step, line),
        );
      }
      default:
        return [];
    }
  }
}

const within = (step: StepId, text: string): readonly string[] =>
  text.split('\n').map(line => `[${step}] ${line}`);
