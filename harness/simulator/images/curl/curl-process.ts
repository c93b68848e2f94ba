/** One process of curl, as its transfers see it. */
import type { ProcessContext } from '../../program.ts';
import type { Cancellation } from './cancellation.ts';
import type { Connections } from './connection.ts';
import type { CurlRelease } from './errors.ts';
import type { CurlOptions } from './options.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { WriteOut } from './write-out.ts';

/** What all transfers of one curl process share. */
export interface CurlProcess {
  readonly context: ProcessContext;
  readonly options: CurlOptions;
  readonly release: CurlRelease;
  readonly connections: Connections;
  readonly cancellation: Cancellation;
  readonly headers: RequestHeaders;
  /** Of `-w`. */
  readonly writeOut: WriteOut | undefined;
}
