# leases; the order of attached keys is not defined

etcdctl lease list

etcdctl lease grant 600 | tee granted; cut -d' ' -f2 granted > id

etcdctl put leased-a 1 --lease="$(cat id)"
etcdctl put leased-b 2 --lease="$(cat id)"
etcdctl put free 3

etcdctl lease timetolive "$(cat id)" | sed 's/remaining([0-9]*s)/remaining(N)/'

etcdctl lease timetolive "$(cat id)" --keys | grep -o 'leased-[ab]' | sort

etcdctl lease list

etcdctl lease keep-alive --once "$(cat id)"

etcdctl get leased --prefix -w json

etcdctl put leased-a moved
etcdctl lease timetolive "$(cat id)" --keys | grep -o 'leased-[ab]' | sort

etcdctl put leased-b again --ignore-lease
etcdctl lease timetolive "$(cat id)" --keys | grep -o 'leased-[ab]' | sort

etcdctl lease revoke "$(cat id)"

etcdctl get "" --prefix

etcdctl lease revoke "$(cat id)"

etcdctl lease timetolive "$(cat id)"

etcdctl lease keep-alive --once "$(cat id)"

etcdctl put orphan x --lease=1234abcd

etcdctl lease grant 1

etcdctl lease grant 9000000001

# a lease runs out and takes its key along
etcdctl lease grant 5 > short; etcdctl put brief x --lease="$(cut -d' ' -f2 short)"
until [ -z "$(etcdctl get brief)" ]; do sleep 0.1; done
etcdctl get "" --prefix -w fields
