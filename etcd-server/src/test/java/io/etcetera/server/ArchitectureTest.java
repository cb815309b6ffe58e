package io.etcetera.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.etcetera.server.rpc.MemberParts;

@AnalyzeClasses(packages = "io.etcetera", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** An embedder is given a channel, too. */
    @ArchTest
    static final ArchRule onlyTheEdgesKnowGrpcAndNetty = noClasses()
            .that()
            .resideInAPackage("io.etcetera.server..")
            .and()
            .resideOutsideOfPackages(
                    "io.etcetera.server.rpc..",
                    "io.etcetera.server.transport..",
                    "io.etcetera.server.http..",
                    "io.etcetera.server.tls..",
                    "io.etcetera.server.net..")
            .and()
            .doNotBelongToAnyOf(Etcd.class, ClientPorts.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "io.netty..");

    @ArchTest
    static final ArchRule onlyTheMetricsKnowMicrometer = noClasses()
            .that()
            .resideInAPackage("io.etcetera..")
            .and()
            .resideOutsideOfPackage("io.etcetera.server.metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.prometheus..");

    @ArchTest
    static final ArchRule onlyTheAdapterKnowsJraft = noClasses()
            .that()
            .resideInAPackage("io.etcetera..")
            .and()
            .resideOutsideOfPackage("io.etcetera.raft.jraft..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.alipay.sofa..");

    @ArchTest
    static final ArchRule onlyTheBackendKnowsLmdb = noClasses()
            .that()
            .resideInAPackage("io.etcetera..")
            .and()
            .resideOutsideOfPackage("io.etcetera.mvcc.backend..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.lmdbjava..", "jnr..");

    @ArchTest
    static final ArchRule onlyUsersAndTokensKnowBouncyCastle = noClasses()
            .that()
            .resideInAPackage("io.etcetera..")
            .and()
            .resideOutsideOfPackage("io.etcetera.server.auth..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bouncycastle..");

    /** What a client may do is checked there; whoever went another way could forget it. */
    @ArchTest
    static final ArchRule callsProposeAndAskForLeasesThroughAccess = noClasses()
            .that()
            .resideInAPackage("io.etcetera.server.rpc..")
            .and()
            .doNotHaveSimpleName("Access")
            .should()
            .callMethod(MemberParts.class, "proposer")
            .orShould()
            .callMethod(MemberParts.class, "leases");

    /** Maintenance is for root alone, but for the sizes in Status; a watch is checked when it is created. */
    @ArchTest
    static final ArchRule callsReadThroughAccess = noClasses()
            .that()
            .resideInAPackage("io.etcetera.server.rpc..")
            .and()
            .haveNameNotMatching(".*\\.(Access|RpcServices|WatchCall|MaintenanceService.*|DefragmentCall)")
            .should()
            .callMethod(MemberParts.class, "store");

    @ArchTest
    static final ArchRule theStoreKnowsNothingAboveIt = noClasses()
            .that()
            .resideInAPackage("io.etcetera.mvcc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.etcetera.raft..", "io.etcetera.server..");

    @ArchTest
    static final ArchRule theLogKnowsNothingAboveIt = noClasses()
            .that()
            .resideInAPackage("io.etcetera.raft..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.etcetera.mvcc..", "io.etcetera.server..");

    /** The package above them holds what all share, and puts them together; so it is not a slice of its own. */
    @ArchTest
    static final ArchRule partsOfTheServerFormNoCycles =
            slices().matching("io.etcetera.server.(*)..").should().beFreeOfCycles();

    /** Nor do the packages inside a part, such as {@code rpc.call} and {@code rpc.kv}. */
    @ArchTest
    static final ArchRule packagesOfTheServerFormNoCycles =
            slices().matching("io.etcetera.server.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyOneClassReadsTheClock = noClasses()
            .that()
            .resideInAPackage("io.etcetera.server..")
            .and()
            .doNotHaveSimpleName("SystemTime")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule nobodyEndsTheProcess = noClasses()
            .that()
            .resideInAPackage("io.etcetera.server..")
            .should()
            .callMethod(System.class, "exit", int.class);
}
