/** A part of a run that is divided among machines: `--shard 1/3`. Pure. */
import { HarnessError } from '../base/errors.ts';
import type { Shard } from '../report/report.ts';

/** Which part of how many. */
export interface ShardChoice {
  /** 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/**
 * Reads `1/3`.
 * @returns undefined if it is no such part
 */
export function readShard(text: string): ShardChoice | undefined {
  const [, index, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  const choice = { index: Number(index), of: Number(of) };
  return index !== undefined && choice.index <= choice.of ? choice : undefined;
}

/**
 * Returns the part of a run: scenarios that follow one another, so that the parts in their order are the run.
 * @param nameOf - the name of a scenario
 * @throws HarnessError ERR_USAGE if there are fewer scenarios than parts: one of them would ask nothing
 */
export function shardOf<Work>(
  works: readonly Work[],
  { index, of }: ShardChoice,
  nameOf: (work: Work) => string,
): { readonly works: readonly Work[]; readonly shard: Shard } {
  const { length } = works;
  const count = length === 1 ? 'one scenario makes' : `${length} scenarios make`;
  if (of > length)
    throw new HarnessError('ERR_USAGE', `--shard ${index}/${of}: ${count} no ${of} parts.`, {
      hint: `At most ${length}: --shard 1/${length}.`,
    });
  const edge = (part: number) => Math.floor((part * length) / of);
  return {
    works: works.slice(edge(index - 1), edge(index)),
    shard: { index, of, scenarios: works.map(nameOf) },
  };
}
