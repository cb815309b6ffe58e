# Read by the launchers with `.`: finds a Java and runs a main class on it. POSIX sh, and no process but java where possible.
# Expects $self, the path of the script that reads this.

least=17

case $self in
*/*) home=${self%/*}/.. ;;
*) home=.. ;;
esac
home=$(cd "$home" && pwd -P) || exit 1

# The major version of the Java in directory $1, from its release file, into $major; empty if that cannot be told.
read_major() {
    major=
    [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
        JAVA_VERSION=*)
            major=${line#JAVA_VERSION=}
            major=${major#\"}
            major=${major%%\"*}
            major=${major#1.}
            major=${major%%[!0-9]*}
            ;;
        esac
    done <"$1/release"
}

# Asks the Java in directory $1 itself: slow, and only for one without a release file.
ask_major() {
    line=$("$1/bin/java" -version 2>&1) || line=
    line=${line#*version \"}
    line=${line#1.}
    major=${line%%[!0-9]*}
}

# Takes the Java in directory $1 if it is new enough; sets $java and $major.
try_java() {
    [ -x "$1/bin/java" ] || return 1
    read_major "$1"
    [ -n "$major" ] || ask_major "$1"
    if [ -n "$major" ] && [ "$major" -ge "$least" ]; then
        java=$1/bin/java
        return 0
    fi
    rejected="$rejected $1 (Java ${major:-of unknown version})"
    return 1
}

find_java() {
    rejected=
    if [ -n "${JAVA_HOME:-}" ]; then
        try_java "${JAVA_HOME%/}" && return 0
        fail "JAVA_HOME is $JAVA_HOME, which is not a Java $least or newer"
    fi
    found=$(command -v java 2>/dev/null) || found=
    if [ -n "$found" ]; then
        found=$(readlink -f "$found" 2>/dev/null) || found=
        try_java "${found%/bin/java}" && return 0
    fi
    best=
    best_major=0
    for directory in /usr/lib/jvm/*; do
        if try_java "$directory" && [ "$major" -gt "$best_major" ]; then
            best=$java
            best_major=$major
        fi
    done
    [ -n "$best" ] || fail "no Java $least or newer: set JAVA_HOME, or put java on the PATH.${rejected:+ Found only:$rejected}"
    java=$best
    major=$best_major
}

fail() {
    echo "${0##*/}: $1" >&2
    exit 1
}

# run_etcd CDS MAIN-CLASS [ARGUMENT...]: runs a class with the options of a member.
#
# Idles small: a serial collector, small stacks, and a first heap of which only what is used takes memory. Grows with need
# to half of the machine; in large steps, for a step costs a full collection, and a start on a full store makes many. A collection that
# leaves little gives the rest back at once, for there may be no other one for days.
# Out of memory ends the process at once: what is acknowledged is on disk. Why it ended is said by lib/out-of-memory.sh, for the JVM's own
# words would be the only line of the log that is no JSON.
# Inlines less than a JVM does by itself: a request goes through much code of Netty's, gRPC's and protobuf's, and to compile all that
# into a few large methods costs more than they win. docs/performance.md has figures.
# Compiles less while much waits to be compiled, as in a start, where compilers take two fifths of the processors' time.
# The key stores that Netty makes are never written anywhere; 10,000 rounds to protect them are a tenth of a start with TLS.
run_etcd() {
    cds=$1
    main=$2
    shift 2
    run_java "$cds" "$main" \
        -XX:+UseSerialGC -Xms128m -XX:MaxRAMPercentage=50 -XX:NewSize=32m -XX:MaxNewSize=128m \
        -XX:MinHeapFreeRatio=50 -XX:MaxHeapFreeRatio=70 -XX:-ShrinkHeapInSteps -XX:MetaspaceSize=64m -Xss512k -XX:ReservedCodeCacheSize=64m -XX:-UsePerfData \
        -XX:InlineSmallCode=700 -XX:FreqInlineSize=100 -XX:Tier3LoadFeedback=2 -XX:Tier4LoadFeedback=1 \
        -XX:+ExitOnOutOfMemoryError "-XX:OnOutOfMemoryError='$home/lib/out-of-memory.sh' %p" \
        -XX:+UnlockDiagnosticVMOptions -XX:-DisplayVMOutput -XX:-PrintWarnings \
        -Dio.netty.leakDetection.level=disabled -Dkeystore.pkcs12.keyPbeIterationCount=1 \
        -- "$@"
}

# Sets $taken to the options in variable $1, whose value is $2, and unsets it: of what the JVM picks up by itself, it tells on stderr.
# Leaves alone what is quoted, which only the JVM can split.
take_options() {
    taken=
    case $2 in
    *[\"\']*) ;;
    *)
        taken=$2
        unset "$1"
        ;;
    esac
}

# run_java CDS MAIN-CLASS [JVM-OPTION...] -- [ARGUMENT...]: becomes java. CDS says what to do with the archive of classes: use or make.
run_java() {
    cds=$1
    main=$2
    shift 2
    find_java
    # In a fixed order, for the archive of classes is valid only for the very class path that it was made with.
    IFS= read -r jars <"$home/lib/classpath" || [ -n "$jars" ] || fail "$home/lib/classpath is missing"
    classpath=
    rest=$jars
    while [ -n "$rest" ]; do
        jar=${rest%% *}
        classpath=$classpath:$home/lib/$jar
        case $rest in
        *' '*) rest=${rest#* } ;;
        *) rest= ;;
        esac
    done
    set -- -cp "${classpath#:}" "$@"
    set -- --add-opens java.base/java.nio=ALL-UNNAMED --add-opens java.base/sun.nio.ch=ALL-UNNAMED "$@"
    if [ "$major" -ge 24 ]; then
        set -- --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow "$@"
    fi
    # Classes that are loaded already, and from Java 25 on what was learnt of their methods, if there is an archive for this
    # Java. One that does not fit is passed over in silence.
    if [ "$major" -ge 25 ]; then
        archive=$home/lib/classes-$major.aot use=-XX:AOTCache= make=-XX:AOTCacheOutput=
    else
        archive=$home/lib/classes-$major.jsa use=-XX:SharedArchiveFile= make=-XX:ArchiveClassesAtExit=
    fi
    case $cds in
    use) [ ! -r "$archive" ] || set -- "$use$archive" "$@" ;;
    make) set -- "$make$archive" "$@" ;;
    esac
    # The JVM's own log would go to stdout, and an archive that does not fit is no error.
    set -- -Xlog:disable "$@"
    take_options JAVA_TOOL_OPTIONS "${JAVA_TOOL_OPTIONS:-}"
    # shellcheck disable=SC2086 # options, to be split
    set -- $taken "$@"
    take_options JDK_JAVA_OPTIONS "${JDK_JAVA_OPTIONS:-}"
    # shellcheck disable=SC2086 # likewise
    set -- $taken "$@"
    take_options _JAVA_OPTIONS "${_JAVA_OPTIONS:-}"
    # The -- gives way to the user's options and the main class.
    options=
    for argument; do
        shift
        if [ -z "$options" ] && [ "$argument" = -- ]; then
            options=done
            # shellcheck disable=SC2086 # options of the user's, to be split
            set -- "$@" ${ETCD_JAVA_OPTS:-} $taken "$main"
        else
            set -- "$@" "$argument"
        fi
    done
    exec "$java" "$@"
}
