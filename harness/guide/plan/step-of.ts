/** A group of units as a step of a plan. */
import { quoteArgv } from '../../base/quote.ts';
import type { Command } from '../../model/command.ts';
import { deadlineOf } from '../../plan/plan.ts';
import type { GuideReference, Step, StepId } from '../../plan/step.ts';
import type { Page } from '../page/page.ts';
import type { PlacedErratum } from './errata-of.ts';
import type { StepGroup } from './groups.ts';
import { nameOfPage, shortened } from './names.ts';
import { subjectOf } from './subject.ts';
import type { Unit } from './units.ts';

/** What a step needs to know of its guide. */
export interface StepSurroundings {
  readonly pages: readonly Page[];
  readonly errata: readonly PlacedErratum[];
  /** Where the page as it is printed has a step of ours; a mend may have moved it. */
  readonly printed: ReadonlyMap<StepId, Lines>;
  /** Leads from a line of the mended page to the one as it is printed, for steps of the page alone. */
  readonly lineOf: (file: string, line: number) => number;
  /** True: a value that ours wait for is waited for here too. */
  readonly awaits: boolean;
}

type Lines = readonly [first: number, last: number];

const LONGEST_TITLE = 70;

/** Makes a step; what it depends on is not said yet. */
export function stepOf({ units, step: own }: StepGroup, around: StepSurroundings): Step {
  const commands = withoutIdleWaits(
    units.flatMap(unit => unit.commands.map(command => timed(placed(command, around), own, around.awaits))),
  );
  const { guide, file, lines } = placeOf({ units, step: own }, around);
  const cluster = own?.cluster ?? commands.at(-1)?.cluster;
  return {
    id: own?.id ?? `${file}/L${lines[0]}`,
    title: own?.title ?? titleOf(commands),
    ...(cluster !== undefined && { cluster }),
    guide,
    dependsOn: [],
    files: units.flatMap(({ files }) => files),
    commands,
    omission: own?.omission ?? {
      harmless: false,
      because: 'only the page has it, so no one has tried what happens without',
    },
    errata: around.errata
      .filter(each => each.file === units[0]?.origins[0].place.file)
      .filter(({ lines: [line] }) => line >= lines[0] && line <= lines[1])
      .map(({ id }) => id),
    deadlineMs: deadlineOf(commands),
  };
}

/** Returns the lines of units in the pages that they were read from. */
export function linesOf(
  units: readonly Unit[],
  lineOf: StepSurroundings['lineOf'] = (_file, line) => line,
): Lines {
  const places = units.flatMap(({ origins: [first, last] }) => [
    first.place,
    last.page.source.placeOf(last.span.end),
  ]);
  const lines = places.map(({ file, line }) => lineOf(file, line));
  return [Math.min(...lines), Math.max(...lines)];
}

function placeOf(
  { units, step }: StepGroup,
  { pages, printed, lineOf }: StepSurroundings,
): { readonly guide: GuideReference; readonly file: string; readonly lines: readonly [number, number] } {
  const lines = (step && printed.get(step.id)) ?? linesOf(units, lineOf);
  const [origin] = units[0]?.origins ?? [];
  const file = origin ? nameOfPage(origin.page) : 'guide';
  const section = origin?.block.section.at(-1) ?? file;
  return { guide: { ...(pages.length > 1 && { page: file }), section, lines }, file, lines };
}

/** Leads to the page as it is printed, for what that shows. */
function placed(command: Command, { lineOf }: StepSurroundings): Command {
  const { showsAt } = command;
  if (!showsAt) return command;
  return { ...command, showsAt: { ...showsAt, line: lineOf(showsAt.file, showsAt.line) } };
}

/** Gives a command the deadline of ours that does the same, and what ours waits for. */
function timed(command: Command, own: Step | undefined, awaits: boolean): Command {
  const { key } = subjectOf([command]);
  const like = own?.commands.find(
    each => subjectOf([each]).key === key && each.output?.to === command.output?.to,
  );
  if (!like) return command;
  const isAwaited = awaits && like.awaits !== undefined;
  const timeoutMs = isAwaited || like.awaits === undefined ? like.timeoutMs : command.timeoutMs;
  return { ...command, timeoutMs, ...(isAwaited && { awaits: like.awaits }) };
}

/**
 * Leaves out the `kubectl wait` for what the next command asks for until it is there: not every kubectl can
 * wait for an address.
 */
const withoutIdleWaits = (commands: readonly Command[]): readonly Command[] =>
  commands.filter((command, index) => {
    const next = commands[index + 1];
    const isWait = command.tool === 'kubectl' && command.args.includes('wait');
    return !isWait || next?.output?.to !== 'variable' || !next.awaits || !isAlike(command, next);
  });

const isAlike = (one: Command, other: Command): boolean => subjectOf([one]).key === subjectOf([other]).key;

function titleOf(commands: readonly Command[]): string {
  const [first] = commands;
  const text = first ? quoteArgv([first.tool, ...first.args]).replaceAll('\n', ' ') : '';
  return shortened(text, LONGEST_TITLE);
}
