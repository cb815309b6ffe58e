package io.etcetera.raft.jraft;

/** What {@link NodeStarter} puts together before the engine starts, and {@link JraftNode} works with afterwards. */
record NodeParts(
        Failure failure,
        InternalEntries internal,
        EngineLog engineLog,
        EntryCursor cursor,
        Leadership leadership,
        HeartbeatPace heartbeats,
        LogCutter cutter,
        HardStateStorage hardState,
        WalLogStorage log,
        VirtualSnapshots snapshots,
        StateMachineDriver driver) {}
