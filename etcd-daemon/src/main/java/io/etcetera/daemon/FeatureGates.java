package io.etcetera.daemon;

import io.etcetera.server.ConsistencyChecks;
import io.etcetera.server.text.BadValueException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The switches of option {@code feature-gates}: {@code Name=true,Name=false}, with the names of etcd's.
 *
 * @param set those that were given, by name
 */
record FeatureGates(Map<String, Boolean> set) {
    static final FeatureGates NONE = new FeatureGates(Map.of());

    static final OptionType<FeatureGates> TYPE = new OptionType<>(
            "string",
            false,
            FeatureGates::parse,
            node -> parse(OptionTypes.expect(String.class, node, "string")),
            FeatureGates::toString);

    private static final String INITIAL_CHECK = "InitialCorruptCheck";
    private static final String COMPACTION_CHECK = "CompactHashCheck";

    /** What turning a gate away from its default comes to here. */
    private enum Gate {
        BUILT,
        /** What it changes in etcd cannot be seen here. */
        WITHOUT_EFFECT,
        NOT_BUILT
    }

    /** A gate's default, and what becomes of another value. */
    private record Known(boolean enabled, Gate gate) {}

    private static final Map<String, Known> KNOWN = known();

    private static Map<String, Known> known() {
        Map<String, Known> known = new LinkedHashMap<>();
        known.put("AllAlpha", new Known(false, Gate.NOT_BUILT));
        known.put("AllBeta", new Known(false, Gate.WITHOUT_EFFECT));
        known.put(COMPACTION_CHECK, new Known(false, Gate.BUILT));
        known.put("FastLeaseKeepAlive", new Known(true, Gate.WITHOUT_EFFECT));
        known.put(INITIAL_CHECK, new Known(false, Gate.BUILT));
        known.put("LeaseCheckpoint", new Known(false, Gate.NOT_BUILT));
        known.put("LeaseCheckpointPersist", new Known(false, Gate.NOT_BUILT));
        known.put("PriorityRequest", new Known(false, Gate.NOT_BUILT));
        known.put("SetMemberLocalAddr", new Known(false, Gate.NOT_BUILT));
        // A defragmentation stops nothing here.
        known.put("StopGRPCServiceOnDefrag", new Known(false, Gate.WITHOUT_EFFECT));
        known.put("TxnModeWriteWithSharedBuffer", new Known(true, Gate.WITHOUT_EFFECT));
        return known;
    }

    FeatureGates {
        set = Map.copyOf(set);
    }

    private static FeatureGates parse(String text) throws BadValueException {
        Map<String, Boolean> set = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = (equals < 0 ? part : part.substring(0, equals)).strip();
            if (equals < 0) {
                throw new BadValueException("missing bool value for " + name);
            }
            set.put(name, parse(name, part.substring(equals + 1).strip()));
        }
        for (String name : set.keySet()) {
            if (!KNOWN.containsKey(name)) {
                throw new BadValueException("unrecognized feature gate: " + name);
            }
        }
        return new FeatureGates(set);
    }

    private static boolean parse(String name, String value) throws BadValueException {
        try {
            return OptionTypes.BOOL.text().read(value);
        } catch (BadValueException e) {
            throw new BadValueException("invalid value of " + name + "=" + value
                    + ", err: strconv.ParseBool: parsing \"" + value + "\": invalid syntax");
        }
    }

    /** @throws ConfigException if a gate that is not built is not to have its default */
    void check() throws ConfigException {
        for (Map.Entry<String, Boolean> gate : new TreeMap<>(set).entrySet()) {
            Known known = KNOWN.get(gate.getKey());
            if (known != null && known.gate() == Gate.NOT_BUILT && known.enabled() != gate.getValue()) {
                throw new ConfigException(
                        "feature gate " + gate.getKey() + "=" + gate.getValue() + " is not available in this version");
            }
        }
    }

    /** What of the checks is on. */
    static ConsistencyChecks consistencyChecks(Settings settings) {
        FeatureGates gates = settings.get(Options.FEATURE_GATES);
        Duration periodic = settings.get(Options.CORRUPT_CHECK_TIME);
        return new ConsistencyChecks(
                gates.isOn(INITIAL_CHECK),
                periodic.isZero() ? Optional.empty() : Optional.of(periodic),
                gates.isOn(COMPACTION_CHECK)
                        ? Optional.of(settings.get(Options.COMPACT_HASH_CHECK_TIME))
                        : Optional.empty());
    }

    private boolean isOn(String name) {
        return set.getOrDefault(name, false);
    }

    @Override
    public String toString() {
        return new TreeMap<>(set)
                .entrySet().stream()
                        .map(gate -> gate.getKey() + "=" + gate.getValue())
                        .collect(Collectors.joining(","));
    }
}
