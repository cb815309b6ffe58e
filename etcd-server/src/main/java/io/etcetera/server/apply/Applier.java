package io.etcetera.server.apply;

/**
 * A link in the chain that a committed request goes down: corrupt alarm, no-space alarm, permissions, quota, store. Apply thread
 * only. What it does to replicated state depends on nothing but that state and the request.
 */
interface Applier {

    /** Applies the request. Anything thrown is fatal to the member. */
    ApplyResult apply(Command command);
}
