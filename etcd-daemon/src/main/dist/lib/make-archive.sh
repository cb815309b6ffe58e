#!/bin/sh
# Makes the archive of loaded classes that halves the start-up time, for the Java that bin/etcd would use now. From Java 25 on,
# it also holds what was learnt of methods under a load of some seconds.
# Packaging runs this. Run it again after moving the directory or changing the Java; without it, etcd only starts slower.
self=$0
[ ! -h "$self" ] || self=$(readlink -f "$self")
. "${self%/*}/java.sh"
run_etcd make io.etcetera.daemon.training.ArchiveTraining >/dev/null
