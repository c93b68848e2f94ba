/** What the probes of both real platforms take from curl: whether a connection stands, and no more. */

/**
 * curl's exit codes once a connection stands: success, or trouble with TLS or HTTP, which is not asked about
 * (`man curl`, EXIT CODES).
 */
export const CONNECTED: ReadonlySet<number> = new Set([0, 16, 22, 35, 52, 55, 56, 60]);
