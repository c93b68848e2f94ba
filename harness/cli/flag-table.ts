/**
 * Every flag of the commands that work on clusters, and where it has an effect: the source of what the help
 * says before a flag, of the refusal of one that has none, and of the table in docs/platforms.md. Pure.
 */
import type { PlatformName } from '../platform/platform.ts';
import { OPTION_PLATFORMS } from '../session/effects.ts';

/** A flag that does not always have an effect. */
export interface FlagRow {
  readonly flag: string;
  /** On these platforms only. */
  readonly on?: readonly PlatformName[];
  /** Beside one of these only; `CTX_…` stands for variables of that kind. */
  readonly beside?: readonly string[];
  /** Not beside any of these. */
  readonly notBeside?: readonly string[];
  /** What serves instead, as a sentence. */
  readonly instead?: string;
}

/** The flags of one command. */
export interface CommandFlags {
  /** The platform without `--platform`; absent where the command has none to choose. */
  readonly platform?: PlatformName;
  readonly sometimes: readonly FlagRow[];
  /** Those that always have an effect. */
  readonly always: readonly string[];
}

const REAL = OPTION_PLATFORMS.real;
const SIMULATOR = ['simulator'] as const;
const KIND = ['kind'] as const;
const EXISTING = ['existing'] as const;

/** Of `run`: what makes clusters, or says where they are. */
const CLUSTERS: readonly FlagRow[] = [
  { flag: '--context', on: EXISTING },
  { flag: '--api-server', on: EXISTING },
  { flag: '--istio-dir', notBeside: ['--istioctl'] },
  {
    flag: '--istio-version',
    on: REAL,
    notBeside: ['--istio-dir'],
    instead: 'On the simulator --edition chooses, and --istio-dir names a release whose istioctl works.',
  },
  { flag: '--node-image', on: KIND },
  { flag: '--bundle', on: KIND },
  { flag: '--mirror', on: REAL },
  { flag: '--offline', on: REAL },
  { flag: '--hub', on: REAL },
  { flag: '--tag', on: REAL },
  { flag: '--set', on: REAL },
  { flag: '--image-archive', on: KIND },
  { flag: '--clean-leftovers', on: EXISTING },
  { flag: '--registry-config', on: KIND },
  { flag: '--load-balancer', on: KIND },
  { flag: '--no-cache', on: KIND },
];

const GUIDE: readonly FlagRow[] = ['--tab', '--var', '--as-printed', '--clean-up'].map(flag => ({
  flag,
  beside: ['--guide'],
  instead: 'Name the pages: mesh-harness run --guide install.md --tab primary-remote',
}));

const STAYING = 'Simulated clusters that stay: mesh-harness up SCENARIO';

/** Where the clusters of `verify` and `diagnose` are. */
const TARGET: readonly FlagRow[] = [
  {
    flag: '--kubeconfig',
    beside: ['--context', 'CTX_…'],
    notBeside: ['--state-dir'],
    instead: 'Name a context of that file for each cluster: --context NAME',
  },
  { flag: '--state-dir', notBeside: ['--context'] },
];

const CHECKS = ['--check', '--skip-check', '--requests', '--risk'];
const OUTPUT = ['--report-dir', '--output', '--quiet'];
const VERBOSE = { flag: '--verbose', notBeside: ['--quiet'] };
/** The folder of `--report-dir` has one report. */
const KEEP_REPORTS = { flag: '--keep-reports', notBeside: ['--report-dir'] };

