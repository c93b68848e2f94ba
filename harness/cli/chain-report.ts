/** What a walked chain says to people and to programs: its links, and how the first broken one is mended. */
import { quoteWord } from '../base/quote.ts';
import type { ClusterName } from '../model/names.ts';
import { contextVariable } from '../plan/mesh.ts';
import { printRepair } from '../plan/print/repair.ts';
import type { Plan, Step } from '../plan/step.ts';
import type { Finding } from '../verify/diagnose/links/link.ts';
import type { Walked } from '../verify/diagnose/links/walk.ts';

/** What the words of a report are taken from. */
export interface ChainSubject {
  readonly scenario: string;
  readonly plan: Plan;
  /** Cluster → its context. */
  readonly contexts: ReadonlyMap<ClusterName, string>;
  /** What the clusters were taken for, where they told it themselves. */
  readonly taken: readonly string[];
}

/** How one broken finding is mended. */
export interface Remedy {
  /** The cause, in sentences. */
  readonly cause: string;
  /** The step that should have made it; absent where no step of the guide is about it. */
  readonly step?: Step;
  /** Where the guide has it: `"Enable Endpoint Discovery", lines 307-314`. */
  readonly place?: string;
  /** What the guide's own text does wrong there. */
  readonly mistakes: readonly string[];
  /** Lines for a shell. */
  readonly command?: string;
}

/** Names the place of a step in the guide. */
function placeOf({ guide: { page, section, lines } }: Step): string {
  const where = lines ? `, ${lines[0] === lines[1] ? `line ${lines[0]}` : `lines ${lines.join('-')}`}` : '';
  return `${page === undefined ? '' : `${page}, `}"${section}"${where}`;
}

/** Finds out how a broken finding is mended. */
export function remedyOf({ seen, cause, repair }: Finding, { plan, contexts }: ChainSubject): Remedy {
  const step = plan.steps.find(({ id }) => id === cause?.steps[0]);
  const command = repair ?? (step && printRepair(plan, step));
  return {
    cause: cause?.sentence ?? seen,
    ...(step && { step, place: placeOf(step) }),
    mistakes: plan.errata
      .filter(({ id }) => step?.errata.includes(id))
      .map(({ guideLine, wouldHappen }) => `${guideLine}: ${wouldHappen}`),
    ...(command !== undefined && { command: withContexts(command, contexts) }),
  };
}

/** Writes contexts in the place of the variables that hold them. */
function withContexts(command: string, contexts: ChainSubject['contexts']): string {
  let text = command;
  for (const [name, context] of contexts)
    text = text.replaceAll(`"\${${contextVariable(name)}}"`, quoteWord(context));
  return text;
}

/** Writes the report for programs; the same clusters give the same text. */
export function formatChainJson({ verdict, links, first }: Walked, subject: ChainSubject): string {
  const remedy = first && remedyOf(first.finding, subject);
  const document = {
    schemaVersion: 1,
    verdict,
    scenario: subject.scenario,
    edition: subject.plan.edition,
    taken: subject.taken,
    links: links.map(({ id, asks, outcome, findings }) => ({
      id,
      asks,
      outcome,
      findings: findings.map(({ outcome: each, seen, cluster, cause, isHarmless, isEnvironment }) => ({
        outcome: each,
        seen,
        ...(cluster !== undefined && { cluster }),
        ...(cause && { cause: cause.sentence, steps: cause.steps }),
        ...(isHarmless && { harmless: true }),
        ...(isEnvironment && { environment: true }),
      })),
    })),
    ...(first &&
      remedy && {
        first: {
          link: first.id,
          cause: remedy.cause,
          ...(remedy.step && { step: remedy.step.id, guide: remedy.step.guide }),
          mistakesOfTheGuide: remedy.mistakes,
          ...(remedy.command !== undefined && { command: remedy.command }),
        },
      }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
