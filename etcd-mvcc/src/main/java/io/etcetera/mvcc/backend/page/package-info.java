/**
 * The files of LMDB page by page, as it lays them out: checked before LMDB is given one, since it trusts them, and copied without
 * free pages while it goes on writing.
 */
@NullMarked
package io.etcetera.mvcc.backend.page;

import org.jspecify.annotations.NullMarked;
