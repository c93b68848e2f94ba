/** Asks an API server all groups, several side by side. */
import { type Answers, type Asked, askGroup } from './ask.ts';
import type { Answer, Group } from './question.ts';

/** How groups are asked. */
export interface AskAllOptions {
  /** How many groups at a time; by default one after the other. */
  readonly atATime?: number;
  /** Told of a group whose namespaces could not be made: none of its questions is answered. */
  readonly onFailure: (group: string, error: unknown) => void;
  /** Gets whole bodies of answers, by `group: question`. */
  readonly onBody?: (name: string, body: unknown) => void;
}

/** @returns the answers by group, in the groups' order */
export async function askAll(
  asked: Asked,
  groups: readonly Group[],
  { atATime = 1, onFailure, onBody }: AskAllOptions,
): Promise<Readonly<Record<string, Answers>>> {
  const found = new Map<string, Answers>();
  const waiting = [...groups];
  const work = async (): Promise<void> => {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      const { name } = group;
      try {
        const answers: Record<string, Answer> = {};
        for (const [id, { answer, body }] of await askGroup(asked, group)) {
          answers[id] = answer;
          onBody?.(`${name}: ${id}`, body);
        }
        found.set(name, answers);
      } catch (error) {
        onFailure(name, error);
      }
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return Object.fromEntries(groups.map(({ name }) => [name, found.get(name) ?? {}]));
}
