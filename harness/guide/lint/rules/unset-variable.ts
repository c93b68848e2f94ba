/** Rule: a variable is used that nothing sets before. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { Origin, SetEvent, Trace, VariableUse } from '../../follow/trace.ts';
import type { Block, Page } from '../../page/page.ts';
import { meshNames } from '../names.ts';
import { hasPagesBefore } from '../pages-before.ts';
import type { Rule, RuleFinding, RuleInput } from '../rule.ts';
import { isTold } from '../told-variables.ts';
import { usesIn } from '../uses.ts';

/** The rule `unset-variable`. */
export const unsetVariable: Rule = {
  id: 'unset-variable',
  severity: 'error',
  sentence: 'A variable is used that nothing sets before.',
  because:
    'The shell puts nothing in the place of a variable that is not set (POSIX, "Parameter Expansion"). ' +
    'A variable counts as set if the guide sets it before, or tells its reader to do so in words or in ' +
    'a table.',
  example: {
    bad: `$ kubectl --context=\${CTX_ONE} get pod`,
    good: `$ export CTX_ONE=one\n$ kubectl --context=\${CTX_ONE} get pod`,
  },
  find(input) {
    const names = meshNames(input.traces, input.edition);
    return input.traces.flatMap(trace => findIn(trace, input, names));
  },
};

function findIn(trace: Trace, { pages }: RuleInput, names: ReadonlySet<string>): readonly RuleFinding[] {
  // Each name is looked at once.
  const told = new Set<string>();
  // What is beyond the part of the shell that we follow may set anything.
  const unknown = wordsBeyond(trace);
  const sets = trace.events.flatMap((event, at) => (event.kind === 'set' ? [{ at, event }] : []));
  return trace.events.flatMap((event, index) =>
    usesIn(event).flatMap(({ use }) => {
      if (use.isSet || told.has(use.name) || unknown.has(use.name)) return [];
      const { page } = event.origin;
      const setBy = sets.find(({ at, event: { name } }) => at > index && name === use.name)?.event.origin;
      const isLater = setBy !== undefined && setBy.page !== page;
      told.add(use.name);
      // Where a page that comes later sets it, a reader is not yet told what that page says.
      if (isTold(use.name, isLater ? pages.slice(0, pages.indexOf(page) + 1) : pages)) return [];
      return [finding(use, page, trace, { index, names, sets, setBy })];
    }),
  );
}

/** The words of the blocks in which something is beyond the part of the shell that we follow. */
function wordsBeyond({ events }: Trace): ReadonlySet<string> {
  const blocks = new Map<Block, Page>();
  for (const { kind, origin } of events) if (kind === 'beyond') blocks.set(origin.block, origin.page);
  return new Set(
    [...blocks].flatMap(
      ([{ span }, { source }]) => source.text.slice(span.start, span.end).match(/\w+/g) ?? [],
    ),
  );
}

/** Variables, the last ones, that a guess is made from. */
const MOST_GUESSED = 100;

/** What is known of a trace, beside the use of a variable. */
interface Known {
  /** Of the event with the use. */
  readonly index: number;
  readonly names: ReadonlySet<string>;
  readonly sets: readonly { readonly at: number; readonly event: SetEvent }[];
  /** Where it is set later. */
  readonly setBy: Origin | undefined;
}

function finding(
  use: VariableUse,
  page: Page,
  trace: Trace,
  { index, names, sets, setBy }: Known,
): RuleFinding {
  const isLater = setBy !== undefined && setBy.page !== page;
  const meant = didYouMean(
    use.name,
    sets
      .filter(({ at }) => at < index)
      .slice(-MOST_GUESSED)
      .map(({ event }) => event.name),
  );
  const isName = names.has(use.name);
  const asked = `\${${use.name}}`;
  return {
    page,
    span: use.span,
    // What a page takes from elsewhere may set it, unless it looks like one of the guide's own.
    ...(meant === undefined &&
      !isName &&
      !isLater &&
      takesFromElsewhere(trace) && { severity: 'note' as const }),
    message: [
      `Nothing sets ${use.name} before this${laterText(setBy, page)}.`,
      ...(meant !== undefined && !isName ? [meant] : []),
    ].join(' '),
    wouldHappen: `The shell puts nothing in the place of ${asked}, and the command means something else.`,
    ...(isName && {
      fix: {
        description: `Write the name: ${use.name}`,
        edits: [{ ...use.span, text: use.name }],
        isSafe: true,
      },
    }),
  };
}

function laterText(setBy: Origin | undefined, page: Page): string {
  if (!setBy) return '';
  const { file, line } = setBy.place;
  return setBy.page === page
    ? `; line ${line} does, later`
    : `; ${file}:${line} does, on a page that comes later`;
}

const takesFromElsewhere = ({ view }: Trace): boolean =>
  view.pages.some(page => page.includes.length > 0 || hasPagesBefore(page));
