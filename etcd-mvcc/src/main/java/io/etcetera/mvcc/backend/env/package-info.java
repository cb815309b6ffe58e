/**
 * The LMDB environment of one file: transactions, cursors, records with their checksums, and copying from one environment to another.
 * The only package that imports lmdbjava.
 */
@NullMarked
package io.etcetera.mvcc.backend.env;

import org.jspecify.annotations.NullMarked;
