/* Fuzzes csrc/proto/suite.c through hsi_suite_parse, with names that no registry has.
 * Seeds: tests/fuzz/corpus/suite, a name a file, one for each kind of name.
 * Holds: a name that is refused changes nothing; one that is accepted says cipher, MAC and PRF, and a key exchange
 * unless it is of TLS 1.3, and the same when asked again.
 * SPDX-License-Identifier: MIT */
#include "base/bytes.h"
#include "must.h"
#include "proto/suite.h"

static void check_name(const char *name)
{
    const hsi_suite untouched = {.id = 1, .name = "untouched"};
    hsi_suite suite = untouched;
    hsi_suite again = untouched;
    if (!hsi_suite_parse(&suite, 2, name)) {
        must(suite.id == untouched.id && suite.name == untouched.name && suite.cipher == NULL);
        return;
    }
    must(suite.id == 2 && suite.name == name);
    must(suite.cipher != NULL && suite.mac != NULL && suite.prf != NULL);
    must((suite.key_exchange == NULL) == suite.tls13);
    must(hsi_suite_parse(&again, 2, name));
    must(again.cipher == suite.cipher && again.mac == suite.mac && again.prf == suite.prf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *name = malloc(size + 1); /* of the exact size, so that reading past the end mark is seen */
    must(name != NULL);
    if (size > 0) {
        memcpy(name, data, size);
    }
    name[size] = '\0';
    check_name(name);
    free(name);
    return 0;
}
