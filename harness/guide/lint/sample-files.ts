/** The files that a call of kubectl is given by `-f`, and the objects of those that are samples. */
import type { EditionName } from '../../model/east-west-gateway.ts';
import type { Expanded } from '../follow/trace.ts';
import { type SampleObject, sampleFacts } from './tables/tables.ts';
import type { ToolCall } from './words.ts';

/** Lists the values of `-f` in their order; standard input is `-`. */
export const filesOf = ({ flags }: ToolCall): readonly Expanded[] =>
  flags.flatMap(({ name, value }) => (name === 'filename' && value ? [value] : []));

/** Lists the objects of the samples among a call's files. */
export const sampleObjectsOf = (call: ToolCall, edition: EditionName): readonly SampleObject[] =>
  filesOf(call).flatMap(({ text }) => sampleFacts(edition).objectsOf(text));
