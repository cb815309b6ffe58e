package io.etcetera.daemon.differential;

/** What can be wrong with a call. */
enum Malformed {
    /** The message breaks off. */
    TRUNCATED,
    /** Random bytes. */
    GARBAGE,
    /** Fields that the message does not have. */
    UNKNOWN_FIELDS,
    /** A message of no bytes. */
    EMPTY,
    /** The request ends without a message. */
    NO_MESSAGE,
    /** Two messages where one is due. */
    TWO_MESSAGES,
    /** Transactions in transactions, far too deep. */
    DEEP_NESTING,
    /** More operations than a transaction may have. */
    TOO_MANY_OPERATIONS,
    /** A message that fits, with a proposal that does not. */
    LARGE_PROPOSAL,
    /** A message that does not fit. */
    OVERSIZE,
    /** Compressed, which etcd does not understand. */
    COMPRESSED,
    UNKNOWN_METHOD,
    UNKNOWN_SERVICE
}
