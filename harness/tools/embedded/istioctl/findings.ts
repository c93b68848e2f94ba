/** Findings of `analyze` and `precheck`: their order, and the forms in which they are printed. */
import { ToolExit } from '../invocation.ts';
import type { Level, Message } from './analyzers.ts';
import { type Call, EXIT_INCORRECT_USAGE } from './verb.ts';

/** What is found, and in what. */
export type Finding = Message;

/** The least first. */
export const LEVELS: readonly Level[] = ['Info', 'Warning', 'Error'];

/** The page of a release, `1.30.3`, on what is found (pkg/url/url.go). */
export const pageOf = (version: string): string =>
  `https://istio.io/v${version.split('.').slice(0, 2).join('.')}/docs/reference/config/analysis`;

/** Compares messages: by level, then by code and object. */
export const orderOf = (a: Finding, b: Finding): number =>
  LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || order(a.code, b.code) || order(a.about, b.about);

/** Reads `--output`. @throws ToolExit for a form that there is not */
export function formatOf(asked = 'log'): 'log' | 'json' | 'yaml' {
  const format = asked.toLowerCase();
  if (format === 'log' || format === 'json' || format === 'yaml') return format;
  throw new ToolExit(
    `Error: ${format} not a valid option for format. See istioctl analyze --help`,
    EXIT_INCORRECT_USAGE,
  );
}

/** A finding as JSON has it: pkg/config/analysis/diag/message.go @1.30.3. */
export const documentOf =
  (istioVersion: string) =>
  ({ level, code, about, text }: Finding) => ({
    code,
    documentationUrl:
      `https://istio.io/v${istioVersion.split('.').slice(0, 2).join('.')}/docs/reference/config/analysis/` +
      `${code.toLowerCase()}/?ref=istioctl-analyze`,
    level,
    message: text,
    origin: about,
  });

/**
 * Reads a flag that names a level, in any case.
 * @throws ToolExit for what is none
 */
export function thresholdOf({ flags }: Call, flag: string, otherwise: Level): Level {
  const word = flags.text(flag) ?? otherwise;
  const level = LEVELS.find(each => each.toLowerCase() === word.toLowerCase());
  if (level) return level;
  throw new ToolExit(
    `Error: invalid argument "${word}" for "--${flag}" flag: invalid level option`,
    EXIT_INCORRECT_USAGE,
  );
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
