/** What a command sees of the process that it runs in. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborts when the user or the system asks for an end. */
  readonly signal: AbortSignal;
}
