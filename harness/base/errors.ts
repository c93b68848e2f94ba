/** The one error class of the project, and the closed list of its codes. */

/** The exit codes of the harness; the table is in `docs/reports.md`. */
export const EXIT = { passed: 0, failed: 1, usage: 2, unknown: 3, interrupted: 130 } as const;

/** Every code, the sentence that describes it, and the exit code that it leads to. */
export const ERROR_CODES = {
  ERR_USAGE: { sentence: 'The command line cannot be understood.', exitCode: EXIT.usage },
  ERR_UNKNOWN_SCENARIO: { sentence: 'No scenario has this name.', exitCode: EXIT.usage },
  ERR_UNKNOWN_STEP: { sentence: 'The plan has no step with this id.', exitCode: EXIT.usage },
  ERR_UNKNOWN_CHECK: { sentence: 'No check has this id.', exitCode: EXIT.usage },
  ERR_UNKNOWN_FAULT: { sentence: 'No fault has this name.', exitCode: EXIT.usage },
  ERR_UNKNOWN_PLATFORM: { sentence: 'No platform has this name.', exitCode: EXIT.usage },
  ERR_UNKNOWN_EDITION: { sentence: 'The guide has no edition of this name.', exitCode: EXIT.usage },
  ERR_INVALID_REPORT: { sentence: 'The file is no report of a run.', exitCode: EXIT.usage },
  ERR_INVALID_SCENARIO: { sentence: 'The scenario file breaks a rule of its schema.', exitCode: EXIT.usage },
  ERR_UNKNOWN_TAB: { sentence: 'The guide has no tab of this name.', exitCode: EXIT.usage },
  ERR_INVALID_GUIDE: {
    sentence: 'The guide says something that cannot be carried out as data.',
    exitCode: EXIT.usage,
  },
  ERR_UNREADABLE_FILE: { sentence: 'A file that was asked for cannot be read.', exitCode: EXIT.usage },
  ERR_UNWRITABLE_FOLDER: { sentence: 'A folder that is to be written to cannot be.', exitCode: EXIT.usage },
  ERR_WRITE_FAILED: {
    sentence: 'A file could not be written while the work went on.',
    exitCode: EXIT.unknown,
  },
  ERR_SAMPLE_SIZE: {
    sentence: 'The number of requests cannot hold the error rates asked for.',
    exitCode: EXIT.usage,
  },
  ERR_PLATFORM_NOT_READY: { sentence: 'The platform could not be brought up.', exitCode: EXIT.unknown },
  ERR_TOOL: { sentence: 'A program that the plan needs could not do its work.', exitCode: EXIT.unknown },
  ERR_KUBERNETES_API: {
    sentence: 'An API server refused a call of the harness itself.',
    exitCode: EXIT.unknown,
  },
  ERR_TIMEOUT: { sentence: 'Something that was awaited did not come about in time.', exitCode: EXIT.unknown },
  ERR_SIMULATOR_STALLED: {
    sentence: 'The simulated world spun without getting anywhere.',
    exitCode: EXIT.unknown,
  },
  ERR_SIMULATOR_DEFECT: {
    sentence: 'A part of the simulated world failed by a defect of ours.',
    exitCode: EXIT.unknown,
  },
  ERR_INTERRUPTED: { sentence: 'The work was interrupted.', exitCode: EXIT.interrupted },
} as const satisfies Record<string, { sentence: string; exitCode: number }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface HarnessErrorOptions {
  /** What the user can do about it; one or two sentences. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * What every layer throws when the work cannot go on. An outcome that may well be negative is a value
 * instead.
 */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: HarnessErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  /** The exit code that this error leads to. */
  get exitCode(): number {
    return ERROR_CODES[this.code].exitCode;
  }
}

/** Marks the end of an exhaustive `switch`. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** Returns the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns the code of an error of Node's (`ENOENT`); empty if it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Throws into the event loop, where nobody catches: for a defect that no caller would hear of. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
