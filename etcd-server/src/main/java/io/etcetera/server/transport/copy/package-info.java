/**
 * Copies of a whole store, for members that are too far behind. Going out, {@code StateCopies} has the backend make them, and
 * {@code CopyCall} sends one to a peer; coming in, {@code StateDownload} fetches one by way of {@code CopyStream} into a {@code
 * CopyFile}. Each copy has a connection of its own.
 */
@NullMarked
package io.etcetera.server.transport.copy;

import org.jspecify.annotations.NullMarked;
