# who is there, in an order that does not depend on IDs
etcdctl member list | cut -d, -f2- | sort

etcdctl endpoint health --cluster 2>&1 | sed 's/took = .*/took = T/' | sort

etcdctl put k 1; etcdctl put k 2; etcdctl del k; etcdctl put k 3; etcdctl get k -w fields

# the same on all, as soon as they have taken all
for each in $(echo "$ETCDCTL_ENDPOINTS" | tr , ' '); do ETCDCTL_ENDPOINTS="$each" etcdctl get k > /dev/null; done
etcdctl endpoint hashkv --cluster | sed 's/^[^,]*, //' | sort -u

etcdctl endpoint status --cluster -w json | grep -o '"isLearner":[a-z]*\|"version":"[^"]*"\|"leader":' | sort | uniq -c

# leadership
printf %x "$(etcdctl endpoint status -w json | grep -o '"leader":[0-9]*' | head -1 | cut -d: -f2)" > leader; etcdctl member list | cut -d, -f1 | grep -v "^$(cat leader)$" | head -1 > follower; insist 'timed out\|leader changed' etcdctl move-leader "$(cat follower)"

# a third member may get to know later
until [ "$(printf %x "$(etcdctl endpoint status -w json | grep -o '"leader":[0-9]*' | head -1 | cut -d: -f2)")" = "$(cat follower)" ]; do sleep 0.1; done; echo moved

etcdctl move-leader 1234567890abcd 2>&1 | grep -o 'Error: .*'

# locks and elections
etcdctl lock mutex -- etcdctl get k

etcdctl lock mutex -- sh -c 'etcdctl get mutex --prefix --count-only -w fields | grep Count'

: > elected; etcdctl elect ballot me >> elected & until [ "$(wc -l < elected)" -ge 2 ]; do sleep 0.1; done; tail -1 elected; kill $!; wait

# a member that is never started; each member counts for itself whether it has been connected to the others for some seconds
insist 'unhealthy cluster' etcdctl member add new --learner --peer-urls=http://127.0.0.1:1 > added; head -1 added; sed -n '/ETCD_INITIAL_CLUSTER_STATE/p' added

etcdctl member list | grep unstarted | cut -d, -f1 > id; etcdctl member list | grep unstarted | cut -d, -f2-

insist 'unhealthy cluster' etcdctl member add another --learner --peer-urls=http://127.0.0.1:2

# within the same second its ID would be the same, else its URL is
insist 'unhealthy cluster' etcdctl member add another --peer-urls=http://127.0.0.1:1 | grep -c 'Error: .* exist'

etcdctl member add another --peer-urls=nowhere 2>&1 | grep -o 'Error: .*'

etcdctl member update "$(cat id)" --peer-urls=http://127.0.0.1:3; etcdctl member list | grep -c 127.0.0.1:3,

etcdctl member promote "$(cat id)" 2>&1 | grep -o 'Error: .*'

etcdctl member promote "$(cat follower)" 2>&1 | grep -o 'Error: .*'

etcdctl member remove "$(cat id)"; etcdctl member list | wc -l

etcdctl member remove "$(cat id)" 2>&1 | grep -o 'Error: .*'

etcdctl member promote "$(cat id)" 2>&1 | grep -o 'Error: .*'

# one that runs, by way of the others
export ETCDCTL_ENDPOINTS="${ETCDCTL_ENDPOINTS%,*}"; etcdctl member list | grep ', m2,' | cut -d, -f1 > id; insist 'unhealthy cluster' etcdctl member remove "$(cat id)"; until etcdctl member list > left 2> /dev/null; do sleep 0.1; done; cut -d, -f3 left | sort

# it may have led
export ETCDCTL_ENDPOINTS="${ETCDCTL_ENDPOINTS%,*}"; until etcdctl put k 4 2> /dev/null; do sleep 0.1; done; until etcdctl get k 2> /dev/null; do sleep 0.1; done
