package io.etcetera.mvcc.index;

/**
 * A point in the store's history.
 *
 * @param main counts write transactions, from 1 (the empty store); the first write gets 2
 * @param sub counts changes inside one transaction, from 0
 */
record Revision(long main, long sub) implements Comparable<Revision> {

    @Override
    public int compareTo(Revision other) {
        int byMain = Long.compare(main, other.main);
        return byMain != 0 ? byMain : Long.compare(sub, other.sub);
    }
}
