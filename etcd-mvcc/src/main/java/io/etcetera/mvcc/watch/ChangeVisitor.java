package io.etcetera.mvcc.watch;

/** Takes changes one by one in revision order. */
@FunctionalInterface
public interface ChangeVisitor {

    /** Takes a change; returns false to be given no more. */
    boolean visit(Change change);
}
