#!/bin/sh
# Makes the certificates, keys and signatures of tests/c/test_public_key.c with openssl (3.0), in this folder.
# Signatures are over the 29 bytes "what the signature is made of" and carry TLS's SignatureScheme in their names; the
# keys are for tests only, and the certificates outlive us.
# SPDX-License-Identifier: MIT
set -eu
cd "$(dirname "$0")"
printf 'what the signature is made of' > signed.bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

certificate() { # name, how to make the key
    name=$1
    shift
    openssl genpkey "$@" -out "$work/$name.pem"
    openssl req -new -x509 -key "$work/$name.pem" -subj "/CN=$name" -days 36500 -outform DER -out "$name.crt"
}

sign() { # key, scheme, what openssl dgst needs
    key=$1
    scheme=$2
    shift 2
    openssl dgst "$@" -sign "$work/$key.pem" -out "$key-$scheme.sig" signed.bin
}

openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 -pkeyopt dsa_paramgen_q_bits:256 \
    -out "$work/dsa.param"
certificate rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
certificate rsa-pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048
certificate p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
certificate p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
certificate ed25519 -algorithm ED25519
certificate ed448 -algorithm ED448
certificate dsa -paramfile "$work/dsa.param"

# RSA keys that nobody has: made to keep those busy who verify with them
oversized() { # name, modulus, exponent
    printf '%s\n' asn1=SEQUENCE:spki '[spki]' algorithm=SEQUENCE:algorithm key=BITWRAP,SEQUENCE:key \
        '[algorithm]' oid=OID:rsaEncryption parameters=NULL '[key]' "n=INTEGER:0x$2" "e=INTEGER:0x$3" > "$work/$1.cnf"
    openssl asn1parse -genconf "$work/$1.cnf" -noout -out "$work/$1.der"
    openssl pkey -pubin -inform DER -in "$work/$1.der" -out "$work/$1.pub"
    openssl x509 -new -force_pubkey "$work/$1.pub" -signkey "$work/p256.pem" \
        -subj "/CN=$1" -days 36500 -outform DER -out "$1.crt"
}
ones() { printf "%${1}s" '' | tr ' ' f; } # so many digits
oversized rsa-16388-bits "$(ones 4097)" 10001
oversized rsa-long-exponent "$(ones 512)" 1000000000000000d

sign rsa 0101 -md5
sign rsa 0201 -sha1
sign rsa 0401 -sha256
sign rsa 0601 -sha512
sign rsa 0804 -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
sign rsa 0806 -sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
sign rsa-pss 0809 -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
sign rsa-pss 080a -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
sign p256 0203 -sha1
sign p256 0403 -sha256
sign p384 0403 -sha256 # no curve goes with a hash before TLS 1.3
sign p384 0503 -sha384
sign dsa 0202 -sha1
sign dsa 0402 -sha256
for key in ed25519:0807 ed448:0808; do # these hash by themselves, so openssl dgst does not do them
    openssl pkeyutl -sign -rawin -inkey "$work/${key%:*}.pem" -in signed.bin -out "${key%:*}-${key#*:}.sig"
done

# TLS 1.0: RSA over MD5 and SHA1 without a DigestInfo (DSA and ECDSA sign SHA1, like 0202 and 0203)
{ openssl dgst -md5 -binary signed.bin; openssl dgst -sha1 -binary signed.bin; } > "$work/hashes"
openssl pkeyutl -sign -inkey "$work/rsa.pem" -in "$work/hashes" -out rsa-tls10.sig

# the RSA key as it comes in files; the password is "sesame"
cp "$work/rsa.pem" rsa-pkcs8.pem
openssl rsa -in "$work/rsa.pem" -traditional -out rsa-pkcs1.pem
openssl rsa -in "$work/rsa.pem" -traditional -outform DER -out rsa-pkcs1.der
openssl pkcs8 -topk8 -nocrypt -in "$work/rsa.pem" -outform DER -out rsa-pkcs8.der
openssl pkcs8 -topk8 -v2 aes-256-cbc -in "$work/rsa.pem" -passout pass:sesame -out rsa-encrypted-pkcs8.pem
openssl pkcs8 -topk8 -v2 aes-256-cbc -in "$work/rsa.pem" -passout pass:sesame -outform DER \
    -out rsa-encrypted-pkcs8.der
openssl rsa -in "$work/rsa.pem" -traditional -aes128 -passout pass:sesame -out rsa-encrypted-pkcs1.pem
openssl x509 -inform DER -in rsa.crt -out "$work/rsa.crt.pem"
cat "$work/rsa.crt.pem" "$work/rsa.pem" > rsa-after-certificate.pem
openssl pkcs12 -export -inkey "$work/rsa.pem" -in "$work/rsa.crt.pem" -passout pass:sesame -out rsa.p12
cp "$work/p256.pem" p256.pem

# a premaster secret as ClientKeyExchange carries it: 03 03 and 46 times 2e
{ printf '\003\003'; printf '..............................................'; } > "$work/premaster"
openssl pkeyutl -encrypt -inkey "$work/rsa.pem" -in "$work/premaster" -out rsa-premaster.enc
