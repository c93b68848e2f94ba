/** From a way through a guide to a plan that can be printed, run and held against ours. */
import { HarnessError } from '../../base/errors.ts';
import type { EditionName } from '../../model/east-west-gateway.ts';
import type { Topology } from '../../model/topology.ts';
import { planTopology } from '../../plan/plan.ts';
import type { Erratum, Plan, Step, StepId } from '../../plan/step.ts';
import type { Trace } from '../follow/trace.ts';
import type { Finding } from '../lint/finding.ts';
import type { Page } from '../page/page.ts';
import { plainWayOf } from './choices.ts';
import { errataOf } from './errata-of.ts';
import { groupsOf, isCleanUp, type StepGroup } from './groups.ts';
import { matchUnits } from './match.ts';
import { nameOfTrace } from './names.ts';
import { asNeeded, oneAfterTheOther } from './order.ts';
import { linesOf, type StepSurroundings, stepOf } from './step-of.ts';
import { topologyOf } from './topology-of.ts';
import { placesOf, type Unit, unitsOf } from './units.ts';

/** How a guide is planned, and what is known of its pages. */
interface GuidePlanOptions {
  /** True: just the page. False: it was mended, and what it leaves to other pages comes from our plan. */
  readonly isAsPrinted: boolean;
  /** True: what the guide does at its end to take everything away is a part of the plan. */
  readonly withCleanUp?: boolean;
  /** What the linter found on the pages as they are printed. */
  readonly findings?: readonly Finding[];
  /** Says whether one of them is still found in the pages that were mended. */
  readonly isLeft?: (finding: Finding) => boolean;
  /** The same way through the pages as they are printed; the trace itself by default. */
  readonly printed?: Trace;
  /** Leads from a line of the mended page to the one of the page as it is printed. */
  readonly lineOf?: (file: string, line: number) => number;
}

/** A plan that was read out of a guide. */
export interface GuidePlan {
  readonly topology: Topology;
  readonly plan: Plan;
  /** False: the guide deploys nothing that could be called. */
  readonly hasWorkloads: boolean;
  /** What the reader of the plan should know, a sentence each. */
  readonly notes: readonly string[];
}

/** Steps that guides leave to their page on certificates: they name it, and have no commands. */
const ELSEWHERE = /^make-certificates$|\/create-(?:namespace|cacerts)$/;

/**
 * Makes a plan of what happens on the way through a guide. Steps have the ids of ours where they do the same;
 * others are called after their place. As printed they follow each other as on the page; in a mended guide
 * they wait for what ours wait for, so that what the page tells too late comes first.
 *
 * @throws HarnessError ERR_INVALID_GUIDE for what cannot be carried out, each with its place
 */
export function planOfGuide(
  trace: Trace,
  edition: EditionName,
  options: GuidePlanOptions = { isAsPrinted: true },
): GuidePlan {
  const { pages } = trace.view;
  const {
    isAsPrinted,
    withCleanUp = false,
    findings = [],
    isLeft,
    printed = trace,
    lineOf = (_file, line) => line,
  } = options;
  const way = plainWayOf(trace);
  const units = unitsOf(way.trace);
  const { topology, hasWorkloads } = topologyOf(units, nameOfTrace(trace), filesOf(pages));
  const ours = planTopology(topology, edition);
  const errata = errataOf(findings, { pages: printed.view.pages, isAsPrinted, ...(isLeft && { isLeft }) });
  const around = {
    pages,
    errata,
    lineOf,
    awaits: !isAsPrinted,
    printed: linesById(printed, ours, !isAsPrinted),
  };
  const all = withOwnIds([
    ...groupsOfWork(units, ours, !isAsPrinted).map(each => stepOf(each, around)),
    ...(withCleanUp ? cleanUpOf(units, around) : []),
  ]);
  const steps = all.filter(each => !each.isCleanUp);
  const cleanUp = oneAfterTheOther(all.filter(each => each.isCleanUp));
  const known = new Set(steps.map(({ id }) => id));
  const installs = steps.some(({ id }) => id.endsWith('/install-istio'));
  const elsewhere = isAsPrinted || !installs ? [] : elsewhereOf(ours, known);
  const ordered = isAsPrinted
    ? { steps: oneAfterTheOther(steps), errata: [] }
    : asNeeded([...elsewhere.map(({ step }) => step), ...steps], ours);
  const used = new Set([...ordered.steps, ...cleanUp].flatMap(step => step.errata));
  const has = new Set(ordered.steps.map(({ id }) => id));
  const lacks = ours.steps.map(({ id }) => id).filter(id => !has.has(id));
  return {
    topology,
    hasWorkloads,
    plan: {
      ...ours,
      client: clientOf(ordered.steps) ?? ours.client,
      steps: [...ordered.steps, ...cleanUp],
      errata: [...elsewhere.map(({ erratum }) => erratum), ...errata, ...ordered.errata].filter(({ id }) =>
        used.has(id),
      ),
      ...(lacks.length > 0 && { lacks }),
    },
    notes: [...way.notes, ...notesOn({ hasWorkloads, lacks })],
  };
}

