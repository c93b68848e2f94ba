/** What `--offline` keeps from being fetched: a refusal that others can put beside more of its kind. */
import { HarnessError } from '../base/errors.ts';

/** Something is not on this machine, and nothing may be fetched: ERR_PLATFORM_NOT_READY. */
export class NotFetchedError extends HarnessError {
  /** What is missing, and where it was looked for: `There is no kind …, neither on PATH nor in the cache`. */
  readonly what: string;

  /** @param what - without a full stop */
  constructor(what: string, hint: string) {
    super('ERR_PLATFORM_NOT_READY', `${what}, and --offline fetches nothing.`, { hint });
    this.what = what;
  }
}
