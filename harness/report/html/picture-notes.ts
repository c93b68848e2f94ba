/** The numbered notes below a picture: what is broken, absent or was not seen, with the reason. Pure. */
import { capitalized } from '../../verify/figures.ts';
import type { PictureModel } from './picture-model.ts';
import { html, type Markup } from './text.ts';

/** Ids of elements → the number of their note, as a sign. */
export type Numbered = ReadonlyMap<string, string>;

/** A part or a way that is not in order. */
interface Noted {
  readonly id: string;
  readonly text: string;
}

const WORDS = { present: '', absent: 'absent', broken: 'broken', 'not-seen': 'not seen' } as const;

/** Writes the number of a note: not every font has numbers in circles. */
const sign = (number: number): string => `[${number}]`;

/**
 * Numbers what is not in order, the same reason once.
 * @returns the signs, and the list that explains them; no list where all is in order
 */
export function notesOf(model: PictureModel): {
  readonly numbered: Numbered;
  readonly list: Markup | undefined;
} {
  const texts = new Map<string, string[]>();
  for (const { id, text } of notedIn(model)) texts.set(text, [...(texts.get(text) ?? []), id]);
  const entries = [...texts];
  const numbered = new Map(
    entries.flatMap(([, ids], index) => ids.map(id => [id, sign(index + 1)] as const)),
  );
  if (entries.length === 0) return { numbered, list: undefined };
  const items = entries.map(
    ([text, ids], index) =>
      html`<li data-notes="${ids.join(' ')}"><span class="sign">${sign(index + 1)}</span> ${text}</li>`,
  );
  return { numbered, list: html`<ol class="notes" aria-label="what is not in order">${items}</ol>` };
}

function notedIn({ clusters, ways, strays }: PictureModel): readonly Noted[] {
  const lost = clusters.filter(({ parts }) => parts.some(isUnreached));
  const isLost = (cluster: string) => lost.some(({ name }) => name === cluster);
  const parts = clusters
    .flatMap(cluster => cluster.parts)
    .filter(part => part.state !== 'present' && (!isLost(part.cluster) || isUnreached(part)))
    .map(part => ({
      id: part.id,
      text: isUnreached(part)
        ? `Nothing was seen in ${part.cluster}: ${part.error}`
        : `${part.title} in ${part.cluster}: ${WORDS[part.state]}${because(part.error)}`,
    }));
  const others = [...ways.filter(({ state }) => state !== 'present'), ...strays];
  return [
    ...parts,
    ...others.map(({ id, says, state, error, ...other }) => ({
      id,
      text:
        'isOpen' in other
          ? OPEN
          : `${capitalized(says)}: ${state === 'present' ? 'seen' : WORDS[state]}${because(error)}`,
    })),
  ];
}

/** Of all calls that did not come to a cluster, and need not. */
const OPEN =
  'No call came here, which may be: another cluster behind the same gateways answered, and both are judged ' +
  'together, as gateways choose a pod for each connection, not for each call';

const because = (error: string | undefined): string => (error === undefined ? '' : `: ${error}`);

/** Tells whether a part says that its cluster did not answer. */
const isUnreached = ({ kind, state }: { readonly kind: string; readonly state: string }): boolean =>
  kind === 'api-server' && state === 'not-seen';
