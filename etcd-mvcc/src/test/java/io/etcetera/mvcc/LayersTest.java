package io.etcetera.mvcc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. */
@AnalyzeClasses(packages = "io.etcetera", importOptions = DoNotIncludeTests.class)
class LayersTest {
    @ArchTest
    static final ArchRule ONLY_THE_ENVIRONMENT_KNOWS_LMDB = noClasses()
            .that()
            .resideOutsideOfPackage("io.etcetera.mvcc.backend.env")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.lmdbjava..");

    @ArchTest
    static final ArchRule ONLY_THE_BACKEND_KNOWS_NATIVE_CODE = noClasses()
            .that()
            .resideOutsideOfPackage("io.etcetera.mvcc.backend..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "com.kenai..");

    @ArchTest
    static final ArchRule WHAT_OTHERS_KNOW_OF_THE_STORE_DOES_NOT_SAY_HOW = noClasses()
            .that()
            .resideInAPackage("io.etcetera.mvcc")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.etcetera.mvcc.revision",
                    "io.etcetera.mvcc.snapshot",
                    "io.etcetera.mvcc.index",
                    "io.etcetera.mvcc.bolt",
                    "io.etcetera.mvcc.backend.*..");

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLES =
            slices().matching("io.etcetera.mvcc.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_STORE_KNOWS_NO_LAYER_ABOVE = noClasses()
            .that()
            .resideInAPackage("io.etcetera.mvcc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.etcetera.server..", "io.etcetera.raft..", "io.etcetera.daemon..", "io.grpc..", "io.netty..");

    @ArchTest
    static final ArchRule THE_BACKEND_KNOWS_NOTHING_OF_KEYS_AND_WATCHERS = noClasses()
            .that()
            .resideInAnyPackage("io.etcetera.mvcc.backend..", "io.etcetera.mvcc.schema")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.etcetera.mvcc.index", "io.etcetera.mvcc.watch");
}
