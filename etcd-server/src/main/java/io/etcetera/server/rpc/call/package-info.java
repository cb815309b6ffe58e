/**
 * The kinds of calls, whatever service they belong to: what each passes before its handler sees it, what it may do in its
 * client's name, and how it ends.
 */
@NullMarked
package io.etcetera.server.rpc.call;

import org.jspecify.annotations.NullMarked;
