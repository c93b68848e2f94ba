/** What an API server answers when it refuses. */

export interface KubernetesStatus {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly {
      readonly reason?: string;
      readonly message?: string;
      readonly field?: string;
    }[];
  };
}

/** An API server answered, and not with success. */
export class KubernetesApiError extends Error {
  override readonly name = 'KubernetesApiError';
  readonly code: number;
  readonly status: KubernetesStatus;
  constructor(code: number, status: KubernetesStatus) {
    super(status.message ?? `The API server answered ${code}.`);
    this.code = code;
    this.status = status;
  }
}

export const isNotFound = (error: unknown): boolean =>
  error instanceof KubernetesApiError && error.code === 404;
