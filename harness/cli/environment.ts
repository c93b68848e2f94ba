/**
 * Leaves out those of our own variables, and of the guide's, that are set to nothing: a shell has no shorter
 * way to unset one for a command. Others are for the programs that we start, and stay.
 */
export const withoutEmpty = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== '' || !/^(MESH_HARNESS|CTX)_/.test(name)),
  );

/** What a command sees of the process that it runs in. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborts when the user or the system asks for an end. */
  readonly signal: AbortSignal;
  /**
   * Called by a command that writes data on standard output which a program follows: if the reader goes away,
   * results are lost. Text is for people, who look at as much as they like.
   */
  readonly dataIsRead?: () => void;
}
