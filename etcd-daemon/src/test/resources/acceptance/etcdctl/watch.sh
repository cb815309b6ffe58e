# watches; each is cut off when it has printed what it has to print, and a second more

etcdctl put app/a 1
etcdctl put app/b 2
etcdctl put other x
etcdctl del app/a
etcdctl put app/a 3

first 9 etcdctl watch app/a --rev=1

first 12 etcdctl watch app/ --prefix --rev=1

first 14 etcdctl watch app/ --prefix --rev=1 --prev-kv

first 1 etcdctl watch app/ --prefix --rev=3 -w json

first 9 etcdctl watch app/ app/b --rev=1

: > out; { echo 'watch app/ --prefix --rev=4'; lines 6 out; } | etcdctl watch -i > out; cat out

# progress is told once the watch is no longer behind, and as often as one asks then
: > out; { echo 'watch other --rev=1'; until grep -q progress out; do sleep 0.2; echo progress; done; lines 4 out; } | etcdctl watch -i > out; uniq out

etcdctl compact 4

timeout 60 etcdctl watch app/ --prefix --rev=2

first 6 etcdctl watch app/ --prefix --rev=4

# what is put first only shows when the watch is there
: > out; etcdctl watch live --prev-kv > out & until [ -s out ]; do etcdctl put live zero > /dev/null; done
(etcdctl put live one; etcdctl put live two; etcdctl del live) > /dev/null
until [ "$(tail -n 5 out | head -n 1)" = DELETE ]; do sleep 0.1; done; sleep 1; kill $!; { wait $!; } 2> /dev/null; tail -n 15 out
