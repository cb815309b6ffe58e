# status, health, members, compaction; a member knows of which version its store is some moments, or seconds, after its start

until etcdctl endpoint status -w json | grep -q '"storageVersion":"3'; do sleep 0.1; done

etcdctl endpoint health | sed 's/took = .*/took = T/'

etcdctl endpoint health -w json | sed 's/"took":"[^"]*"/"took":"T"/'

etcdctl endpoint status | sed 's/[0-9.]* [kMG]*B, [0-9.]* [kMG]*B, [0-9]*%/SIZES/; s/true, false, [0-9]*, [0-9]*, [0-9]*,/true, false, TERM, INDEX, APPLIED,/'

etcdctl endpoint status -w json

etcdctl endpoint status -w fields

etcdctl endpoint status -w table | sed 's/[0-9.]* [kMG]*B/SIZE/g; s/  *|/ |/g; s/[─-]*//g' | tail -3 | head -1 | sed 's/[0-9]* | *[0-9]* | *[0-9]* | */RAFT | /'

etcdctl member list

etcdctl member list -w json

etcdctl member list -w fields

etcdctl member list -w table | sed 's/[─-]*//g; s/  */ /g'

etcdctl alarm list

etcdctl put k 1; etcdctl put k 2; etcdctl put k 3; etcdctl del k; etcdctl put k 4

etcdctl compact 4

etcdctl get k --rev=3

etcdctl get k --rev=4

etcdctl compact 4

etcdctl compact 100

etcdctl compact 6 --physical

etcdctl compaction 6

etcdctl endpoint hashkv

etcdctl endpoint hashkv -w json

etcdctl endpoint hashkv -w fields

etcdctl put k 5; etcdctl endpoint hashkv; etcdctl endpoint hashkv --rev 6 -w json

etcdctl endpoint hashkv --rev 5; etcdctl endpoint hashkv --rev 100
