# watches; each runs for a while and is then cut off

etcdctl put app/a 1
etcdctl put app/b 2
etcdctl put other x
etcdctl del app/a
etcdctl put app/a 3

timeout 2 etcdctl watch app/a --rev=1; true

timeout 2 etcdctl watch app/ --prefix --rev=1; true

timeout 2 etcdctl watch app/ --prefix --rev=1 --prev-kv; true

timeout 2 etcdctl watch app/ --prefix --rev=3 -w json; true

timeout 2 etcdctl watch app/ app/b --rev=1; true

(sleep 1; etcdctl put live one; etcdctl put live two; etcdctl del live) > /dev/null &
timeout 3 etcdctl watch live --prev-kv; true

printf 'watch app/ --prefix --rev=4\n' | timeout 2 etcdctl watch -i; true

(printf 'progress\nwatch other --rev=1\n'; sleep 1) | timeout 3 etcdctl watch -i; true

etcdctl compact 4

timeout 2 etcdctl watch app/ --prefix --rev=2; true

timeout 2 etcdctl watch app/ --prefix --rev=4; true
