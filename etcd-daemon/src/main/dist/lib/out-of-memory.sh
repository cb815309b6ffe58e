#!/bin/sh
# Run by the JVM of process $1 when its heap is full, just before it ends. Says so in the log.
printf '{"level":"fatal","ts":"%s","msg":"out of memory; the process ends, and what it has acknowledged is safe on disk",' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >&2
printf '"error":"java.lang.OutOfMemoryError: Java heap space","pid":%s}\n' "$1" >&2
