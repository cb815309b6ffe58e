#!/bin/sh
# Makes the certificates of the tests of TLS in the working directory, with openssl. Names say what they are for.
set -e
exec 2>openssl.log

ec() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

# ca NAME: a CA of its own
ca() {
    ec "$1"
    openssl req -x509 -new -key "$1.key" -sha256 -subj "/CN=$1" -days 30 -out "$1.crt"
}

# sign NAME SUBJECT CA EXTENSIONS: a certificate for NAME.key
sign() {
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
    printf "$4" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$3.crt" -CAkey "$3.key" -CAcreateserial -days 30 -sha256 -out "$1.crt" \
        -extfile "$1.ext"
}

# issue NAME SUBJECT CA EXTENSIONS: the same with a new key
issue() { ec "$1"; sign "$@"; }

BOTH='extendedKeyUsage=serverAuth,clientAuth\n'
LOCAL='subjectAltName=DNS:localhost,IP:127.0.0.1\n'

ca ca
ca other-ca
issue server /CN=server ca "$BOTH$LOCAL"
issue renewed /CN=renewed ca "$BOTH$LOCAL"
issue other-server /CN=other-server other-ca "$BOTH$LOCAL"
issue client /O=etcetera/CN=alice ca 'extendedKeyUsage=clientAuth\n'
issue named /CN=named ca 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:client.example,DNS:*.peers.example,IP:10.0.0.1\n'
issue addressed /CN=addressed ca 'extendedKeyUsage=clientAuth\nsubjectAltName=IP:10.0.0.1\n'
issue foreign /CN=alice other-ca 'extendedKeyUsage=clientAuth\n'
issue server-only /CN=alice ca 'extendedKeyUsage=serverAuth\n'
issue intermediate /CN=intermediate ca 'basicConstraints=critical,CA:true\nkeyUsage=keyCertSign,cRLSign\n'
issue leaf /CN=leaf intermediate "$BOTH$LOCAL"
cat leaf.crt intermediate.crt > chain.crt

# Keys in every form that is about.
openssl pkcs8 -topk8 -nocrypt -in server.key -out server-pkcs8.key
{ openssl ecparam -name prime256v1; cat server.key; } > server-parameters.key
openssl genrsa -traditional -out rsa.key 2048
sign rsa /CN=rsa ca "$BOTH$LOCAL"
openssl pkcs8 -topk8 -nocrypt -in rsa.key -out rsa-pkcs8.key
openssl ec -in server.key -aes128 -passout pass:secret -out server-encrypted.key

# Keys of every kind, for both sides. The usage of one leaves signatures out, which clients make all the same.
openssl ecparam -name secp384r1 -genkey -noout -out p384.key
openssl ecparam -name secp521r1 -genkey -noout -out p521.key
openssl pkcs8 -topk8 -nocrypt -in p521.key -out p521-pkcs8.key
openssl genpkey -algorithm ED25519 -out ed25519.key
for kind in p384 p521 ed25519; do sign $kind /CN=$kind ca "$BOTH$LOCAL"; done
openssl genrsa -traditional -out not-for-signing.key 2048
sign not-for-signing /CN=not-for-signing ca "${BOTH}${LOCAL}keyUsage=keyEncipherment\n"

# What openssl makes without any extension.
openssl genpkey -algorithm RSA -out plain.key
openssl req -new -key plain.key -subj /CN=plain -out plain.csr
openssl x509 -req -in plain.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out plain.crt -days 365

# Expired and revoked ones need a database.
mkdir -p database
: > database/index.txt
echo 1000 > database/crlnumber
echo 2000 > database/serial
cat > database/config <<X
[ca]
default_ca = this
[this]
database = database/index.txt
new_certs_dir = database
serial = database/serial
crlnumber = database/crlnumber
certificate = ca.crt
private_key = ca.key
default_md = sha256
default_crl_days = 30
policy = policy
[policy]
commonName = supplied
X
ec expired
openssl req -new -key expired.key -subj /CN=expired -out expired.csr
openssl ca -config database/config -batch -notext -in expired.csr -out expired.crt \
    -startdate 20200101000000Z -enddate 20210101000000Z
openssl ca -config database/config -gencrl -out empty-crl.pem
issue revoked /CN=alice ca 'extendedKeyUsage=clientAuth\n'
openssl ca -config database/config -revoke revoked.crt
openssl ca -config database/config -gencrl -out crl.pem
openssl crl -in empty-crl.pem -outform DER -out empty-crl.der
openssl crl -in crl.pem -outform DER -out crl.der
