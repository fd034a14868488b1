/* Fuzzes csrc/crypto/private_key.c. The input is a key file: PEM, DER or PKCS #12; its password, where one is needed, is "sesame".
 * Seeds: tests/fuzz/corpus/private_key, a small key in each format.
 * Holds: a key or a status that says what is wrong, and a key that was read can be asked for what it opens.
 * SPDX-License-Identifier: MIT */
#include "crypto/private_key.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hsi_private_key *key = NULL;
    hsi_buffer premaster = HSI_BUFFER_EMPTY;
    hsi_status status = hsi_private_key_new(&key, hsi_bytes_of(data, size), "sesame");
    must(status == HSI_OK || status == HSI_ILLEGAL || status == HSI_CREDENTIALS || status == HSI_UNSUPPORTED);
    must((status == HSI_OK) == (key != NULL));
    if (key != NULL) {
        (void)hsi_private_key_fits(key, hsi_bytes_of(data, size));
        status = hsi_private_key_decrypt(key, hsi_bytes_of(data, size < 64 ? size : 64), &premaster);
        must(hsi_buffer_length(&premaster) == (status == HSI_OK ? HSI_PREMASTER : 0));
    }
    hsi_buffer_cleanup(&premaster);
    hsi_private_key_free(key);
    return 0;
}
