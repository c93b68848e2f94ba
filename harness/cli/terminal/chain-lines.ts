/** A walked chain as lines for people: one for each link, and a box with the first broken one. Pure. */
import type { LinkOutcome } from '../../verify/diagnose/links/link.ts';
import type { LinkResult, Walked } from '../../verify/diagnose/links/walk.ts';
import type { Remedy } from '../chain-report.ts';
import type { Colours, LineStyle } from './screen.ts';
import { NARROWEST, wrapped } from './text-width.ts';

/** Findings of one outcome that a line tells; the others are counted. */
const MOST_TOLD = 3;
/** Columns of the box where the terminal has as many, or nobody sees one. */
const BOX_WIDTH = 98;

/** Writes the line of a link: `✗ remote-secret  there is no remote secret for …`. */
export function linkLine(link: LinkResult, colours: Colours, width: number): string {
  const same = link.findings.filter(({ outcome }) => outcome === link.outcome);
  const told = [...new Set(same.map(({ seen }) => seen))];
  const more = told.length > MOST_TOLD ? `; and ${told.length - MOST_TOLD} more` : '';
  const seen = `${told.slice(0, MOST_TOLD).join('; ')}${more}`;
  const prefix = link.outcome === 'not-asked' ? 'not asked: ' : '';
  return ` ${markOf(link, colours)} ${link.id.padEnd(width)}  ${prefix}${seen}`;
}

function markOf({ outcome, findings }: LinkResult, colours: Colours): string {
  const marks: Readonly<Record<LinkOutcome, string>> = {
    ok: colours.green('✓'),
    broken: findings.some(each => each.outcome === 'broken' && !each.isHarmless)
      ? colours.red('✗')
      : colours.yellow('!'),
    'not-asked': colours.yellow('?'),
    'not-applicable': colours.dim('-'),
  };
  return marks[outcome];
}

/** Writes the box: cause, the guide's step and line, the command, which is never broken. */
export function boxLines(remedy: Remedy, { colours, columns, typed }: LineStyle): readonly string[] {
  const { cause, step, place, mistakes, command } = remedy;
  const width = Math.min(BOX_WIDTH, Math.max(NARROWEST, columns ?? BOX_WIDTH)) - 2;
  const part = (head: string, text: string) => [
    '',
    colours.dim(head),
    ...wrapped(typed(text), width - 2).map(line => `  ${line}`),
  ];
  const lines = [
    ...wrapped(typed(cause), width).map(line => colours.bold(line)),
    ...(step && place ? part('the guide has it in', `${place} (step ${step.id}: ${step.title})`) : []),
    ...mistakes.flatMap(mistake => part('a mistake of the guide’s text there', mistake)),
    ...(command === undefined
      ? []
      : ['', colours.dim('command'), ...command.split('\n').map(line => `  ${line}`)]),
  ];
  return ['┌─', ...lines.map(line => (line === '' ? '│' : `│ ${line}`)), '└─'];
}

/** Says in a sentence what the chain shows. */
export function chainSentence({ verdict, links }: Walked): string {
  const count = (outcome: LinkOutcome) => links.filter(link => link.outcome === outcome).length;
  const asked = count('ok') + count('broken');
  const open = count('not-asked');
  const rest = open === 0 ? '' : `; ${open} could not be asked`;
  if (verdict === 'passed') return `Nothing is broken: ${asked} links were asked.`;
  return count('broken') === 0
    ? `Nothing is known to be broken: ${count('ok')} links are in order${rest}.`
    : `Broken: ${count('broken')} of ${asked} links${rest}.`;
}
