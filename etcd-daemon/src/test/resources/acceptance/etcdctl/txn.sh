# transactions

etcdctl put key old

etcdctl txn <<'END'
value("key") = "old"

put key new
get key

get key

END

etcdctl txn <<'END'
value("key") = "old"

put key new

get key

END

etcdctl txn -w json <<'END'
mod("key") > "0"
version("key") = "2"
create("key") = "2"

put created here
del nothing
get key

END

# a lock taken once
etcdctl txn <<'END'
create("lock") = "0"

put lock owner-1

get lock

END

etcdctl txn <<'END'
create("lock") = "0"

put lock owner-2

get lock

END

etcdctl txn <<'END'
value("lock") = ""

put lock "owner-1"

get lock

END

# the same key twice
etcdctl txn <<'END'


put twice a
put twice b


END

etcdctl txn <<'END'


del key
del key


END

etcdctl get "" --prefix -w fields
