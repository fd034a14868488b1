/* Fuzzes csrc/crypto/spki.c through hsi_certificate_key.
 * Seeds: tests/fuzz/corpus/spki, certificates of each kind of key.
 * Holds: the key that is found lies inside the certificate and begins with a SEQUENCE; GnuTLS takes it or refuses it.
 * SPDX-License-Identifier: MIT */
#include "crypto/crypto.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hsi_bytes certificate = hsi_bytes_of(data, size), spki;
    bool ok = true;
    hsi_status status = hsi_certificate_key(certificate, &spki);
    must(status == HSI_OK || status == HSI_ILLEGAL);
    if (status == HSI_OK) {
        must(spki.length >= 2 && spki.data > data && spki.data + spki.length <= data + size);
        must(spki.data[0] == 0x30);
    }
    status = hsi_signature_verify(&ok, certificate, 0x0403, HSI_BYTES_EMPTY, HSI_BYTES_EMPTY);
    must(status == HSI_OK || status == HSI_ILLEGAL || status == HSI_UNSUPPORTED);
    must(!ok);
    return 0;
}
