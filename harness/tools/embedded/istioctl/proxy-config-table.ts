/**
 * The parts that the tables of `istioctl proxy-config` share. istio/istio istioctl/cmd/proxyconfig.go @1.8.0
 */
import { dump } from 'js-yaml';
import type { FlagTable } from '../flags.ts';
import { ToolExit } from '../invocation.ts';
import { columns } from './ask-istiod.ts';
import { askProxy, proxyPod } from './proxy-pod.ts';
import { type IstioctlRelease, releaseOf } from './releases.ts';
import type { Call, Verb } from './verb.ts';

const OUTPUT: FlagTable = { output: { type: 'text', short: 'o' } };

/** One kind of what a proxy runs, as a table or as JSON. */
export interface Table {
  /** How the command calls itself: `cluster`, `endpoints`. */
  readonly name: string;
  readonly flags: FlagTable;
  /** Of the administration; `json` is printed for `-o json`. */
  readonly path: string;
  /** Returns the entries of the table, before they are cut into cells. */
  readonly select: (
    page: unknown,
    call: Call,
  ) => { readonly json: unknown; readonly rows: readonly (readonly string[])[] };
  readonly header: (release: IstioctlRelease['proxyConfig']) => readonly string[];
  /** A line before the table. */
  readonly note?: string;
  /** Blanks between columns; five by default. */
  readonly padding?: number;
}

/** Returns the verb that asks a proxy and prints the table. */
export function verbOf({ name, flags, path, select, header, note, padding }: Table): Verb {
  return {
    flags: { ...OUTPUT, ...flags },
    maxArgs: Number.POSITIVE_INFINITY,
    async run(call) {
      const [word, ...others] = call.args;
      if (word === undefined || others.length > 0)
        throw new ToolExit(`Error: ${name} requires pod name or --file parameter`);
      const output = call.flags.text('output') ?? 'short';
      if (output !== 'short' && output !== 'json' && (output !== 'yaml' || isOld(call.istioVersion)))
        throw new ToolExit(`Error: output format "${output}" not supported`);
      const page = await askProxy(call, await proxyPod(call, word), path);
      const { json, rows } = select(page, call);
      if (output === 'json') {
        call.invocation.stdout(`${JSON.stringify(json, null, 4)}\n`);
        return 0;
      }
      if (output === 'yaml') {
        call.invocation.stdout(dump(json, { noRefs: true, lineWidth: -1 }));
        return 0;
      }
      const release = releaseOf(call.istioVersion).proxyConfig;
      if (note !== undefined && release.hasNotes) call.invocation.stdout(`${note}\n`);
      call.invocation.stdout(columns([header(release), ...rows], padding));
      return 0;
    },
  };
}

/** Its proxy-config has tables and JSON only. */
const isOld = (istioVersion: string): boolean => istioVersion.startsWith('1.8.');

/** Tells whether a flag, which may be absent, holds for a value. */
export const is = <T>(wanted: T | undefined, actual: T | undefined): boolean =>
  wanted === undefined || wanted === actual;
/** Compares by code units, for sort. */
export const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
