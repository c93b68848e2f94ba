/**
 * Words that make curl in a pod ask what it is told to ask, and no proxy: whoever injects the variables of
 * one into pods would have the harness judge the proxy. The guide's own command is left as the guide has it.
 */
export const PAST_PROXIES: readonly string[] = ['--noproxy', '*'];
