# put and get, in every form that etcdctl prints

etcdctl get nothing

etcdctl put foo bar
etcdctl put foo1 bar1
etcdctl put foo2 bar2
etcdctl put foo3 bar3
etcdctl put zoo tiger

etcdctl get foo

etcdctl get foo --hex

etcdctl get foo --print-value-only

etcdctl get foo --prefix

etcdctl get foo foo3

etcdctl get foo --from-key

etcdctl get --prefix --limit=2 foo

etcdctl get --prefix --keys-only foo

etcdctl get --prefix --count-only foo -w fields

etcdctl get "" --prefix --keys-only

etcdctl get foo --prefix --sort-by=MODIFY --order=DESCEND

etcdctl get foo --prefix --sort-by=VALUE --order=ASCEND
etcdctl get foo --prefix --sort-by=KEY --order=DESCEND
etcdctl get foo --prefix --sort-by=CREATE --order=DESCEND

etcdctl get --stream foo --prefix

etcdctl put foo second
etcdctl put foo third --prev-kv

etcdctl get foo --rev=2

etcdctl get foo --rev=7 -w json

etcdctl get foo --prefix -w json

etcdctl get foo --prefix -w fields

etcdctl get foo -w table

etcdctl get foo --rev=100

etcdctl get foo -w protobuf | tail -c 40 | strings

etcdctl put foo --ignore-value --ignore-lease

etcdctl put absent --ignore-value

etcdctl put "" value

etcdctl get --consistency=s foo

etcdctl get foo --prefix --min-mod-rev=4 --max-create-rev=5

etcdctl put json '{"a": 1}' -w json

etcdctl put k v --prev-kv -w fields

etcdctl del foo1

etcdctl del foo2 --prev-kv

etcdctl del absent

etcdctl put a 1; etcdctl put b 2; etcdctl put c 3
etcdctl del a c
etcdctl get a d

etcdctl del --prefix foo --prev-kv -w json

etcdctl del "" --from-key

etcdctl get "" --prefix