/** Command → its flags. */
export const FLAG_TABLE = {
  run: {
    platform: 'simulator',
    sometimes: [
      { flag: '--tools', on: SIMULATOR, instead: 'Elsewhere kubectl and istioctl themselves do the work.' },
      { flag: '--istiod', on: SIMULATOR, instead: 'Elsewhere istiod is real anyway.' },
      {
        flag: '--istioctl',
        on: SIMULATOR,
        instead: 'Elsewhere --istio-dir names the unpacked release whose istioctl works.',
      },
      {
        flag: '--trace',
        on: OPTION_PLATFORMS.traceFolder,
        instead: 'Real clusters are described in diagnostics/ when a run does not pass.',
      },
      {
        flag: '--jobs',
        on: SIMULATOR,
        notBeside: ['--istiod', '--istioctl'],
        instead: 'Elsewhere scenarios run one after the other.',
      },
      ...GUIDE,
      { flag: '--seed', on: OPTION_PLATFORMS.seed },
      {
        flag: '--kubernetes-version',
        on: OPTION_PLATFORMS.kubernetes,
        instead: 'kind takes --node-image; existing clusters are what they are.',
      },
      {
        flag: '--allow-not-simulated',
        on: SIMULATOR,
        instead: 'Real clusters execute what is applied to them.',
      },
      {
        flag: '--fault',
        on: OPTION_PLATFORMS.faults,
        instead: 'Faults are made on the simulator.',
      },
      { flag: '--extended', notBeside: ['--check'] },
      {
        flag: '--allow-changes',
        on: EXISTING,
        beside: ['--extended', '--check'],
        instead: 'On clusters that the run itself makes, the checks that change something run anyway.',
      },
      { flag: '--keep', on: OPTION_PLATFORMS.keep, instead: STAYING },
      { flag: '--keep-on-failure', on: OPTION_PLATFORMS.keep, notBeside: ['--keep'], instead: STAYING },
      ...CLUSTERS,
      KEEP_REPORTS,
      VERBOSE,
    ],
    always: [
      ...['--platform', '--edition', '--omit', '--keep-going', '--shard', '--guide'],
      ...CHECKS,
      ...OUTPUT,
    ],
  },
  doctor: {
    platform: 'kind',
    sometimes: [
      { flag: '--edition', on: REAL },
      { flag: '--context', on: EXISTING },
      { flag: '--api-server', on: EXISTING },
      { flag: '--istio-dir', on: REAL },
      { flag: '--node-image', on: KIND },
      { flag: '--bundle', on: KIND },
      { flag: '--offline', on: REAL },
    ],
    always: ['--platform'],
  },
  verify: {
    sometimes: [
      ...TARGET,
      KEEP_REPORTS,
      { ...VERBOSE, beside: ['--deploy'], instead: 'A verification runs no steps but those of --deploy.' },
    ],
    always: ['--context', '--deploy', '--allow-changes', '--wait', '--edition', ...CHECKS, ...OUTPUT],
  },
  diagnose: { sometimes: TARGET, always: ['--context', '--edition', '--output'] },
  matrix: {
    sometimes: [
      { flag: '--report-dir', notBeside: ['--list'] },
      { ...KEEP_REPORTS, notBeside: ['--report-dir', '--list'] },
      { flag: '--output', notBeside: ['--list'] },
      { flag: '--jobs', notBeside: ['--list'] },
      { flag: '--quiet', notBeside: ['--list'] },
    ],
    always: ['--edition', '--case', '--list'],
  },
  up: {
    sometimes: [
      ...['--istiod', '--istioctl', '--edition'].map(flag => ({
        flag,
        notBeside: ['--api-only'],
        instead: 'With --api-only nothing is installed.',
      })),
      { flag: '--bare', notBeside: ['--api-only'], instead: '--api-only leaves all steps out too.' },
    ],
    always: [
      ...['--api-only', '--kubernetes-version', '--allow-not-simulated', '--detach'],
      ...['--state-dir', '--first-port', '--seed'],
    ],
  },
} as const satisfies Record<string, CommandFlags>;

/** Returns the flags of a command that works on clusters; undefined for others. */
export const flagsOf = (command: string): CommandFlags | undefined =>
  Object.hasOwn(FLAG_TABLE, command) ? FLAG_TABLE[command as keyof typeof FLAG_TABLE] : undefined;

/** What the help says before a flag: `kind, existing: `; empty for one that is for all. */
export function prefixOf(command: string, flag: string): string {
  const row = flagsOf(command)?.sometimes.find(each => each.flag === flag);
  if (row?.on) return `${row.on.join(', ')}: `;
  return row?.beside?.length === 1 ? `${row.beside[0]?.replace(/^--/, '')}: ` : '';
}
