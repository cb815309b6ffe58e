#!/bin/sh
# Run by the JVM of process $1 when its heap is full, just before it ends. Says so in the log.
# In one piece, or another thread's line may come in between.
end='"msg":"out of memory; the process ends, and what it has acknowledged is safe on disk","error":"java.lang.OutOfMemoryError: Java heap space"'
printf '{"level":"fatal","ts":"%s",%s,"pid":%s}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$end" "$1" >&2
