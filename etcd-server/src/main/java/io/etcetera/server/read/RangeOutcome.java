package io.etcetera.server.read;

import io.etcetera.mvcc.StoredKeyValue;
import java.util.List;

/**
 * A range after filter, sort and limit.
 *
 * @param kvs the results, in the order asked for
 * @param more whether results were left out because of the limit
 * @param count keys in the range, whatever filter and limit
 * @param revision for the response header
 */
public record RangeOutcome(List<StoredKeyValue> kvs, boolean more, long count, long revision) {}