/** Says what the guide does not do, a sentence each. */
const notesOn = ({
  hasWorkloads,
  lacks,
}: Pick<GuidePlan, 'hasWorkloads'> & { readonly lacks: readonly StepId[] }): readonly string[] => [
  ...(hasWorkloads
    ? []
    : ['The guide deploys nothing that could be called: name its page that verifies, too.']),
  ...(lacks.length > 0 ? [`The guide has no step like ${lacks.join(', ')}.`] : []),
];

/** Steps of ours that the page leaves to another, as long as it has none of its own. */
function elsewhereOf(
  ours: Plan,
  known: ReadonlySet<StepId>,
): readonly { readonly step: Step; readonly erratum: Erratum }[] {
  return ours.steps
    .filter(({ id }) => ELSEWHERE.test(id) && !known.has(id))
    .map(step => {
      const erratum = {
        id: `elsewhere/${step.id}`,
        guideLine: step.guide.section,
        wouldHappen: `The page has no commands for it. Without it: ${step.omission.because}.`,
        weDo: 'Do it as the plans of mesh-harness do.',
      };
      return { step: { ...step, guide: { section: step.guide.section }, errata: [erratum.id] }, erratum };
    });
}

/** Tells steps apart that are called after one line of a page: `install/L7`, `install/L7-2`. */
function withOwnIds(steps: readonly Step[]): readonly Step[] {
  const counts = new Map<StepId, number>();
  return steps.map(step => {
    const count = (counts.get(step.id) ?? 0) + 1;
    counts.set(step.id, count);
    return count === 1 ? step : { ...step, id: `${step.id}-${count}` };
  });
}

/** Makes a step of each command that takes something away. @throws HarnessError ERR_INVALID_GUIDE for none */
function cleanUpOf(units: readonly Unit[], around: StepSurroundings): readonly Step[] {
  const own = units.filter(isCleanUp);
  if (own.length > 0)
    return own.map(unit => ({ ...stepOf({ units: [unit], step: undefined }, around), isCleanUp: true }));
  const files = filesOf(around.pages);
  throw new HarnessError('ERR_INVALID_GUIDE', `${files} has no section that takes everything away.`, {
    hint: 'Leave --clean-up out, or name the page too that has a section "Cleanup" or "Uninstall".',
  });
}

/** Where the page has each step of ours. */
function linesById(
  printed: Trace,
  ours: Plan,
  isMerged: boolean,
): ReadonlyMap<StepId, readonly [number, number]> {
  return new Map(
    groupsOfWork(placesOf(plainWayOf(printed).trace), ours, isMerged).flatMap(({ units, step }) =>
      step ? [[step.id, linesOf(units)] as const] : [],
    ),
  );
}

/** Groups what builds the mesh and what looks at it into steps; what takes it away again is left out. */
function groupsOfWork(units: readonly Unit[], ours: Plan, isMerged: boolean): readonly StepGroup[] {
  const work = units.filter(unit => !isCleanUp(unit));
  return groupsOf(matchUnits(work, ours), { isMerged });
}

const filesOf = (pages: readonly Page[]): string => pages.map(({ source }) => source.file).join(', ');

/** The sample that requests are sent from: it is called as its file. */
function clientOf(steps: readonly Step[]): string | undefined {
  for (const { commands } of steps)
    for (const { args } of commands)
      for (const arg of args) {
        const name = /(?:^|\/)(sleep|curl)\.yaml$/.exec(arg)?.[1];
        if (name !== undefined) return name;
      }
  return undefined;
}
