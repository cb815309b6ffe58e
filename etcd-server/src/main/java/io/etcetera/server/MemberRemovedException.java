package io.etcetera.server;

/** The member was removed from its cluster and never will be in it again; its data directory is of no more use. */
public final class MemberRemovedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MemberRemovedException() {
        super("the member has been permanently removed from the cluster");
    }
}
