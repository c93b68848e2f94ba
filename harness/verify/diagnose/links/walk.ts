/** Walks the chain: gathers facts, asks probes, and looks at every link. */
import { linkedSignal } from '../../../base/deadline.ts';
import type { Topology } from '../../../model/topology.ts';
import type { Plan } from '../../../plan/step.ts';
import type { Facts } from '../facts.ts';
import { compareClusters, type ReadCluster, readCluster } from '../gather-facts.ts';
import { readInstalled } from '../installed.ts';
import { StepIndex } from '../steps.ts';
import { LINKS } from './catalog.ts';
import type { Chain, ContextAnswer } from './chain.ts';
import type { Finding, Link, LinkOutcome } from './link.ts';
import { type AskedCluster, type Asking, answered, probe } from './probes.ts';

/** Milliseconds for each question. */
const PROBE_DEADLINE_MS = 3000;

/** What to walk. */
export interface Walk extends Omit<Asking, 'deadlineMs' | 'client'> {
  readonly topology: Topology;
  readonly plan: Pick<Plan, 'steps' | 'client'>;
  /** 3000 by default. */
  readonly deadlineMs?: number;
}

/** One link, as it was found. */
export interface LinkResult {
  readonly id: string;
  readonly asks: string;
  readonly outcome: LinkOutcome;
  readonly findings: readonly Finding[];
}

/** What a chain shows. */
export interface Walked {
  /** `failed` if a link of the mesh is broken; `unknown` if none is, and one could not be asked. */
  readonly verdict: 'passed' | 'failed' | 'unknown';
  readonly links: readonly LinkResult[];
  /** The first broken link, one over which calls do not cross before the others. */
  readonly first?: LinkResult & { readonly finding: Finding };
}

/** Asks the contexts one by one; a cluster whose API server does not answer has no facts. */
async function readAll(
  asking: Asking,
): Promise<readonly (ContextAnswer & { readonly read?: ReadCluster })[]> {
  return await Promise.all(
    [...asking.clusters.values()].map(async ({ spec, context, client }: AskedCluster) => {
      const { server } = client;
      const read = await answered(asking, ({ signal }) => readCluster(spec, client, signal));
      return 'answer' in read
        ? { spec, context, server, read: read.answer }
        : { spec, context, server, trouble: read.trouble };
    }),
  );
}

/**
 * Walks the chain of a mesh. It only reads: GET and LIST, and exec of curl, `pilot-agent request` and
 * `pilot-discovery request`.
 */
export async function walkChain(options: Walk): Promise<Walked> {
  const { topology, plan, deadlineMs = PROBE_DEADLINE_MS } = options;
  // All questions listen to it at once.
  using linked = linkedSignal(options.signal);
  const asking: Asking = { ...options, signal: linked.signal, client: plan.client, deadlineMs };
  const answers = await readAll(asking);
  const facts: Facts = compareClusters(
    topology,
    answers.flatMap(({ read }) => (read ? [read] : [])),
  );
  const chain: Chain = {
    ...facts,
    contexts: new Map(answers.map(({ read: _, ...answer }) => [answer.spec.name, answer])),
    installed: new Map([...facts.clusters].map(([name, { objects }]) => [name, readInstalled(objects)])),
    steps: new StepIndex(plan),
    client: plan.client,
    probes: await probe(asking, facts),
  };
  return judge(LINKS.map(link => look(link, chain)));
}

/** The worst comes first. */
const ORDER: readonly LinkOutcome[] = ['broken', 'not-asked', 'ok', 'not-applicable'];

function look({ id, asks, look: find }: Link, chain: Chain): LinkResult {
  const findings = [...find(chain)].sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  return { id, asks, outcome: findings[0]?.outcome ?? 'not-applicable', findings };
}

function judge(links: readonly LinkResult[]): Walked {
  const broken = links.flatMap(link =>
    link.findings.filter(({ outcome }) => outcome === 'broken').map(finding => ({ ...link, finding })),
  );
  const first = broken.find(({ finding }) => finding.isHarmless !== true) ?? broken[0];
  const ofMesh = broken.some(({ finding }) => !finding.isHarmless && !finding.isEnvironment);
  const isUnsure =
    broken.some(({ finding }) => finding.isEnvironment) ||
    links.some(({ findings }) => findings.some(isOpen));
  return { verdict: ofMesh ? 'failed' : isUnsure ? 'unknown' : 'passed', links, ...(first && { first }) };
}

const isOpen = ({ outcome }: Finding): boolean => outcome === 'not-asked';
