# the commands of two widely read guides, one by one, as their readers type them

ETCDCTL_API=3 etcdctl get foo

etcdctl put /app/config '{"timeout": 30}'; etcdctl put /app/name demo; etcdctl put key value

etcdctl get key; etcdctl get key --print-value-only; etcdctl get key --hex

etcdctl get "" --prefix --keys-only

etcdctl get /app/ --prefix; etcdctl get /app/config key

etcdctl put key1 1; etcdctl put key2 2; etcdctl put key3 3; etcdctl del key1 key3; etcdctl del key; etcdctl del /app/ --prefix

# watches, in the background as in another terminal
(first 6 etcdctl watch key --rev=2) > one & (first 12 etcdctl watch /app/ --prefix --rev=2) > prefix & (first 3 etcdctl watch key3 --prev-kv --rev=2) > prev & wait; cat one prefix prev

: > out; { echo 'watch key --rev=2'; lines 6 out; } | etcdctl watch -i > out; cat out

etcdctl endpoint status | grep -c 3.7.1; etcdctl endpoint health | sed 's/took = .*/took = T/'

etcdctl member list --write-out=table | sed 's/[─-]*//g; s/  */ /g'

etcdctl member add node4 --peer-urls=http://127.0.0.1:1 --learner | sed 's/=.*//'; etcdctl member list | grep -c unstarted

etcdctl member update "$(etcdctl member list | grep unstarted | cut -d, -f1)" --peer-urls=http://127.0.0.1:2; etcdctl member list | grep -o '127.0.0.1:2,'

etcdctl member remove "$(etcdctl member list | grep unstarted | cut -d, -f1)"

etcdctl lease grant 60 | tee granted; cut -d' ' -f2 granted > id

etcdctl put session/user123 "data" --lease="$(cat id)"; etcdctl lease timetolive "$(cat id)" --keys | sed 's/remaining([0-9]*s)/remaining(N)/'

first 1 etcdctl lease keep-alive "$(cat id)"

etcdctl lease revoke "$(cat id)"; etcdctl get session/user123

printf 'value("lock") = ""\n\nput lock "owner-1"\n\nget lock\n\n' | etcdctl txn

printf 'mod("lock") = "0"\n\nput lock "owner-1"\n\nget lock\n\n' | etcdctl txn --interactive

etcdctl lock my-lock -- sh -c 'echo "I have the lock"'

# the second gets in line, and gives up
: > won; : > lost; etcdctl elect my-election leader1 > won & first=$!; until [ "$(wc -l < won)" -ge 2 ]; do sleep 0.1; done
etcdctl elect my-election leader2 > lost 2>&1 & second=$!; until etcdctl get my-election/ --prefix --count-only -w fields | grep -q '"Count" : 2'; do sleep 0.1; done
sleep 1; kill $second; { wait $second; } 2> /dev/null; sed 's,/.*,/LEASE,' won lost; kill $first; { wait $first; } 2> /dev/null

etcdctl snapshot save backup.db 2>/dev/null | sed 's/size .*//'; test -s backup.db && echo saved

etcdctl snapshot status backup.db --write-out=table

CURRENT_REV=$(etcdctl endpoint status --write-out=json | sed 's/.*"revision":\([0-9]*\).*/\1/'); etcdctl compaction $((CURRENT_REV - 3)); etcdctl compact $((CURRENT_REV - 2))

etcdctl defrag | sed 's/took .*//'; etcdctl defrag --cluster | sed 's/took .*//'

etcdctl user add root --new-user-password=r00t; etcdctl user add alice:secret; etcdctl user list; etcdctl user get alice

etcdctl role add viewer; etcdctl role grant-permission viewer read /app/; etcdctl role grant-permission viewer --prefix=true readwrite /own/; etcdctl role get viewer; etcdctl role list

etcdctl user grant-role alice viewer; etcdctl user get alice --detail; etcdctl user grant-role root root

etcdctl auth enable; etcdctl auth status

etcdctl auth status --user root:r00t

etcdctl get /app/ --prefix --keys-only

etcdctl --user alice:secret get /app/; etcdctl --user alice:secret get / --prefix --keys-only; etcdctl --user alice:secret put /own/a 1; etcdctl --user alice:secret put /app/ 1

etcdctl --user alice:wrong get /app/; etcdctl --user alice --password secret get /own/ --prefix

etcdctl --user root:r00t role revoke-permission viewer /app/; etcdctl --user alice:secret get /app/

etcdctl --user root:r00t user revoke-role alice viewer; etcdctl --user alice:secret get /own/a

etcdctl --user root:r00t user delete alice; etcdctl --user root:r00t role delete viewer; etcdctl --user alice:secret get /own/a

etcdctl --user root:r00t auth disable; etcdctl user list; etcdctl role list
