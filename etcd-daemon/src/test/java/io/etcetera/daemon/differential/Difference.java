package io.etcetera.daemon.differential;

import java.util.List;

/**
 * Where two servers were found to differ.
 *
 * @param seed from which the operations were made
 * @param operations all of them, the last being the one at which it was seen
 * @param text what was asked and answered
 */
record Difference(long seed, List<Operation> operations, String text) {}
