package io.etcetera.daemon.options;

import io.etcetera.server.ConsistencyChecks;
import io.etcetera.server.text.BadValueException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The switches of option {@code feature-gates}: {@code Name=true,Name=false}, with the names of etcd's.
 *
 * @param set those that were given, by name
 */
public record FeatureGates(Map<String, Boolean> set) {
    public static final FeatureGates NONE = new FeatureGates(Map.of());

    static final OptionType<FeatureGates> TYPE = new OptionType<>(
            "string",
            false,
            FeatureGates::parse,
            node -> parse(OptionTypes.expect(String.class, node, "string")),
            FeatureGates::toString);

    private static final Logger LOG = LoggerFactory.getLogger(FeatureGates.class);

    private static final String ALL_ALPHA = "AllAlpha";
    private static final String CHECKPOINT = "LeaseCheckpoint";
    private static final String CHECKPOINT_PERSIST = "LeaseCheckpointPersist";
    private static final String INITIAL_CHECK = "InitialCorruptCheck";
    private static final String COMPACTION_CHECK = "CompactHashCheck";

    /**
     * What is known of a gate.
     *
     * @param enabled its default
     * @param lacking what another value would change in etcd, and does not here; empty if that makes no difference to anybody
     */
    private record Known(boolean enabled, String lacking) {}

    private static final Map<String, Known> KNOWN = known();

    private static Map<String, Known> known() {
        Map<String, Known> known = new LinkedHashMap<>();
        known.put(ALL_ALPHA, new Known(false, ""));
        known.put("AllBeta", new Known(false, ""));
        known.put(COMPACTION_CHECK, new Known(false, ""));
        known.put("FastLeaseKeepAlive", new Known(true, ""));
        known.put(INITIAL_CHECK, new Known(false, ""));
        known.put(CHECKPOINT, new Known(false, "leases begin anew when leadership moves"));
        known.put(CHECKPOINT_PERSIST, new Known(false, "leases begin anew when leadership moves"));
        known.put("PriorityRequest", new Known(false, "revocations of leases wait like all requests"));
        known.put("SetMemberLocalAddr", new Known(false, "the system chooses where connections to peers come from"));
        // A defragmentation stops nothing here.
        known.put("StopGRPCServiceOnDefrag", new Known(false, ""));
        known.put("TxnModeWriteWithSharedBuffer", new Known(true, ""));
        return known;
    }

    public FeatureGates {
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

    /**
     * Checks what belongs together, and warns of gates that do nothing here.
     *
     * @throws ConfigException with etcd's words
     */
    void check() throws ConfigException {
        if (isOn(CHECKPOINT_PERSIST) && !isOn(CHECKPOINT)) {
            throw new ConfigException(
                    "enabling feature gate LeaseCheckpointPersist requires enabling feature gate LeaseCheckpoint");
        }
        for (Map.Entry<String, Known> gate : KNOWN.entrySet()) {
            boolean isChanged = isOn(gate.getKey()) != gate.getValue().enabled();
            if (isChanged && !gate.getValue().lacking().isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("feature-gate", gate.getKey())
                        .addKeyValue("reason", gate.getValue().lacking())
                        .log("this feature gate has no effect");
            }
        }
    }

    /** What of the checks is on. */
    public static ConsistencyChecks consistencyChecks(Settings settings) {
        FeatureGates gates = settings.get(Options.FEATURE_GATES);
        Duration periodic = settings.get(Options.CORRUPT_CHECK_TIME);
        return new ConsistencyChecks(
                gates.isOn(INITIAL_CHECK),
                periodic.isZero() ? Optional.empty() : Optional.of(periodic),
                gates.isOn(COMPACTION_CHECK)
                        ? Optional.of(settings.get(Options.COMPACT_HASH_CHECK_TIME))
                        : Optional.empty());
    }

    /** All gates of which anything depends here are alpha ones. */
    private boolean isOn(String name) {
        Known known = KNOWN.get(name);
        boolean enabled = known != null && known.enabled();
        return set.getOrDefault(name, enabled || (!name.equals(ALL_ALPHA) && set.getOrDefault(ALL_ALPHA, false)));
    }

    @Override
    public String toString() {
        return new TreeMap<>(set)
                .entrySet().stream()
                        .map(gate -> gate.getKey() + "=" + gate.getValue())
                        .collect(Collectors.joining(","));
    }
}
