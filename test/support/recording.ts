/**
 * What a real istiod told proxies, as bytes: one file for each scenario. `test/peers/record-real-istiod.ts`
 * writes them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { ROOT } from './cli.ts';

const FOLDER = path.join(ROOT, 'test/simulator/istio/real-istiod');

/** Scenarios and kinds of proxies that are recorded; one network without remotes needs no gateway. */
export const SCENARIOS = [
  'multi-primary',
  'multi-primary-multi-network',
  'primary-remote',
  'primary-remote-multi-network',
] as const;
export type Scenario = (typeof SCENARIOS)[number];
export const NODE_TYPES = ['curl', 'helloworld', 'gateway'] as const;
export type NodeType = (typeof NODE_TYPES)[number];
export const SHORT_NAMES = ['cds', 'eds', 'lds', 'rds', 'nds', 'ecds'] as const;
export type ShortName = (typeof SHORT_NAMES)[number];

/** A resource as it was sent. */
export interface Sent {
  readonly name: string;
  readonly body: Uint8Array;
}

/** Short name of a type → what one proxy was told of it. */
export type Told = Readonly<Record<ShortName, readonly Sent[]>>;

/** What was told, by whom. */
export interface Recording {
  /** The program, and the day. */
  readonly program: string;
  readonly proxies: ReadonlyMap<NodeType, { readonly node: string; readonly told: Told }>;
}

/** In the file: bodies once each, resources by their places among them. */
interface File {
  program: string;
  bodies: string[];
  proxies: [NodeType, { node: string; told: Record<ShortName, [name: string, body: number][]> }][];
}

const fileOf = (scenario: Scenario): string => path.join(FOLDER, `${scenario}.json.br`);

/** Writes a recording. */
export function writeRecording(scenario: Scenario, { program, proxies }: Recording): void {
  const bodies = new Map<string, number>();
  const place = (body: Uint8Array): number => {
    const text = Buffer.from(body).toString('base64');
    const at = bodies.get(text) ?? bodies.size;
    bodies.set(text, at);
    return at;
  };
  const rows = [...proxies].map(([type, { node, told }]): File['proxies'][number] => {
    const entries = SHORT_NAMES.map(name => [
      name,
      told[name].map((sent): [string, number] => [sent.name, place(sent.body)]),
    ]);
    // A cast: the names are all there.
    return [type, { node, told: Object.fromEntries(entries) as Record<ShortName, [string, number][]> }];
  });
  const file: File = { program, bodies: [...bodies.keys()], proxies: rows };
  writeFileSync(fileOf(scenario), brotliCompressSync(JSON.stringify(file)));
}

/** Reads a recording. */
export function readRecording(scenario: Scenario): Recording {
  const text = brotliDecompressSync(readFileSync(fileOf(scenario))).toString('utf8');
  const { program, bodies, proxies } = JSON.parse(text) as File; // written by the function above
  const buffers = bodies.map(body => new Uint8Array(Buffer.from(body, 'base64')));
  const bodyAt = (at: number) => buffers[at] ?? new Uint8Array();
  return {
    program,
    proxies: new Map(
      proxies.map(([type, { node, told }]) => {
        const entries = SHORT_NAMES.map(name => [
          name,
          told[name].map(([sent, at]) => ({ name: sent, body: bodyAt(at) })),
        ]);
        return [type, { node, told: Object.fromEntries(entries) as Told }];
      }),
    ),
  };
}
