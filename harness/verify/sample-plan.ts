/** The plan of a fixed sample: the number of its requests, and the counts of answers that it accepts. */
import { HarnessError } from '../base/errors.ts';
import { type Band, STARVED_PART } from './band.ts';
import { round } from './figures.ts';
import { bandsOfAll, MAX_REQUESTS, type Split, smallestSample, smallestThat } from './sample-size.ts';
import { holdsTogether, seenBandsOfAll, type Together } from './together.ts';

/** Accepted probability of a wrong verdict, each way, unless the user asks for another. */
const DEFAULT_RISK = 1e-6;
/** Size of a sample unless the user asks for another, or the topology needs more. */
const DEFAULT_REQUESTS = 300;
/** The error rate whose probability of being missed is printed with each sample. */
const ERROR_RATE_TOLD = 0.05;

/** A sample's size and what is accepted of it. */
export interface SamplePlan {
  readonly requests: number;
  /** Accepted probability of a wrong verdict, each way. */
  readonly risk: number;
  /** For each source one for each expected share, in the orders given. */
  readonly bands: readonly (readonly Band[])[];
  /**
   * Set in a large mesh, if the bands of a source only show that everyone answers: how evenly is judged over
   * all sources together.
   */
  readonly together?: Together;
  /**
   * Beside `together`, unless the user has chosen the size: the sample of a client whose proxy does not show
   * that it has all endpoints with equal weights. Such a client has to tell the shares by itself.
   */
  readonly alone?: SamplePlan;
  /** Probability that an error rate of 5 % shows not a single error. */
  readonly errorRateMissed: number;
}

/** What the size of a sample depends on. */
export interface SampleOptions {
  /** For each source, the shares of the answers that are expected of those who are judged by themselves. */
  readonly expectedShares: readonly Split[];
  /** 0 < risk < 1; `DEFAULT_RISK` by default. */
  readonly risk?: number;
  /** Of a large mesh, what is judged over all sources together (`togetherIn`). */
  readonly together?: Together | undefined;
}

/**
 * Plans a sample, or finds that one of this size can tell nothing. Called before anything starts.
 * @param requests - as the user asked; undefined for 300, or more if the topology needs them
 * @throws HarnessError ERR_SAMPLE_SIZE with the smallest number that can hold the risks; ERR_USAGE if a
 *   number is out of range
 */
export function planSample(requests: number | undefined, options: SampleOptions): SamplePlan {
  const { expectedShares, risk = DEFAULT_RISK } = options;
  if (!(risk > 0 && risk < 1)) {
    throw new HarnessError('ERR_USAGE', `The risk must lie between 0 and 1, not ${risk}.`, {
      hint: `It is the accepted probability of a wrong verdict, each way; ${DEFAULT_RISK} by default.`,
    });
  }
  if (requests !== undefined && (!Number.isInteger(requests) || requests < 1)) {
    throw new HarnessError(
      'ERR_USAGE',
      `The number of requests must be a whole number, 1 or more, not ${requests}.`,
    );
  }
  if (requests !== undefined && requests > MAX_REQUESTS) {
    throw new HarnessError('ERR_USAGE', `${requests} requests from each cluster are too many.`, {
      hint: `The most is ${MAX_REQUESTS}; ${DEFAULT_REQUESTS} are the default, and tell a healthy mesh of two clusters from a poor one.`,
    });
  }
  const smallestFrom = (from: number) => smallest(options, risk, from);
  const size = requests ?? smallestFrom(DEFAULT_REQUESTS) ?? MAX_REQUESTS;
  const plan = planOf(size, options, risk);
  if (plan && requests === undefined && plan.together) return { ...plan, ...aloneIn(options, risk) };
  if (plan) return plan;
  const shares = [...new Set(expectedShares.flat().map(share => round(share, 3)))].join(', ');
  throw new HarnessError(
    'ERR_SAMPLE_SIZE',
    `${size} requests cannot tell a healthy share (${shares}) from one that has fallen to ${STARVED_PART * 100} % of it with a risk of ${risk} each way.`,
    {
      hint: [numberThatCan(smallestFrom(size)), riskThatHolds(size, options, risk)].filter(Boolean).join(' '),
    },
  );
}

function planOf(requests: number, options: SampleOptions, risk: number): SamplePlan | undefined {
  const held = bandsThatHold(requests, options, risk);
  return held && { requests, risk, ...held, errorRateMissed: (1 - ERROR_RATE_TOLD) ** requests };
}

/** Plans the sample by which a client of a large mesh tells the shares by itself, if one call can send it. */
function aloneIn({ expectedShares }: SampleOptions, risk: number): Pick<SamplePlan, 'alone'> {
  const requests = smallestSample(expectedShares, risk, DEFAULT_REQUESTS);
  const alone = requests === undefined ? undefined : planOf(requests, { expectedShares }, risk);
  return alone ? { alone } : {};
}

/** Finds the smallest number of requests that shows what is claimed. */
const smallest = ({ expectedShares, together }: SampleOptions, risk: number, from: number) =>
  together
    ? smallestThat(n => holdsTogether(n, expectedShares, risk, together), from)
    : smallestSample(expectedShares, risk, from);

/** Returns the bands by which each source tells the shares itself if it can, else those of a large mesh. */
function bandsThatHold(
  requests: number,
  { expectedShares, together }: SampleOptions,
  risk: number,
): Pick<SamplePlan, 'bands' | 'together'> | undefined {
  const bands = bandsOfAll(requests, expectedShares, risk);
  if (bands) return { bands };
  if (!together || !holdsTogether(requests, expectedShares, risk, together)) return undefined;
  const seen = seenBandsOfAll(requests, expectedShares, risk, together);
  return seen && { bands: seen, together };
}

/**
 * Returns the bands that a plan has for one source.
 * @param shares - one of the splits that were planned for, in any order, or one that lies between them
 * @returns one band for each share, in their order
 * @throws RangeError if so many requests cannot show it
 */
export function bandsOf(plan: SamplePlan, shares: Split): readonly Band[] {
  const sorted = (numbers: Split) => [...numbers].sort((one, other) => one - other).join();
  const planned =
    plan.bands.find(bands => sorted(bands.map(({ expected }) => expected)) === sorted(shares)) ??
    bandsOfAll(plan.requests, [shares], plan.risk)?.[0];
  return shares.map(share => {
    const band = planned?.find(({ expected }) => expected === share);
    if (!band) throw new RangeError(`No sample was planned for the shares ${shares.join(', ')}.`);
    return band;
  });
}

const numberThatCan = (smallest: number | undefined): string =>
  smallest === undefined
    ? `No number up to ${MAX_REQUESTS} can.`
    : `The smallest number that can is ${smallest}: --requests ${smallest}.`;

/** Worth proposing: from nearly none to a coin's. */
const RISKS = [1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4] as const;

/** Returns the lowest of `RISKS` that this many requests hold, if there is one. */
function riskThatHolds(requests: number, options: SampleOptions, refused: number): string | undefined {
  const risk = RISKS.find(each => each > refused && bandsThatHold(requests, options, each) !== undefined);
  return risk === undefined ? undefined : `Or accept a higher risk: --risk ${risk}`;
}
